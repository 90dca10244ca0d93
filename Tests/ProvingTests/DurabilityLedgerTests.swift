import Facts
import Testing

@testable import Proving

@Suite("What is owed when the enabler is killed")
struct DurabilityLedgerTests {
    private static let addresses = AddressBook(aliases: [
        "alice": ["sip:alice@cpm.example"], "bob": ["sip:bob@cpm.example"],
    ])
    private var ledger = DurabilityLedger(members: ["alice", "bob"], addresses: Self.addresses)

    private mutating func happens(_ seconds: Double, _ what: FactKind) {
        ledger.take(Fact(at: Int64(seconds * 1e9), lines: [1], what: what))
    }

    private func message(_ id: String) -> Item {
        .message(ChatMessage(
            id: id, sender: nil, dateTime: nil, instant: nil, contentType: "text/plain", body: [], dispositionRequests: []))
    }

    private func report(_ id: String, by user: String) -> Item {
        .dispositions([Disposition(
            message: id, recipient: "sip:\(user)@cpm.example", status: "delivered", kind: "delivery")])
    }

    private mutating func sends(_ number: Int, _ user: String, _ item: Item, at time: Double, answered: Bool = true) {
        happens(time, .submitted(Submission(id: number, user: user, session: 0, item: item)))
        if answered { happens(time, .submissionAnswered(submission: number, accepted: true, code: 200)) }
    }

    private mutating func gets(_ number: Int, _ user: String, _ item: Item, at time: Double, confirmed: Bool = true) {
        happens(time, .offered(Offer(id: number, user: user, session: 0, item: item)))
        if confirmed { happens(time, .confirmed(offer: number)) }
    }

    @Test("What was acknowledged is owed until it is taken over; what was not acknowledged is owed to nobody")
    mutating func lost() {
        sends(0, "alice", message("m1"), at: 1)
        sends(1, "alice", message("m2"), at: 1, answered: false)
        #expect(ledger.missing.map(\.sentence) == ["message m1 to bob"])
        gets(0, "bob", message("m1"), at: 2, confirmed: false)
        #expect(ledger.missing.count == 1, "it came, and nobody answered")
        gets(1, "bob", message("m1"), at: 3)
        #expect(ledger.missing.isEmpty)
        #expect(ledger.redelivered == 1)
        #expect(ledger.acknowledged == 1)
    }

    @Test("What was confirmed and comes again is a fault, long before the kill and after the restart")
    mutating func repeated() {
        sends(0, "alice", message("m1"), at: 1)
        gets(0, "bob", message("m1"), at: 1)
        ledger.killed(at: 2_000_000_000)
        ledger.restarted(at: 2_100_000_000)
        #expect(ledger.confirmedAtKill == 1)
        gets(1, "bob", message("m1"), at: 3)
        #expect(ledger.repeated.map(\.sentence) == ["message m1 to bob"])
    }

    @Test("What was confirmed within half a second before the kill, or between kill and restart, may come again", arguments: [
        1.6, 2.05,
    ])
    mutating func doubtful(at time: Double) {
        sends(0, "alice", message("m1"), at: 1)
        if time < 2 { gets(0, "bob", message("m1"), at: time) }
        ledger.killed(at: 2_000_000_000)
        if time > 2 { gets(0, "bob", message("m1"), at: time) }
        ledger.restarted(at: 2_100_000_000)
        gets(1, "bob", message("m1"), at: 3)
        #expect(ledger.repeated.isEmpty)
        #expect(ledger.redelivered == 1)
        gets(2, "bob", message("m1"), at: 4)
        #expect(ledger.repeated.count == 1, "after the second time there is no doubt")
    }

    @Test("A report is owed to the sender of the message, and comes as often as it was given")
    mutating func reports() {
        sends(0, "alice", message("m1"), at: 1)
        gets(0, "bob", message("m1"), at: 1)
        sends(1, "bob", report("m1", by: "bob"), at: 1)
        #expect(ledger.missing.map(\.sentence) == ["'delivered' about m1 by bob to alice"])
        gets(1, "alice", report("m1", by: "bob"), at: 2)
        #expect(ledger.missing.isEmpty)
        sends(2, "bob", report("m1", by: "bob"), at: 3)
        gets(2, "alice", report("m1", by: "bob"), at: 3)
        #expect(ledger.repeated.isEmpty, "it was given twice")
        gets(3, "alice", report("m1", by: "bob"), at: 4)
        #expect(ledger.repeated.count == 1)
    }
}
