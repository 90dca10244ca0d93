import Payloads
import Testing

@testable import ClientReference

@Suite("Who takes part, as the lists tell it")
struct ParticipantsTests {
    private func participants() -> Participants { Participants(own: [UserKey(Sample.carol)]) }

    private func names(_ list: [Participant]) -> [String] {
        list.map { UserKey($0.person.uri).text.drop { $0 != ":" }.dropFirst().prefix { $0 != "@" } + ($0.isMember ? "" : " gone") }
    }

    @Test("a full list is the state, a partial one the next change, and each change is told once")
    func fullAndPartial() {
        var people = participants()
        #expect(people.apply(Sample.list("alice bob carol", version: 1), from: .delivery(1), holding: false) == .taken([.began(people.told)]))
        let change = people.apply(Sample.list("dave", state: .partial, version: 2), from: .delivery(1), holding: false)
        #expect(change == .taken([.joined(people.told[3])]))
        _ = people.apply(Sample.list("-bob", state: .partial, version: 3), from: .delivery(1), holding: false)
        #expect(names(people.shown) == ["alice", "bob gone", "carol", "dave"])
    }

    @Test("an old version, one that was had, and a gap change nothing; a gap and a partial without a whole ask for the whole")
    func versions() {
        var people = participants()
        #expect(people.apply(Sample.list("dave", state: .partial, version: 4), from: .delivery(1), holding: false) == .needsFull)
        #expect(people.shown.isEmpty)
        _ = people.apply(Sample.list("alice carol", version: 4), from: .delivery(1), holding: false)
        #expect(people.apply(Sample.list("alice", version: 4), from: .delivery(1), holding: false) == .ignored)
        #expect(people.apply(Sample.list("dave", state: .partial, version: 6), from: .delivery(1), holding: false) == .needsFull)
        #expect(names(people.shown) == ["alice", "carol"])
    }

    @Test("streams have versions of their own, and a list that repeats what is known tells nothing")
    func streams() {
        var people = participants()
        _ = people.apply(Sample.list("alice bob carol", version: 7), from: .delivery(1), holding: false)
        #expect(people.apply(Sample.list("alice bob carol", version: 1), from: .delivery(2), holding: false) == .taken([]))
        #expect(people.apply(Sample.list("-bob", state: .partial, version: 2), from: .delivery(2), holding: false) != .needsFull)
        #expect(names(people.shown) == ["alice", "bob gone", "carol"])
    }

    @Test("the end of a conference is no list: deleted, or everybody disconnected by it; who left of himself has left")
    func teardown() {
        var people = participants()
        _ = people.apply(Sample.list("alice bob carol", version: 1), from: .delivery(1), holding: false)
        #expect(people.apply(Sample.list("~alice ~bob ~carol", version: 2), from: .delivery(1), holding: false) == .ignored)
        #expect(people.apply(Sample.list("", state: .deleted, version: 3), from: .delivery(1), holding: false) == .ignored)
        #expect(names(people.shown) == ["alice", "bob", "carol"])
        _ = people.apply(Sample.list("-alice -bob", version: 4), from: .delivery(1), holding: false)
        #expect(names(people.shown) == ["alice gone", "bob gone"])
    }

    @Test("a user is known by his number as tel and as sip URI, and is listed once")
    func aliases() {
        var people = Participants(own: [UserKey("tel:+49-151-555")])
        _ = people.apply(Sample.list("alice tel:+49151777 sip:+49151555@cpm.example;user=phone"), from: .delivery(1), holding: false)
        let before = people.shown.count
        #expect(people.apply(Sample.list("alice sip:+49151777@other.example tel:+49(151)777"), from: .delivery(2), holding: false) == .taken([]))
        #expect(before == 3)
        #expect(people.shown.count == 2)
    }

    @Test("while a delivery may be under way, a subscription shows the present and tells nothing until it is quiet")
    func holding() {
        var people = participants()
        _ = people.begin(with: ["alice", "bob", "carol"].map { Person(uri: "sip:\($0)@cpm.example") })
        #expect(people.apply(Sample.list("alice carol dave", version: 1), from: .subscription(9), holding: true) == .held)
        #expect(names(people.shown) == ["alice", "carol", "dave"])
        #expect(people.audience(of: Person(uri: "sip:alice@cpm.example"))?.count == 2)
        _ = people.apply(Sample.list("alice bob carol dave", version: 1), from: .delivery(1), holding: true)
        let settled = people.settle()
        #expect(settled.count == 1)
        guard case .left(let bob) = settled.first else { return #expect(Bool(false), "bob has not left") }
        #expect(bob.person.uri == "sip:bob@cpm.example")
        people.ended(.subscription(9))
        #expect(names(people.shown) == ["alice", "carol", "dave"])
    }

    @Test("the user's own coming and going is not told as a change")
    func selfUntold() {
        var people = participants()
        _ = people.apply(Sample.list("alice bob"), from: .delivery(1), holding: false)
        #expect(people.apply(Sample.list("alice bob carol"), from: .delivery(1), holding: false) == .taken([]))
        #expect(people.apply(Sample.list("alice bob"), from: .delivery(2), holding: false) == .taken([]))
    }

    @Test("a next focus in the same delivery begins with the whole")
    func nextFocus() {
        var people = participants()
        _ = people.apply(Sample.list("alice bob carol", version: 5), from: .delivery(1), holding: false)
        let partial = Sample.list("dave", state: .partial, version: 1, entity: "sip:next@cpm.example")
        #expect(people.apply(partial, from: .delivery(1), holding: false) == .needsFull)
        _ = people.apply(Sample.list("alice carol", version: 1, entity: "sip:next@cpm.example"), from: .delivery(1), holding: false)
        #expect(names(people.shown) == ["alice", "carol"])
    }
}
