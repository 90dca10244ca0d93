import Testing

@testable import ClientReference

@Suite("The way back into a group, in virtual time")
struct SeekerTests {
    private func record(_ state: ConversationState = .suspended, gone: Bool = false) -> ConversationRecord {
        var record = ConversationRecord(id: 1, group: Sample.group, state: state, createdAt: 0)
        record.focus = Sample.focus
        record.focusIsGone = gone
        return record
    }

    private let people = [Person(uri: "sip:alice@cpm.example"), Person(uri: "sip:bob@cpm.example")]
    private var plan: RestartPlan { RestartPlan(recipients: people.map(\.uri), group: Sample.group) }

    @Test("the focus is asked first, once at a time", arguments: [404, 410, 481])
    func rejoinThenRestart(status: Int) {
        var seeker = SessionSeeker()
        #expect(seeker.wanted(record(), recipients: people) == .rejoin(focus: Sample.focus))
        #expect(seeker.wanted(record(), recipients: people) == .none)
        #expect(seeker.answered(status, warnings: [], record(), recipients: people) == .restart(plan))
        #expect(seeker.answered(200, warnings: [], record(), recipients: people) == .none)
        #expect(!seeker.isSeeking)
    }

    @Test("403 means that the focus is gone with Warning 123, and that the service is not authorised with 127")
    func forbidden() {
        var seeker = SessionSeeker()
        _ = seeker.wanted(record(), recipients: people)
        let notMember = ["399 cpm.example \"123 Not a member of the group\""]
        #expect(seeker.answered(403, warnings: notMember, record(), recipients: people) == .restart(plan))
        let notAuthorised = ["399 cpm.example \"127 Service not authorised\""]
        guard case .giveUp(let why) = seeker.answered(403, warnings: notAuthorised, record(), recipients: people) else {
            return #expect(Bool(false), "it was not given up")
        }
        #expect(why.contains("127"))
        _ = seeker.wanted(record(), recipients: people)
        guard case .giveUp = seeker.answered(403, warnings: [], record(), recipients: people) else {
            return #expect(Bool(false), "it was not given up")
        }
    }

    @Test("a focus that is known to be gone is not asked, unless the client wants to")
    func goneAtOnce() {
        var seeker = SessionSeeker()
        #expect(seeker.wanted(record(.ended, gone: true), recipients: people) == .restart(plan))
        var asking = SessionSeeker()
        #expect(asking.wanted(record(.ended, gone: true), recipients: people, asksFocusFirst: true) == .rejoin(focus: Sample.focus))
    }

    @Test("who left, was put out or refused has no way back; nor has anybody without others", arguments: [ConversationState.left, .booted, .declined])
    func noWay(state: ConversationState) {
        var seeker = SessionSeeker()
        guard case .giveUp = seeker.wanted(record(state), recipients: people) else { return #expect(Bool(false), "there was a way") }
        guard case .giveUp = seeker.wanted(record(gone: true), recipients: []) else { return #expect(Bool(false), "alone") }
        #expect(!seeker.isSeeking)
    }

    @Test("whom a restart invites: every member of the last list, but not the user and nobody who left")
    func recipients() {
        var book = Sample.book()
        _ = book.take(.list(Sample.list("alice -bob !eve ?dave carol")))
        let names = book.conversations[1]?.recipients(without: book.own).map(\.uri)
        #expect(names == ["sip:alice@cpm.example", "sip:dave@cpm.example"])
    }
}
