import Facts
import NIOCore
import Recordings
import TestCases
import UpperTester

/// Waiting for what is recorded, and the last look at what the user sees.
extension ClientStage {
    /// Waits until something holds of what was recorded; false when the timer ran out.
    func until(_ timer: TimerName, _ holds: () -> Bool) async -> Bool {
        let deadline = NIODeadline.now() + .milliseconds(description.ixit.timers[timer])
        while !holds() {
            guard !Task.isCancelled, NIODeadline.now() < deadline else { return false }
            await something(before: deadline)
        }
        return true
    }

    /// Returns when a fact was recorded, at the deadline or when the task is cancelled.
    private func something(before deadline: NIODeadline) async {
        onlookerCount += 1
        let number = onlookerCount
        let loop = eventLoop
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                onlookers[number] = continuation
                loop.assumeIsolated().scheduleTask(deadline: deadline) { self.wake(number) }
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.wake(number) } }
        }
    }

    private func wake(_ number: Int) { onlookers.removeValue(forKey: number)?.resume() }

    func wakeOnlookers() {
        let all = onlookers
        onlookers = [:]
        for onlooker in all.values { onlooker.resume() }
    }

    /// Waits until nothing changes any more for the IXIT's `quiet` time, then asks for everything that the user sees.
    func look() async {
        do {
            let side = try userSide()
            try await settle(side)
            guard settings.person == nil else { return try await askOperator() }
            for label in groups.keys.sorted() { try await look(at: label, side) }
        } catch {
            if !Task.isCancelled { note(trouble: "upper-tester", "what the user sees could not be looked at: \(error)") }
        }
    }

    /// A group that the client does not show, though it was waited for, hides no other one.
    private func look(at label: String, _ side: any UserSide) async throws {
        let handle: String
        do {
            handle = try await side.handle(of: userGroup(label))
        } catch is StepFailure {
            return act("missed", index: nil, ["group": .string(label), "who": .string(user)])
        }
        _ = try await side.look(at: handle)
    }

    private func settle(_ side: any UserSide) async throws {
        let quiet = description.ixit.timers[.quiet]
        let deadline = NIODeadline.now() + .milliseconds(description.ixit.timers[.deliveryWithin] + 4 * quiet)
        var revision = try await side.revision(after: nil, wait: .zero)
        var factsBefore = happenings
        while !Task.isCancelled, NIODeadline.now() < deadline {
            let began = NIODeadline.now()
            let next = try await side.revision(after: revision, wait: .milliseconds(quiet))
            // One without long polls answers at once.
            let left = TimeAmount.milliseconds(quiet) - (NIODeadline.now() - began)
            if next == revision, left > .zero { try await Task.sleep(for: .nanoseconds(left.nanoseconds)) }
            let facts = happenings
            if next == revision, facts == factsBefore { return }
            revision = next
            factsBefore = facts
        }
    }

    /// How much has happened; to be asked for what is shown is nothing that happens.
    private var happenings: Int { log.facts.count { if case .seen = $0.what { false } else { true } } }
}
