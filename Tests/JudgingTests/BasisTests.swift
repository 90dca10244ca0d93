import Facts
import Foundation
import Recordings
import TestCases
import Testing

@testable import Judging

/// Only clause, note and an RFC's rule fail a requirement by themselves; the rest does where the description of the
/// implementation agrees.
@Suite("What lets a check fail somebody")
struct BasisTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/recordings/checks")

    private func read(_ name: String) throws -> Recording {
        try RecordingReader.read(Self.folder.appending(path: name).path)
    }

    /// The header's members with one of them replaced.
    private func setting(_ path: [String], to value: JSONValue?, in json: JSONValue) -> JSONValue {
        var members = json.object ?? [:]
        guard let key = path.first else { return value ?? .null }
        members[key] = path.count == 1 ? value : setting(Array(path.dropFirst()), to: value, in: members[key] ?? .null)
        return .object(members)
    }

    /// What a failing recording says when the description states something else, or nothing.
    private func judged(_ name: String, stating path: [String], _ value: JSONValue?) throws -> CaseResult {
        var recording = try read(name)
        recording.header.iut = setting(path, to: value, in: recording.header.iut)
        if path.first == "binding", let value {
            recording.header.binding = setting(["keys", path[1]], to: value, in: recording.header.binding)
        }
        return try Judge().judge(recording)
    }

    @Test(
        "a check that rests on a key or an option warns where the description does not state it",
        arguments: [
            ("roster.current", ["binding", "live-backlog"]), ("roster.place", ["binding", "item-order"]),
            ("messages.declined", ["ics", "declined-reading"]), ("roster.intermediate", ["ics", "delivers-intermediate-lists"]),
            ("roster.initial", ["ics", "delivers-intermediate-lists"]),
            ("dispositions.complete", ["ics", "stores-after-loss"]),
        ])
    func notStated(check: String, path: [String]) throws {
        #expect(try Judge().judge(try read("\(check).fail.ndjson")).verdict == .fail)
        let result = try judged("\(check).fail.ndjson", stating: path, nil)
        let own = result.checks.filter { $0.id == check && $0.outcome == .fail }
        #expect(!own.isEmpty && own.allSatisfy { $0.weight == .warning })
        #expect(result.verdict != .fail)
        var run = RunResult(command: "judge", started: "", seconds: 0, implementation: "", cases: [result])
        let testCase = TestCase(id: result.id, requirements: result.requirements, actors: [], steps: [], expectations: [])
        let scope = ClaimedScope(
            description: .embedded(address: IXITAddress(host: "", port: 0)), planned: [testCase], isWhole: false)
        RunVerdicts(RequirementCatalogue(naming: [.store, .deliver, .intermediate], role: .enabler), [scope]).settle(&run)
        #expect(run.requirements.allSatisfy { $0.verdict != .fail })
    }

    @Test("a profile that has lost the key gives the check no weight either")
    func notInProfile() throws {
        var recording = try read("roster.place.fail.ndjson")
        recording.header.binding = setting(["keys", "item-order"], to: nil, in: recording.header.binding)
        #expect(try Judge().judge(recording).verdict == .pass)
    }

    @Test("a binding that leaves the place of lists open says nothing about it")
    func anyPlace() throws {
        let result = try judged("roster.place.fail.ndjson", stating: ["binding", "item-order"], "any")
        #expect(result.checks.first { $0.id == "roster.place" }?.outcome.word == "not reached")
        #expect(result.verdict == .pass)
    }

    @Test("warnings of a strict run count")
    func strict() throws {
        var recording = try read("roster.user-count.fail.ndjson")
        #expect(try Judge().judge(recording).verdict == .pass)
        recording.header.strict = true
        #expect(try Judge().judge(recording).verdict == .fail)
    }

    // MARK: lists

    private func final(_ adopted: [BindingKey: String], _ deliver: (inout FactScript, Int) -> Void) -> CheckOutcome {
        var story = FactScript.carolMissedTwo()
        let session = story.session("carol", form: .deferred)
        story.arrives("m1", at: "carol", in: session)
        deliver(&story, session)
        var context = story.context()
        context.adopted = adopted
        return RosterLists.run(
            at: "carol", group: "team", list: .final, members: ["alice": .member, "bob": .member, "carol": .member],
            context
        ).outcome
    }

    @Test("whether the final list is the last item is the binding's to say")
    func finalListLast() {
        func early(_ story: inout FactScript, _ session: Int) {
            story.roster(at: "carol", in: session, connected: ["alice", "bob", "carol"])
            story.arrives("m2", at: "carol", in: session)
        }
        #expect(final([.itemOrder: "as-happened"], early) == .fail)
        #expect(final([.itemOrder: "any"], early) == .pass)
        #expect(final([:], early) == .pass)
    }

    @Test("whether one who is away is listed is the binding's to say", arguments: [
        ("represented", CheckOutcome.fail), ("unrepresented", .pass), (nil, .inconclusive),
    ] as [(String?, CheckOutcome)])
    func represented(takeover: String?, outcome: CheckOutcome) {
        #expect(
            final(takeover.map { [.takeover: $0] } ?? [:]) {
                $0.roster(at: "carol", in: $1, connected: ["alice", "bob"])
            } == outcome)
        // One who was there all the time has to be in it.
        #expect(
            final(takeover.map { [.takeover: $0] } ?? [:]) {
                $0.roster(at: "carol", in: $1, connected: ["alice", "carol"])
            } == .fail)
    }

    @Test("what carries the final list is the binding's to say")
    func carriage() {
        let list = { (story: inout FactScript, session: Int) in
            story.roster(at: "carol", in: session, connected: ["alice", "bob", "carol"])
        }
        #expect(final([.participantInformation: "notify"], list) == .fail)
        #expect(final([.participantInformation: "session"], list) == .pass)
        #expect(final([.participantInformation: "either"], list) == .pass)
    }
}
