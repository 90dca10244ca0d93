import Facts
import NIOCore
import Recordings
import TestCases

/// A wait of the script: what is still missing, and who waits for it.
struct PendingWait {
    var unmet: () -> [String]
    var continuation: CheckedContinuation<WaitOutcome, Never>
    var timer: Scheduled<Void>?
    /// When its time runs out.
    var due: Int64 = 0
    var limit: Int64
    /// Arrivals at this user start the limit again.
    var restartedBy: ActorName?
}

enum WaitEnd: Sendable, Hashable {
    case met
    case ranOut
    case cancelled
}

/// How a wait ended, and when the script should have gone on, on the clock of `now`.
struct WaitOutcome: Sendable {
    var end: WaitEnd
    var due: Int64
}

/// How a wait is bounded.
struct WaitLimit: Sendable {
    var name: TimerName
    var milliseconds: Int64
    var restartedBy: ActorName?
}

/// Waiting on what the recording says, never on time alone where something can be seen.
extension CaseStage {
    /// Every line of the recording comes by here, in order.
    func took(_ line: RecordedLine) {
        let new = log.take(line)
        guard !new.isEmpty else { return }
        for fact in new {
            switch fact.what {
            case .offered(let offer): arrived(at: offer.user)
            case .invited(let session): arrived(at: session.user)
            case .ended(let user, _, _, _): arrived(at: user)
            default: break
            }
        }
        checkWaits()
    }

    private func arrived(at user: ActorName) {
        lastArrival[user] = now
        for (number, wait) in pendingWaits where wait.restartedBy == user { startTimer(number, wait.limit) }
    }

    var now: Int64 { Int64(clamping: NIODeadline.now().uptimeNanoseconds) }

    func limit(_ name: TimerName, plus extra: Int64 = 0, restartedBy: ActorName? = nil) -> WaitLimit {
        WaitLimit(name: name, milliseconds: description.ixit.timers[name] + extra, restartedBy: restartedBy)
    }

    /// Waits until nothing is missing any more; returns what was still missing when the limit passed.
    ///
    /// - Parameters:
    ///   - expected: false where running out of time is one of the right ways to end.
    ///   - suffices: asked when the time has run out; true makes it a right way to end.
    func reach(
        _ limit: WaitLimit, step index: Int, expected: Bool = true, suffices: () -> Bool = { false },
        _ unmet: @escaping () -> [String]
    ) async -> [String] {
        let missing = unmet()
        if missing.isEmpty { return [] }
        record(.begun, limit, index, missing)
        let end = await wait(limit, unmet)
        let left = unmet()
        switch end {
        case .met:
            record(.met, limit, index, missing)
            return []
        case .ranOut where left.isEmpty || !expected || suffices():
            record(.met, limit, index, left.isEmpty ? missing : ["the time has passed"])
            return []
        case .ranOut, .cancelled:
            record(.unmet, limit, index, left)
            return left.map { "\($0) (within \(limit.milliseconds) ms, timer '\(limit.name.rawValue)')" }
        }
    }

    /// Waits until nothing has come to the user for the IXIT's `quiet` time.
    func quiet(at user: ActorName, step index: Int) async {
        let limit = limit(.quiet, restartedBy: user)
        let sentence = ["nothing more to come to \(user)"]
        record(.begun, limit, index, sentence)
        let end = await wait(limit) { sentence }
        record(end == .cancelled ? .unmet : .met, limit, index, sentence)
    }

    private func record(_ state: Wait.State, _ limit: WaitLimit, _ index: Int, _ awaited: [String]) {
        recorder.add(
            .wait,
            fields: [
                "index": .integer(Int64(index)), "state": .string(state.rawValue),
                "limit": .string(limit.name.rawValue), "ms": .integer(limit.milliseconds),
                "awaited": JSONValue(strings: awaited),
            ])
    }

    private func wait(_ limit: WaitLimit, _ unmet: @escaping () -> [String]) async -> WaitEnd {
        waitCount += 1
        let number = waitCount
        let loop = eventLoop
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                pendingWaits[number] = PendingWait(
                    unmet: unmet, continuation: continuation, limit: limit.milliseconds,
                    restartedBy: limit.restartedBy)
                startTimer(number, limit.milliseconds)
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.endWait(number, .cancelled) } }
        }
        // The script may be held up where the loop is not: what happened meanwhile was not meant to fall into this step.
        if let late = Heartbeat.lateness(due: outcome.due, now: now) { recorder.add(.stall, fields: ["ms": .integer(late)]) }
        return outcome.end
    }

    private func startTimer(_ number: Int, _ milliseconds: Int64) {
        pendingWaits[number]?.timer?.cancel()
        pendingWaits[number]?.due = now + milliseconds * 1_000_000
        pendingWaits[number]?.timer = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
            self.endWait(number, .ranOut)
        }
    }

    private func endWait(_ number: Int, _ end: WaitEnd) {
        guard let wait = pendingWaits.removeValue(forKey: number) else { return }
        wait.timer?.cancel()
        wait.continuation.resume(returning: WaitOutcome(end: end, due: end == .ranOut ? min(wait.due, now) : now))
    }

    /// Called when facts or the script's own state have changed.
    func checkWaits() {
        for (number, wait) in pendingWaits where wait.unmet().isEmpty { endWait(number, .met) }
    }

    func abandonWaits() {
        for number in pendingWaits.keys { endWait(number, .cancelled) }
    }
}
