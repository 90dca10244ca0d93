import Foundation
import Recordings
import Testing

@testable import CommandLine

/// The proof through the command; `make prove` plays all that `Suites/proof.yaml` names, this a part of it.
@Suite("cpmcheck prove", .serialized)
struct ProveTests {
    @Test("proves defects and variations by their witnesses, and writes the matrix in three forms")
    func proves() async throws {
        try await withFolder { folder in
            let run = await cpmcheck(
                "prove", "--fast", "--defect", "message-lost", "--defect", "final-list-missing", "--variation",
                "full-lists-only", "--condition", "ipv6", "--reports", folder)
            #expect(run.code == 0, "\(run.out) \(run.err)")
            let bytes = try #require(FileManager.default.contents(atPath: folder + "/proof/matrix.json"))
            let json = try JSONValue(parsing: [UInt8](bytes))
            #expect(json["proven"]?.bool == true)
            #expect(json["form"]?.string == "fast")
            let names = json["subjects"]?.array?.compactMap { $0["name"]?.string }
            #expect(names == ["conformant", "message-lost", "final-list-missing", "full-lists-only", "ipv6"])
            for name in ["matrix.md", "matrix.html"] {
                #expect(FileManager.default.fileExists(atPath: "\(folder)/proof/\(name)"))
            }
        }
    }

    @Test("ends with 1 and says what is missing when no case catches a defect")
    func uncaught() async throws {
        try await withFolder { folder in
            let run = await cpmcheck(
                "prove", "--defect", "final-list-missing", "--filter", "058-never-invited-gets-nothing", "--reports",
                folder)
            #expect(run.code == 1)
            #expect(run.out.contains("final-list-missing: no case catches it by roster.final"))
        }
    }

    @Test("refuses names that are none, and options that exclude one another")
    func names() async {
        #expect(await cpmcheck("prove", "--defect", "mesage-lost").code == 65)
        #expect(await cpmcheck("prove", "--filter", "no-such-case").code == 65)
        #expect(await cpmcheck("prove", "--fast", "--write-witnesses").code == 64)
        let listed = await cpmcheck("prove", "--variation", "list")
        #expect(listed.code == 0 && listed.out.contains("compact-headers: "))
        let clients = await cpmcheck("prove", "--role", "client", "--defect", "list")
        let lines = clients.out.split(separator: "\n")
        #expect(clients.code == 0 && lines.count >= 35 && lines.allSatisfy { $0.hasPrefix("client/") })
        #expect(clients.err == "\(lines.count) in all\n")
    }

    @Test("run --repeat gives every case the same verdict, and ends with 1 when one varies")
    func repeated() async throws {
        try await withFolder { folder in
            let run = await cpmcheck(
                "run", "--repeat", "3", "--filter", "058-never-invited-gets-nothing", "--seed", "1", "--reports", folder)
            #expect(run.code == 0, "\(run.out) \(run.err)")
            #expect(run.out.contains("round 3 of 3: 1 pass"))
            #expect(run.out.contains("1 case, 3 rounds, 3 times played: every case had the same verdict each time"))
            let results = try ReadResults(folder)
            #expect(results.verdicts.values.sorted() == ["pass"])
            #expect(recordings(in: folder) == ["058-never-invited-gets-nothing.ndjson"])
        }
        #expect(await cpmcheck("run", "--repeat", "0").code == 64)
    }
}
