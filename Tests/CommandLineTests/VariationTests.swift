import Facts
import Foundation
import Proving
import Recordings
import Testing

@testable import CommandLine

/// A variation that nothing on the wire shows would prove nothing.
@Suite("Variations on the wire", .serialized, .timeLimit(.minutes(5)))
struct VariationTests {
    static let shown: [(variation: String, case: String)] = [
        ("near-changes-told-at-once", "058b-changes-missed-from-the-start--absence.not-registered"),
        ("several-reports-in-one-body", "058a-dispositions-after-the-end"),
        ("reports-in-a-session-of-their-own", "058a-dispositions-after-the-end"),
        ("users-by-telephone-number", "058a-dispositions-after-the-end"),
        ("reports-by-message", "058a-dispositions-after-the-end"),
        ("processing-reports", "058a-requests-kept"),
        ("composing-kept-as-it-is", "058-composing-in-mid-session"),
    ]

    @Test("a case passes with the variation, and its wire differs from that of the plain enabler", arguments: shown)
    func differs(variation: String, testCase: String) async throws {
        let plain = try await shape(testCase, [])
        let varied = try await shape(testCase, ["--variation", variation])
        #expect(varied.difference(from: plain) != nil)
    }

    @Test("the final list comes by NOTIFY, and no list of the ended session in it that is final")
    func notified() async throws {
        let testCase = "058a-messages-and-final-list-after-the-end--absence.not-registered"
        let recording = try await play(testCase, ["--variation", "final-list-by-notify"], file: testCase)
        let lists = FactDecoder.facts(of: recording).compactMap { fact -> Roster? in
            guard case .offered(let offer) = fact.what, offer.user == "carol", case .roster(let roster) = offer.item else {
                return nil
            }
            return roster
        }
        #expect(lists.last?.carriage == .subscription)
        #expect(lists.last?.extent == .full)
        #expect(lists.count { $0.carriage == .subscription } == 1)
    }

    @Test("failed reports go out when a message has grown too old")
    func failed() async throws {
        let options = ["--profile", "short-retention", "--variation", "failed-reports-on-expiry"]
        let recording = try await play("058-past-retention-live", options, file: "058-past-retention-live@short-retention")
        let received = recording.lines.filter { $0.actor == "alice" && $0.direction == .received }.compactMap(\.payload)
        #expect(received.contains { String(decoding: $0, as: UTF8.self).contains("<failed") })
    }

    @Test("messages that crossed come to the absent in an order that nobody else saw")
    func otherOrder() async throws {
        let testCase = "058a-crossing-messages"
        let sent = try messages(at: "bob", in: try await play(testCase, [], file: testCase))
        let plain = try messages(at: "carol", in: try await play(testCase, [], file: testCase))
        let options = ["--variation", "senders-in-another-order"]
        var varied = plain
        // On a busy machine messages that are sent at once need not cross; then there is no other order.
        for _ in 0..<5 where varied == plain {
            varied = try messages(at: "carol", in: try await play(testCase, options, file: testCase))
        }
        #expect(sent == plain.filter(sent.contains))
        #expect(Set(varied) == Set(plain))
        #expect(varied != plain)
    }

    @Test("what was answered just before a break comes again")
    func uncertain() async throws {
        let testCase = "058a-delivery-breaks-off-suddenly--break.at-once"
        let options = ["--variation", "uncertain-offers-again"]
        let came = try messages(at: "carol", in: try await play(testCase, options, file: testCase))
        #expect(came.count > Set(came).count)
    }

    /// The Message-IDs of what came to a user, in order.
    private func messages(at user: String, in recording: Recording) throws -> [String] {
        FactDecoder.facts(of: recording).compactMap { fact in
            guard case .offered(let offer) = fact.what, offer.user == user, case .message(let chat) = offer.item else {
                return nil
            }
            return chat.id
        }
    }

    private func shape(_ testCase: String, _ options: [String]) async throws -> WireShape {
        WireShape(try await play(testCase, options, file: testCase))
    }

    private func play(_ testCase: String, _ options: [String], file: String) async throws -> Recording {
        try await withFolder { folder in
            let run = await cpmcheck(["run", "--filter", testCase, "--seed", "3", "--reports", folder] + options)
            #expect(run.code == 0, "\(run.out) \(run.err)")
            return try RecordingReader.read("\(folder)/recordings/\(file).ndjson")
        }
    }
}
