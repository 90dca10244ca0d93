import Diagnostics
public import NIOCore
import Recordings
public import TestCases

/// Plays one case: leases users, makes the actors, performs the steps, cleans up, and hands over the recording.
///
/// It never decides a verdict. Cancelling its task closes all sockets within a second; what was recorded until then
/// is still handed over.
public struct CasePlayer: Sendable {
    private let testCase: TestCase
    private let implementation: any ImplementationUnderTest
    private let settings: PlaySettings
    private let eventLoop: any EventLoop

    public init(
        _ testCase: TestCase, implementation: any ImplementationUnderTest, settings: PlaySettings,
        eventLoop: any EventLoop
    ) {
        self.testCase = testCase
        self.implementation = implementation
        var settings = settings
        settings.share = settings.space.share()
        self.settings = settings
        self.eventLoop = eventLoop
    }

    public func play() async -> PlayedCase {
        let began = NIODeadline.now()
        let (end, recording) = await playPrepared()
        let seconds = Double((NIODeadline.now() - began).nanoseconds) / 1e9
        return PlayedCase(testCase, end: end, recording: recording, seconds: seconds, share: settings.share)
    }

    private func playPrepared() async -> (PlayEnd, Recording) {
        let prepared: any PreparedImplementation
        do throws(Diagnostic) {
            prepared = try await implementation.prepare(for: testCase, on: eventLoop)
        } catch {
            guard Task.isCancelled else {
                return await refuse(implementation.description, [], error.description, code: code(of: error))
            }
            // Whatever it stumbled over, it was told to stop.
            let (_, recording) = await refuse(
                implementation.description, [], "the run was interrupted while the case was being prepared",
                code: "cancelled")
            return (.interrupted, recording)
        }
        let outcome = await playLeased(prepared)
        await prepared.finish()
        return outcome
    }

    private func playLeased(_ prepared: any PreparedImplementation) async -> (PlayEnd, Recording) {
        let users: [IXITUser]
        do throws(LeaseFailure) {
            // Nobody else may be playing with what is stopped in the middle of the case.
            users = try await prepared.users.lease(
                testCase.leasedUsers, exclusively: testCase.steps.contains { $0.kind.word == .reboot })
        } catch {
            let cancelled = error == .cancelled
            let (end, recording) = await refuse(
                prepared.description, [], error.description, code: cancelled ? "cancelled" : "harness")
            return (cancelled ? .interrupted : end, recording)
        }
        let stage = makeStage(prepared.description, users, prepared)
        let patience = settings.person == nil ? 0 : operatorPatience
        var end = await playInTime(stage, limit: prepared.description.ixit.timers[.case] + patience)
        let recording = await stage.strike(end)
        if await stage.isUnanswered, let loss = await loss() { end = .unreachable(loss) }
        await prepared.users.release(users, quarantine: await stage.isUnquiet)
        return (end, recording)
    }

    /// Looks whether the implementation is gone. The users are kept meanwhile, so that no other case fails with them.
    private func loss() async -> Diagnostic? {
        do throws(Diagnostic) {
            try await implementation.probeAgain()
            return nil
        } catch {
            return Task.isCancelled ? nil : error
        }
    }

    /// The steps against the case's deadline and the room of its recording; whichever ends first ends the others.
    private func playInTime(_ stage: any Stage, limit: Int64) async -> PlayEnd {
        await withTaskGroup(of: PlayEnd?.self) { tasks in
            tasks.addTask { await stage.play() }
            tasks.addTask {
                do {
                    try await Task.sleep(for: .milliseconds(limit))
                    return .timedOut
                } catch {
                    return nil
                }
            }
            tasks.addTask {
                // What happens now is seen by nobody, and a flood would go on.
                for await text in stage.overflow { return .broken(text) }
                return nil
            }
            var end: PlayEnd?
            for await result in tasks {
                if end == nil { end = result }
                tasks.cancelAll()
            }
            return end ?? .interrupted
        }
    }

    private func makeStage(
        _ description: ImplementationDescription, _ users: [IXITUser], _ prepared: (any PreparedImplementation)?
    ) -> any Stage {
        if testCase.role == .client {
            return ClientStage(
                testCase: testCase, description: description, users: users, prepared: prepared, settings: settings,
                eventLoop: eventLoop)
        }
        return CaseStage(
            testCase: testCase, description: description, users: users, prepared: prepared, settings: settings,
            eventLoop: eventLoop)
    }

    /// A recording of a case that could not be begun: one note that says why.
    private func refuse(
        _ description: ImplementationDescription, _ users: [IXITUser], _ text: String, code: String
    ) async -> (PlayEnd, Recording) {
        let stage = makeStage(description, users, nil)
        await stage.note(trouble: code, text)
        let end = PlayEnd.broken(text)
        return (end, await stage.strike(end))
    }

    private func code(of diagnostic: Diagnostic) -> String {
        diagnostic.family == .iut ? "unreachable" : "harness"
    }
}
