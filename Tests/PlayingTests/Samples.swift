import Connections
import Diagnostics
import NIOCore
import NIOPosix
import Recordings
import Synchronization
import TestCases

@testable import Playing

/// A case about alice, bob and carol, by carol's absence.
func sample(_ absence: Absence, id: String = "case-1", _ steps: [StepKind]) -> TestCase {
    TestCase(
        id: id, requirements: ["CPM-CONV-058"],
        actors: [
            ActorRole(name: "alice", absence: .present), ActorRole(name: "bob", absence: .present),
            ActorRole(name: "carol", absence: absence),
        ],
        steps: steps.map { TestStep($0) },
        expectations: [PlacedExpectation(.messages(at: "carol", group: "team", exactly: ["m1"]))])
}

func sending(_ label: String, by actor: ActorName = "alice") -> StepKind {
    .send(SendStep(by: actor, label: label, group: "team", content: .text(label)))
}

let creation = StepKind.create(group: "team", by: "alice", invite: ["bob", "carol"], subject: nil)

/// Runs each case against a tiny enabler of its own.
struct TinyImplementation: ImplementationUnderTest {
    var habits = TinyEnabler.Habits()
    var needsDraining = false
    var timers = Timers.embedded
    /// The address is right and nobody listens there.
    var isAbsent = false

    var description: ImplementationDescription { description(port: 9) }

    func description(port: Int) -> ImplementationDescription {
        var description = ImplementationDescription.embedded(address: IXITAddress(host: "127.0.0.1", port: port))
        description.ixit.timers = timers
        return description
    }

    func probe() async throws(Diagnostic) {}

    func prepare(
        for testCase: TestCase, on eventLoop: any EventLoop
    ) async throws(Diagnostic) -> any PreparedImplementation {
        let enabler = TinyEnabler(eventLoop: eventLoop, habits: habits)
        do {
            try await enabler.start()
        } catch {
            throw Diagnostic(.harness, "test.start", "\(error)")
        }
        let description = description(port: isAbsent ? 1 : await enabler.port)
        return Prepared(
            description: description, users: UserLeases(users: description.ixit.users), needsDraining: needsDraining,
            enabler: enabler)
    }

    func finish() async {}

    struct Prepared: PreparedImplementation {
        let description: ImplementationDescription
        let users: UserLeases
        let needsDraining: Bool
        let enabler: TinyEnabler
        var tls: TLSClient? { nil }

        func control(_ command: ControlCommand) async throws(Diagnostic) {}
        func finish() async { await enabler.stop() }
    }
}

let settings = PlaySettings(seed: 7) { 1_767_225_600_000 }

/// Plays one case on a loop of its own.
func play(
    _ testCase: TestCase, _ implementation: TinyImplementation = TinyImplementation(), _ settings: PlaySettings = settings
) async throws -> PlayedCase {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let played = await CasePlayer(
        testCase, implementation: implementation, settings: settings, eventLoop: group.next()
    ).play()
    try await group.shutdownGracefully()
    return played
}

/// The lines of a played case, told shortly.
struct Story {
    let lines: [RecordedLine]

    init(_ played: PlayedCase) { lines = played.recording?.lines ?? [] }

    /// `step` of each act, with `!` behind a step that was not reached.
    var acts: [String] {
        lines.filter { $0.kind == .act }.compactMap { line in
            guard let step = line["step"]?.string else { return nil }
            return step == "done" && line["result"]?.string == "unmet" ? "done!" : step
        }
    }

    var unmet: [String] {
        lines.filter { $0.kind == .act && $0["result"]?.string == "unmet" }.flatMap { $0["awaited"]?.strings ?? [] }
    }

    var troubles: [String] { lines.filter { $0.kind == .note }.compactMap { $0["trouble"]?.string } }

    func phase(of step: String) -> String? {
        lines.first { $0.kind == .act && $0["step"]?.string == step }?["phase"]?.string
    }

    func line(_ step: String) -> RecordedLine? { lines.first { $0.kind == .act && $0["step"]?.string == step } }
}
