import NIOCore
import Recordings
import Synchronization
import TestCases
import Testing

@testable import Playing

@Suite("The scheduler")
struct SchedulerTests {
    private final class News: Sendable {
        let began = Mutex<[String]>([])
        let ended = Mutex<[String]>([])

        func take(_ progress: RunProgress) {
            switch progress {
            case .began(let testCase): began.withLock { $0.append(testCase.id) }
            case .ended(let played): ended.withLock { $0.append(played.testCase.id) }
            }
        }
    }

    private func cases() -> [TestCase] {
        [
            sample(.present, id: "short", [creation]),
            sample(.losesConnection, id: "long", [creation, .away("carol"), .return("carol")]),
            sample(.neverAnswers, id: "middle", [creation]),
        ]
    }

    @Test("side by side, cases begin with the longest, one at a time as they are listed; they are returned in the order given")
    func order() async throws {
        let several = News()
        let pair = RunScheduler(implementation: TinyImplementation(), settings: settings, jobs: 2)
        _ = await pair.run(cases()) { several.take($0) }
        #expect(several.began.withLock { $0.last } == "short")
        let news = News()
        let scheduler = RunScheduler(implementation: TinyImplementation(), settings: settings, jobs: 1)
        let played = await scheduler.run(cases()) { news.take($0) }
        #expect(news.began.withLock { $0 } == ["short", "long", "middle"])
        #expect(news.ended.withLock { $0 } == ["short", "long", "middle"])
        #expect(played.map(\.testCase.id) == ["short", "long", "middle"])
        #expect(played.allSatisfy { $0.end == .played })
    }

    @Test("cases side by side take hardly longer than the longest")
    func sideBySide() async throws {
        let many = (0..<12).map { sample(.neverAnswers, id: "case-\($0)", [creation, sending("m1"), .return("carol")]) }
        let bookings = many.map { Booking($0, against: TinyImplementation(), settings: settings) }
        let began = NIODeadline.now()
        let played = await CasePool(jobs: 16).play(bookings, finish: { _, played in played }).compactMap(\.self)
        let seconds = Double((NIODeadline.now() - began).nanoseconds) / 1e9
        let longest = played.map(\.seconds).max() ?? 0
        #expect(played.allSatisfy { $0.end == .played && Story($0).unmet == [] })
        #expect(seconds < 1.5 * longest + 1)
    }

    @Test("a recording is handed over as its case ends, and neither it nor the room that it took is kept")
    func handedOver() async throws {
        let scheduler = RunScheduler(implementation: TinyImplementation(), settings: settings, jobs: 2)
        let seen = Mutex(0)
        let played = await scheduler.run(cases()) { progress in
            if case .ended(let one) = progress, one.recording != nil { seen.withLock { $0 += 1 } }
        }
        #expect(seen.withLock { $0 } == 3)
        #expect(played.allSatisfy { $0.recording == nil && $0.end == .played })
        // What the loop still has to do with a case that is over may hold on to its recorder for a moment.
        let end = ContinuousClock.now + .seconds(5)
        while settings.space.used != 0, .now < end { try? await Task.sleep(for: .milliseconds(20)) }
        #expect(settings.space.used == 0)
    }

    @Test("an interruption ends what is played and begins nothing more")
    func interruption() async throws {
        var implementation = TinyImplementation()
        implementation.habits.ignores = ["INVITE"]
        implementation.timers[.answer] = 60_000
        let scheduler = RunScheduler(implementation: implementation, settings: settings, jobs: 2)
        let task = Task { await scheduler.run(cases()) }
        try await Task.sleep(for: .milliseconds(400))
        task.cancel()
        let played = await task.value
        #expect(played.map(\.end).filter { $0 == .interrupted }.count == 2)
        #expect(played.map(\.end).filter { $0 == .notBegun }.count == 1)
    }

    @Test("the seed of a case depends on its ID and not on its neighbours")
    func seeds() {
        let one = sample(.present, id: "one", [])
        let two = sample(.present, id: "two", [])
        #expect(settings.seed(of: one) == settings.seed(of: one))
        #expect(settings.seed(of: one) != settings.seed(of: two))
    }
}
