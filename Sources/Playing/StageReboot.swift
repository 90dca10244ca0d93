import Actors
import Diagnostics
import Facts
import Recordings
import TestCases

/// Stopping and starting the implementation in the middle of a case.
extension CaseStage {
    /// Complete when the implementation is there again, those who were there have registered anew and are in the
    /// sessions that go on, and nothing more comes to them. Whether a session goes on is the implementation's affair.
    ///
    /// Everybody falls silent first: what an implementation says while it goes down is heard by nobody, and no client
    /// comes back before the others, or before its time.
    func reboot(_ index: Int) async -> [String] {
        act("reboot", by: nil, index: index, ["what": "enabler"])
        guard let prepared else { return ["an implementation that can be stopped and started"] }
        let names = testCase.actors.map(\.name)
        let there = names.filter { cast[$0]?.isAway == false && cast[$0]?.isRegistered == true }
        let seats = there.flatMap { name in
            (cast[name]?.groups ?? []).filter { isIn(name, $0) }.map { (name: name, group: $0) }
        }
        for name in names { await cast[name]?.client.fallSilent() }
        do throws(Diagnostic) {
            try await cycle(prepared)
        } catch {
            // Nobody here can ask whether it lives: they have all been made to listen no more.
            for name in names { cast[name]?.isDisconnected = true }
            return ["the implementation, stopped and started: \(error.what)"]
        }
        for name in names where !there.contains(name) { cast[name]?.isDisconnected = true }
        for name in there {
            cast[name]?.firstSession = log.sessions.count
            let unmet = await comeBackToIt(name, index)
            if !unmet.isEmpty { return unmet }
        }
        _ = await reach(limit(.deliveryWithin), step: index, expected: false) {
            seats.filter { !self.isIn($0.name, $0.group) }.map { "\($0.name) to be in the group \($0.group) again" }
        }
        await quiet(atEach: there, step: index)
        return []
    }

    /// One command for both where there is one; what was connected breaks in between, as it would by itself.
    private func cycle(_ prepared: any PreparedImplementation) async throws(Diagnostic) {
        if description.ixit.control.restart != nil {
            await breakConnections()
            try await prepared.control(.restart)
        } else {
            try await prepared.control(.stop)
            await breakConnections()
            try await prepared.control(.start)
        }
    }

    private func breakConnections() async {
        for name in testCase.actors.map(\.name) { await cast[name]?.client.loseConnections() }
    }

    /// Registers anew; an implementation that has just been started gets the time to listen.
    private func comeBackToIt(_ name: ActorName, _ index: Int) async -> [String] {
        let end = now + description.ixit.timers.nanoseconds(.answer)
        while true {
            do throws(ActorFailure) {
                try await client(name).comeBack()
                return []
            } catch {
                guard case .connectionLost = error, now < end, !Task.isCancelled else { return sentence(name, error) }
                await pause(.milliseconds(100), index, "the implementation to listen again")
            }
        }
    }

    /// Waits until nothing has come to any of them for the quiet time.
    private func quiet(atEach names: [ActorName], step index: Int) async {
        let least = description.ixit.timers.nanoseconds(.quiet)
        var hasWaited = false
        for name in names {
            let since = lastArrival[name].map { now - $0 } ?? .max
            guard !hasWaited || since < least else { continue }
            await quiet(at: name, step: index)
            hasWaited = true
        }
    }
}
