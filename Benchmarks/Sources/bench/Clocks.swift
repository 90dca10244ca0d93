import Foundation

/// Seconds of the monotonic clock.
func wallSeconds() -> Double { seconds(of: CLOCK_MONOTONIC) }

/// Seconds of CPU this process has used, all threads. It hardly depends on who else uses the machine.
func cpuSeconds() -> Double { seconds(of: CLOCK_PROCESS_CPUTIME_ID) }

private func seconds(of clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// How often a body runs in a second of CPU, several times.
///
/// - Parameters:
///   - batch: things done by one call of `body`.
///   - least: CPU seconds that one run lasts at least.
func perSecond(batch: Int = 1, rounds: Int = 5, least: Double = 0.2, _ body: () throws -> Void) rethrows -> [Double] {
    try body()
    return try (0..<rounds).map { _ in try perSecondOnce(batch: batch, least: least, body) }
}

/// One run of `perSecond`.
func perSecondOnce(batch: Int = 1, least: Double = 0.2, _ body: () throws -> Void) rethrows -> Double {
    let began = cpuSeconds()
    var calls = 0
    var passed = 0.0
    repeat {
        try body()
        calls += 1
        passed = cpuSeconds() - began
    } while passed < least
    return Double(calls * batch) / passed
}

/// Keeps the optimiser from leaving out what nobody looks at.
@inline(never)
func keep<Value>(_ value: Value) {}
