import Foundation
import Recordings
import Testing

@testable import CommandLine

/// `run --role both`, which is what `make run` calls: one report of both references.
@Suite("Both roles in one run", .serialized, .timeLimit(.minutes(2)))
struct BothRolesTests {
    @Test("cases of both roles in one report, the client's suites named so; judged again they have the same verdicts")
    func both() async throws {
        try await withFolder { folder in
            let ended = await cpmcheck(
                "run", "--role", "both", "--filter", "058a-content-intact", "--filter", "058c-several-deferred-sessions",
                "--reports", folder + "/r")
            #expect(ended.code == 0, "\(ended.out)\(ended.err)")
            let results = try ReadResults(folder + "/r")
            #expect(results.verdicts == ["058a-content-intact": "pass", "058c-several-deferred-sessions": "pass"])
            #expect(results.json["implementation"]?.string == "cpmcheck reference enabler, cpmcheck reference client")
            let requirements = results.json["requirements"]?.array ?? []
            for id in ["CPM-CONV-058a", "CPM-CONV-058c"] {
                #expect(requirements.first { $0["id"]?.string == id }?["verdict"]?.string == "pass")
            }
            let options = Set((results.json["ics"]?.array ?? []).compactMap { $0["option"]?.string ?? $0["id"]?.string })
            #expect(options.isSuperset(of: ["per-device", "sends-reports"]), "\(options)")
            let junit = try String(contentsOfFile: folder + "/r/junit.xml", encoding: .utf8)
            #expect(junit.contains("<testsuite name=\"Deferred sessions at the client (client)\""), "\(junit.prefix(2000))")
            let judged = await cpmcheck("judge", folder + "/r", "--reports", folder + "/again")
            #expect(judged.code == 0, "\(judged.err)")
            let again = try ReadResults(folder + "/again").verdicts
            #expect(again == results.verdicts)
        }
    }

    @Test("patterns of one role leave the other out, and one that matches nothing is a mistake")
    func filtered() async throws {
        try await withFolder { folder in
            let client = await cpmcheck(
                "run", "--role", "both", "--filter", "058c-several-deferred-sessions", "--reports", folder + "/r")
            #expect(client.code == 0)
            let verdicts = try ReadResults(folder + "/r").verdicts
            #expect(verdicts.count == 1)
            let nothing = await cpmcheck("run", "--role", "both", "--filter", "058c-severl*", "--reports", folder + "/r")
            #expect(nothing.code == 65)
            #expect(nothing.err.contains("no case matches '058c-severl*'"))
        }
    }
}
