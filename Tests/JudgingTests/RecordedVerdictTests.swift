import Facts
import Foundation
import Hygiene
import Judging
import Recordings
import TestCases
import Testing

/// The recordings under Fixtures/recordings/checks: for each check one in which only it fails, and its passing twin.
@Suite("Verdicts on recordings")
struct RecordedVerdictTests {
    struct Entry: Decodable, Sendable, CustomTestStringConvertible {
        var check: String
        var fail: String
        var pass: String
        var requirements: [String]
        var summary: String
        /// The check can only warn: the case passes all the same.
        var isWarning: Bool { CheckCatalogue[check]?.weight == .warning }
        var testDescription: String { fail }
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let folder = root.appending(path: "Fixtures/recordings/checks")

    static let entries: [Entry] = {
        guard let data = try? Data(contentsOf: folder.appending(path: "index.json")),
            let index = try? JSONDecoder().decode([String: Entry].self, from: data)
        else { return [] }
        return index.sorted { $0.key < $1.key }.map(\.value)
    }()

    private func read(_ name: String) throws -> Recording {
        try RecordingReader.read(Self.folder.appending(path: name).path)
    }

    @Test("in the failing recording its check fails, for its requirements and with evidence, and no other", arguments: entries)
    func onlyThisCheckFails(entry: Entry) throws {
        let recording = try read(entry.fail)
        let result = try Judge().judge(recording)
        let failed = result.checks.filter { $0.outcome == .fail }
        #expect(result.verdict == (entry.isWarning ? .pass : .fail))
        #expect(failed.allSatisfy { ($0.weight == .warning) == entry.isWarning })
        #expect(Set(failed.map(\.id)) == [entry.check])
        #expect(Set(failed.flatMap(\.requirements).map(\.rawValue)) == Set(entry.requirements))
        for check in failed {
            #expect(!check.lines.isEmpty)
            #expect(check.lines.allSatisfy { (1...recording.lines.count).contains($0) })
            #expect(!check.observed.isEmpty)
        }
        // Nothing more can be said of a session that was not taken, and of lists that were not asked for.
        guard !["session.taken", "members.subscribed"].contains(entry.check) else { return }
        let others = result.checks.filter { $0.id != entry.check && $0.weight == .requirement }
        #expect(others.allSatisfy { $0.outcome == .pass || $0.outcome.word == "not reached" })
    }

    @Test("no check passes by what did not come where the implementation was gone at the end, nor where the recording was full", arguments: [
        ("trouble", JSONValue.string("unreachable")), ("full", .bool(true)),
    ])
    func silenceOfNobody(field: String, value: JSONValue) throws {
        let silent: Set = ["messages.right", "messages.declined", "policy.withheld"]
        var taken: Set<String> = []
        for entry in Self.entries where silent.contains(entry.check) {
            var recording = try read(entry.pass)
            #expect(try Judge().judge(recording).checks.contains { silent.contains($0.id) && $0.outcome == .pass })
            let last = try #require(recording.lines.last)
            recording.lines.append(
                RecordedLine(n: last.n + 1, t: last.t, kind: .note, fields: ["text": "no answer", field: value]))
            let result = try Judge().judge(recording)
            #expect(result.verdict == .inconclusive)
            #expect(!result.checks.contains { silent.contains($0.id) && $0.outcome == .pass })
            taken.insert(entry.check)
        }
        #expect(taken == silent)
    }

    @Test("its twin passes, and this check is among those that were evaluated", arguments: entries)
    func twinPasses(entry: Entry) throws {
        let result = try Judge().judge(try read(entry.pass))
        #expect(result.verdict == .pass)
        #expect(result.reasons.isEmpty)
        let same = result.checks.filter {
            $0.id == entry.check && Set($0.requirements.map(\.rawValue)) == Set(entry.requirements)
        }
        #expect(!same.isEmpty && same.allSatisfy { $0.outcome == .pass && !$0.lines.isEmpty })
    }

    // MARK: the wire

    struct WireEntry: Decodable, Sendable, CustomTestStringConvertible {
        var fail: String
        var pass: String
        var summary: String
        var testDescription: String { fail }
    }

    private static let wire = root.appending(path: "Fixtures/recordings/wire")

    static let wireEntries: [String: WireEntry] = {
        guard let data = try? Data(contentsOf: wire.appending(path: "index.json")) else { return [:] }
        return (try? JSONDecoder().decode([String: WireEntry].self, from: data)) ?? [:]
    }()

    @Test("in its recording only this rule of the wire is broken, as a warning, and nothing is wrong with its twin", arguments: WireRule.allCases)
    func onlyThisRuleIsBroken(rule: WireRule) throws {
        let entry = try #require(Self.wireEntries[rule.rawValue])
        let recording = try RecordingReader.read(Self.wire.appending(path: entry.fail).path)
        let result = try Judge().judge(recording)
        #expect(result.checks.filter { $0.outcome != .pass }.map(\.id) == ["wire.\(rule.rawValue)"])
        // Who cannot be read may have said anything.
        let isUnreadable = [.sipReadable, .msrpReadable].contains(rule)
        #expect(result.verdict == (isUnreadable ? .inconclusive : .pass))
        #expect(result.reasons.map(\.code) == (isUnreadable ? ["garbage"] : []))
        let broken = try #require(result.checks.first { $0.outcome == .fail })
        #expect(broken.weight == .warning && broken.requirements.isEmpty && !broken.observed.isEmpty)
        #expect(!broken.lines.isEmpty && broken.lines.allSatisfy { (1...recording.lines.count).contains($0) })

        let twin = try Judge().judge(try RecordingReader.read(Self.wire.appending(path: entry.pass).path))
        #expect(twin.verdict == .pass)
        #expect(twin.checks.contains { $0.id == "wire.\(rule.family.rawValue)" && $0.outcome == .pass })
        #expect(twin.checks.allSatisfy { $0.outcome == .pass })
    }

    @Test("in a strict run a broken rule of the wire fails the case, a list of a delivery under one name only")
    func strict() throws {
        for (folder, name, checks) in [
            (Self.wire, "conference-info-valid.fail.ndjson", ["wire.conference-info-valid"]),
            (Self.folder, "roster.valid.fail.ndjson", ["roster.valid"]),
        ] {
            var recording = try RecordingReader.read(folder.appending(path: name).path)
            recording.header.strict = true
            let result = try Judge().judge(recording)
            #expect(result.verdict == .fail)
            #expect(result.reasons.map(\.code) == checks)
        }
    }

    @Test("every check that the judge can give is in the catalogue, and every one of the catalogue has its recordings")
    func everyCheckIsShown() throws {
        #expect(try Self.idsInSources() == Set(CheckCatalogue.all.map(\.id)))
        #expect(CheckCatalogue.all.count == Set(CheckCatalogue.all.map(\.id)).count)
        for check in CheckCatalogue.all {
            let shown = Set(Self.entries.filter { $0.check == check.id }.map { Set($0.requirements) })
            #expect(shown == Set(check.requirements.map { Set($0.map(\.rawValue)) }), "\(check.id)")
        }
    }

    /// The ids as the checks' sources write them.
    private static func idsInSources() throws -> Set<String> {
        var ids = Set(ShownCheck.allCases.map(\.rawValue))
        for folder in ["Checks", "ClientChecks"] {
            let sources = root.appending(path: "Sources/Judging/\(folder)")
            for file in try FileManager.default.contentsOfDirectory(at: sources, includingPropertiesForKeys: nil) {
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: /(?:id: |maker?\()"([a-z]+\.[a-z-]+)"/) { ids.insert(String(match.1)) }
            }
        }
        return ids
    }

    @Test("results carry the basis that the catalogue states")
    func basisAgrees() throws {
        let stated = Dictionary(uniqueKeysWithValues: CheckCatalogue.all.map { ($0.id, $0) })
        for name in Set(Self.entries.map(\.pass)) {
            for check in try Judge().judge(try read(name)).checks where check.weight == .requirement {
                #expect(stated[check.id]?.basis == check.basis)
                #expect(stated[check.id]?.requirements.contains(check.requirements) == true)
            }
        }
    }

    @Test("docs/CHECKS.md has every rule of the wire as it is")
    func wireRulesDocumented() throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/CHECKS.md"), encoding: .utf8)
        for rule in WireRule.allCases {
            #expect(text.contains("| `wire.\(rule.rawValue)` | \(rule.statement) | \(rule.clause) |"))
        }
    }

    @Test("docs/CHECKS.md is a table of the catalogue")
    func documented() throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/CHECKS.md"), encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") && !$0.hasPrefix("| `wire.") }.map(String.init)
        let short = { (id: RequirementID) in id.rawValue.replacing("CPM-CONV-", with: "") }
        #expect(
            rows
                == CheckCatalogue.all.map { check in
                    let requirements = check.requirements.map { $0.map(short).joined(separator: " and ") }
                    let basis = "\(check.basis)" + (check.weight == .warning ? ", warning" : "")
                    return "| `\(check.id)` | \(check.looksAt) | \(requirements.joined(separator: " or ")) | \(basis) |"
                })
    }

    @Test("a case in which only warnings could be judged has shown nothing")
    func onlyWarnings() throws {
        let recording = try read("twin-058a-messages-missed-from-the-start--absence.not-registered.pass.ndjson")
        var testCase = try TestCase(json: recording.header.case)
        testCase.expectations = [PlacedExpectation(.messages(at: "bob", group: "team", exactly: ["m1", "m2"]))]
        let result = try Judge().judge(recording, as: testCase)
        #expect(result.checks.contains { $0.id == "live.relay" && $0.outcome == .pass })
        #expect(result.verdict == .error)
        #expect(result.reasons.map(\.code) == ["no-check"])
    }

    // MARK: recordings that are not whole

    private func damaged(_ name: String, _ damage: (inout [UInt8]) -> Void) throws -> String {
        var bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
        damage(&bytes)
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).ndjson")
        try Data(bytes).write(to: path)
        return path.path
    }

    @Test("a passing recording that is cut off anywhere does not pass", arguments: stride(from: 5, to: 100, by: 10).map { $0 })
    func truncated(percent: Int) throws {
        let name = try #require(Self.entries.first { $0.check == "dispositions.complete" }?.pass)
        let path = try damaged(name) { $0.removeLast($0.count * (100 - percent) / 100) }
        defer { try? FileManager.default.removeItem(atPath: path) }
        let recording = try RecordingReader.read(path)
        #expect(recording.truncated)
        #expect(try Judge().judge(recording).verdict != .pass)
    }

    @Test("a recording that lacks only its footer does not pass, and fails nothing for it", arguments: entries)
    func withoutFooter(entry: Entry) throws {
        let path = try damaged(entry.pass) { bytes in
            bytes.removeLast()
            while bytes.last != 0x0A { bytes.removeLast() }
        }
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try Judge().judge(try RecordingReader.read(path)).verdict == .inconclusive)
    }

    @Test("a recording in which one byte was changed is refused")
    func flipped() throws {
        let name = try #require(Self.entries.first { $0.check == "dispositions.complete" }?.pass)
        let path = try damaged(name) { bytes in
            // A digit of a time: the line stays well-formed.
            guard let at = bytes.indices.dropFirst(bytes.count / 2).first(where: { (0x31...0x38).contains(bytes[$0]) })
            else { return }
            bytes[at] ^= 1
        }
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: (any Error).self) { try RecordingReader.read(path) }
    }

    @Test("judging twice says the same", arguments: entries)
    func pure(entry: Entry) throws {
        let recording = try read(entry.fail)
        let one = try Judge().judge(recording)
        let two = try Judge().judge(recording)
        #expect(one.checks == two.checks)
        #expect(one.reasons == two.reasons)
        #expect(one.verdict == two.verdict)
        #expect(one.waits == two.waits)
    }
}
