import Foundation
import Testing

@testable import CommandLine

/// Implementations that answer in ways no implementation should: each case gets a verdict, and the run goes on.
@Suite(.timeLimit(.minutes(2)))
struct HostileTests {
    static let caseLimit = 8000
    static let answer = 400
    /// Two cases, so that the second shows that the run went on; one job, so that it comes after the first.
    static let cases = ["058a-content-intact", "058-declined-gets-nothing"]

    /// Connections of the look that comes before the first case: one that refuses everybody lets that pass.
    static let looks = 2

    /// Plays the two cases against the hostile one.
    static func play(_ hostility: Hostility, _ folder: String, patience: Int? = nil) async throws -> Ended {
        let server = try await HostileServer.start(
            hostility, patience: patience ?? (hostility == .refuses ? looks : 0))
        try write(
            describedImplementation(port: server.port, answer: answer, case: caseLimit), to: folder + "/iut.yaml")
        let ended = await cpmcheck(
            ["run", "--iut", folder + "/iut.yaml", "--jobs", "1", "--reports", folder + "/r"]
                + cases.flatMap { ["--filter", $0] })
        try await server.stop()
        return ended
    }

    static let beginning = "got the beginning of a message that never ended"

    /// What the reason says in words.
    static func word(_ hostility: Hostility) -> String {
        switch hostility {
        case .answersGarbage: "garbage"
        case .neverEndsAMessage: Self.beginning
        case .answersNothing: "awaited the 200 to REGISTER"
        case .announcesAGigabyte: "1073741824"
        case .closesAtOnce: "the connection failed while awaiting"
        case .agreesToEverything: "cannot be used"
        case .neverEndsTheHeaders: "garbage"
        case .sendsAGigabyteOfMSRP: "1073741824"
        case .refuses: "403 Forbidden"
        }
    }

    @Test("one that lets nobody in is told before the first case: 69")
    func refused() async throws {
        try await withFolder { folder in
            let ended = try await Self.play(.refuses, folder, patience: 0)
            #expect(ended.code == 69, "\(ended.out)\(ended.err)")
            #expect(ended.err.contains("127.0.0.1:") && ended.err.contains("403 Forbidden"), "\(ended.err)")
            #expect(try ReadResults(folder + "/r").cases.allSatisfy { $0.verdict == "not finished" })
            #expect(try ReadJUnit(folder + "/r").passed.isEmpty)
        }
    }

    @Test("each case ends in time as inconclusive with the reason in words, and the next one is played", arguments: Hostility.allCases)
    func verdicts(hostility: Hostility) async throws {
        try await withFolder { folder in
            let ended = try await Self.play(hostility, folder)
            #expect(ended.code == 2, "\(ended.out)\(ended.err)")
            let results = try ReadResults(folder + "/r")
            #expect(results.cases.map(\.id).sorted() == Self.cases.sorted())
            for result in results.cases {
                #expect(result.verdict == "inconclusive", "\(result.id): \(result.said)")
                #expect(result.said.contains(Self.word(hostility)), "\(result.id): \(result.said)")
                // One that never ends what it began, and one that says nothing, are told apart.
                if hostility == .neverEndsAMessage {
                    #expect(result.reasons.first?.code == "unfinished")
                } else if hostility == .answersNothing {
                    #expect(!result.said.contains(Self.beginning), "\(result.id): \(result.said)")
                }
                #expect(result.seconds < Double(Self.caseLimit) / 1000 + 4)
            }
            #expect(try ReadJUnit(folder + "/r").cases.map(\.outcome) == ["error inconclusive", "error inconclusive"])
            #expect(recordings(in: folder + "/r").count == 2)
        }
    }
}
