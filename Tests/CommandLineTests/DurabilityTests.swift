import Foundation
import Recordings
import Testing

@testable import CommandLine

@Suite("The enabler killed in the middle, in a process of its own", .serialized, .timeLimit(.minutes(3)))
struct DurabilityTests {
    @Test("four kills: nothing acknowledged is lost, nothing confirmed comes again, and the numbers say how much was at stake")
    func kept() async throws {
        try await withFolder { folder in
            let ended = await cpmcheck("durability", "--runs", "4", "--reports", folder)
            #expect(ended.code == 0, "\(ended.out) \(ended.err)")
            let numbers = try JSONValue(parsing: try String(contentsOfFile: folder + "/durability.json", encoding: .utf8))
            #expect(numbers["played"] == 4)
            #expect(numbers["lost"] == 0)
            #expect(numbers["repeated"] == 0)
            #expect(numbers["acknowledged"]?.int ?? 0 > 20)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/durability").isEmpty)
        }
    }

    @Test("an enabler that loses, and one that repeats, are caught, and their recordings are kept", arguments: [
        ("message-lost", "lost"), ("confirmed-again-at-the-next-return", "repeated"),
    ])
    func caught(_ defect: String, _ number: String) async throws {
        try await withFolder { folder in
            let ended = await cpmcheck("durability", "--runs", "4", "--defect", defect, "--reports", folder)
            #expect(ended.code == 1, "\(ended.out) \(ended.err)")
            let numbers = try JSONValue(parsing: try String(contentsOfFile: folder + "/durability.json", encoding: .utf8))
            #expect(numbers[number]?.int ?? 0 > 0)
            #expect(try !FileManager.default.contentsOfDirectory(atPath: folder + "/durability").isEmpty)
        }
    }

    @Test("a count out of bounds and an unknown defect are told before anything is started")
    func mistakes() async {
        #expect(await cpmcheck("durability", "--runs", "0").code == 64)
        #expect(await cpmcheck("durability", "--defect", "message-los").code == 65)
    }
}
