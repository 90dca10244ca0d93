import Facts
import Recordings
import TestCases

@testable import Judging

/// Writes the facts of a case as a story, one call a happening, a millisecond apart.
struct FactScript {
    static let group = GroupIdentity(conversation: "conv-1", contribution: "contr-1")

    private(set) var facts: [Fact] = []
    private var offers = 0
    private var submissions = 0
    private var sessions = 0
    private var streams = 0
    private var step = 0
    private var paused = 0
    private var submissionIDs: [String: Int] = [:]
    private var chats: [String: ChatMessage] = [:]

    static func address(_ actor: String) -> String { "sip:\(actor)@cpm.example" }

    /// While set, all that happens stands in this one line.
    private var line: Int?

    private mutating func add(_ what: FactKind) {
        let n = facts.count + 1
        facts.append(Fact(at: Int64(n + paused) * 1_000_000, lines: [line ?? n], what: what))
    }

    /// All of it in one line of the recording.
    mutating func together(_ happenings: (inout FactScript) -> Void) {
        line = facts.count + 1
        happenings(&self)
        line = nil
    }

    /// How many items have come.
    var offerCount: Int { offers }

    /// The line of the last item that came.
    var lastOfferLine: Int {
        facts.last { if case .offered = $0.what { true } else { false } }?.lines.first ?? 0
    }

    private mutating func act(_ name: String, _ fields: [String: JSONValue], phase: String = "body") {
        add(.act(Act(step: name, phase: phase, index: step, fields: fields)))
        step += 1
    }

    private mutating func done(_ index: Int, result: String = "met") {
        add(.act(Act(step: "done", phase: "body", index: index, fields: ["result": .string(result)])))
    }

    /// The step in which all who are there leave.
    mutating func everyoneLeaves() { act("end", ["group": "team", "how": "everyone-leaves"]) }

    /// The last step of this name is over.
    mutating func stepDone(_ name: String) {
        let last = facts.last { if case .act(let act) = $0.what { act.step == name } else { false } }
        if case .act(let act)? = last?.what, let index = act.index { done(index) }
    }

    /// Nothing happens for so many milliseconds.
    mutating func pause(_ milliseconds: Int) { paused += milliseconds }

    mutating func stalled(_ milliseconds: Int) { add(.stalled(milliseconds: Int64(milliseconds))) }

    mutating func carriageLost(_ actor: String, _ session: Int) { add(.carriageLost(user: actor, session: session)) }

    mutating func unreachable(_ actor: String) { add(.unreachable(user: actor)) }

    mutating func registered(_ actor: String) { add(.registered(user: actor)) }

    mutating func create(_ group: String = "team", by: String = "alice", invite: [String] = []) {
        act(
            "create",
            [
                "group": .string(group), "by": .string(by), "invite": JSONValue(strings: invite), "conversation": .string(Self.group.conversation),
                "contribution": .string(Self.group.contribution),
            ])
        done(step - 1)
    }

    /// A session of an actor; returns its number.
    @discardableResult
    mutating func session(
        _ actor: String, by: Side = .implementation, form: GroupSession.Form = .live, invitedWith: [String]? = nil,
        group: GroupIdentity = Self.group, focus: String = "sip:focus@cpm.example", device: Int = 1
    ) -> Int {
        var session = GroupSession(id: sessions, user: actor, by: by)
        session.device = device
        session.group = group
        session.form = form
        session.invitedWith = invitedWith
        session.focus = by == .user ? "sip:factory@cpm.example" : focus
        sessions += 1
        add(by == .user ? .asked(session) : .invited(session))
        if by == .user { add(.focus(session: session.id, focus)) }
        add(.joined(user: actor, session: session.id))
        return session.id
    }

    mutating func ended(_ actor: String, _ session: Int, by: Side = .implementation, code: Int? = 200) {
        add(.ended(user: actor, session: session, by: by, cause: EndCause(code: code, text: nil)))
    }

    /// The script sends a message and it is accepted.
    mutating func send(
        _ label: String, by: String, text: String = "hello", asks: [String] = [], concurrent: Bool = false,
        marker: Bool = false, accepted: Bool = true
    ) {
        let chat = ChatMessage(
            id: "id-\(label)", sender: Self.address(by), dateTime: "2026-01-01T00:00:00Z", instant: 1000,
            contentType: "text/plain;charset=UTF-8", body: Array((text + label).utf8), dispositionRequests: asks)
        chats[label] = chat
        act(
            "send",
            [
                "group": "team", "by": .string(by), "as": .string(label), "message": .string("id-\(label)"),
                "marker": .bool(marker), "concurrent": .bool(concurrent),
            ])
        let index = step - 1
        add(.submitted(Submission(id: submissions, user: by, session: nil, item: .message(chat))))
        add(.submissionAnswered(submission: submissions, accepted: accepted, code: accepted ? 200 : 403))
        submissions += 1
        done(index)
    }

    /// A copy of a sent message reaches an actor; `change` alters it on the way.
    mutating func arrives(
        _ label: String, at actor: String, in session: Int? = nil, confirmed: Bool = true,
        change: (inout ChatMessage) -> Void = { _ in }
    ) {
        guard var chat = chats[label] else { return }
        change(&chat)
        offer(.message(chat), to: actor, in: session, confirmed: confirmed)
    }

    mutating func offer(_ item: Item, to actor: String, in session: Int? = nil, confirmed: Bool = true) {
        add(.offered(Offer(id: offers, user: actor, session: session, item: item)))
        if confirmed { add(.confirmed(offer: offers)) }
        offers += 1
    }

    /// A copy that wants no answer, so that it is taken over as it comes.
    mutating func arrivesUnanswered(_ label: String, at actor: String, in session: Int? = nil) {
        arrives(label, at: actor, in: session, confirmed: false)
        wantsNoAnswer()
    }

    /// What came last wants no answer, so that it is taken over as it comes.
    mutating func wantsNoAnswer() {
        guard let last = facts.last else { return }
        facts.append(Fact(at: last.at, lines: last.lines, what: .confirmed(offer: offers - 1)))
    }

    mutating func indeterminate(lastOffer: Void = ()) { add(.indeterminate(offer: offers - 1)) }

    /// The item with this number is reported on and taken over so.
    mutating func reported(_ offer: Int) {
        together { story in
            story.add(.reported(offer: offer, code: 200))
            story.add(.confirmed(offer: offer))
        }
    }

    /// What came last was refused with a code, or never answered for.
    mutating func unconfirmed(_ code: Int?) { add(.unconfirmed(offer: offers - 1, code: code)) }

    mutating func away(_ actor: String, absence: String = "loses-connection") {
        act("away", ["who": .string(actor), "absence": .string(absence)])
        add(.act(Act(step: "effective", phase: "body", index: nil, fields: ["who": .string(actor)])))
    }

    /// Alice sends, and bob has it.
    mutating func relayed(_ label: String) {
        send(label, by: "alice")
        arrives(label, at: "bob")
    }

    /// The script goes on before it is noticed that the actor is lost.
    mutating func goes(_ actor: String, absence: String = "loses-connection") {
        act("away", ["who": .string(actor), "absence": .string(absence), "waits": false])
        done(step - 1)
    }

    mutating func noticed(_ actor: String) {
        act("noticed", ["who": .string(actor)])
        add(.act(Act(step: "effective", phase: "body", index: nil, fields: ["who": .string(actor)])))
        done(step - 1)
    }

    /// Somebody is added to the running session, by default one who cannot be reached.
    mutating func added(_ actor: String, isAway: Bool = true) {
        act("add", ["who": .string(actor), "by": "alice", "group": "team"])
        done(step - 1)
        if isAway { add(.act(Act(step: "effective", phase: "body", index: nil, fields: ["who": .string(actor)]))) }
    }

    /// As the clean-up does it.
    mutating func deregisters(_ actor: String) {
        act("deregister", ["who": .string(actor)], phase: "closing")
        add(.deregistered(user: actor))
    }

    /// Another user asked the implementation for a sign of life, and it answered.
    mutating func probed() { act("probed", ["status": 200]) }

    mutating func rejoins(_ actor: String) { act("rejoin", ["who": .string(actor)]) }

    mutating func returns(_ actor: String, device: Int = 1, registering: Bool = true, breaksAfter: Int? = nil) {
        var fields: [String: JSONValue] = ["who": .string(actor), "device": .integer(Int64(device))]
        if let breaksAfter { fields["breaks-after"] = .integer(Int64(breaksAfter)) }
        act("return", fields)
        if registering { registered(actor) }
    }

    /// The user declines an invitation for good.
    mutating func declined(_ actor: String) {
        var session = GroupSession(id: sessions, user: actor, by: .implementation)
        session.group = Self.group
        sessions += 1
        add(.invited(session))
        add(.refused(user: actor, session: session.id, by: .user, code: 603))
    }

    /// A member is put out.
    mutating func boot(_ actor: String) {
        act("boot", ["who": .string(actor), "by": "alice", "group": "team"])
        done(step - 1)
    }

    mutating func leave(_ actor: String, phase: String = "body") {
        act("leave", ["who": .string(actor), "group": "team"], phase: phase)
        done(step - 1)
    }

    mutating func report(_ status: String, about label: String, by actor: String) {
        let note = Disposition(
            message: "id-\(label)", recipient: Self.address(actor), status: status,
            kind: status == "displayed" ? "display" : "delivery")
        add(.submitted(Submission(id: submissions, user: actor, session: nil, item: .dispositions([note]))))
        submissions += 1
    }

    mutating func disposition(
        _ status: String, about label: String, of actor: String, at user: String, kind: String? = nil
    ) {
        let note = Disposition(
            message: "id-\(label)", recipient: Self.address(actor), status: status,
            kind: kind ?? (status == "displayed" ? "display" : "delivery"))
        offer(.dispositions([note]), to: user)
    }

    /// A list comes: `connected` and `disconnected` name actors.
    mutating func roster(
        at user: String, in session: Int? = nil, stream: Int = 1, extent: Roster.Extent = .full, version: Int? = 1,
        connected: [String], disconnected: [String] = [], entity: String = "sip:focus@cpm.example",
        userCount: Int? = nil, problems: [String] = [], carriage: Roster.Carriage = .session, confirmed: Bool = true
    ) {
        let users = connected.map { RosterUser(address: Self.address($0), status: "connected") }
            + disconnected.map { RosterUser(address: Self.address($0), status: "disconnected", method: "departed") }
        offer(
            .roster(
                Roster(
                    stream: stream, carriage: carriage, entity: entity, extent: extent, version: version, users: users,
                    userCount: userCount, problems: problems)),
            to: user, in: session, confirmed: confirmed)
    }

    /// The context in which checks look at the story.
    func context(
        actors: [String: Absence] = ["alice": .present, "bob": .present, "carol": .neverAnswers, "dave": .present],
        aliases: [String: [String]] = [:], storageStated: Bool? = true, expectations: [Expectation] = []
    ) -> CheckContext {
        let names = actors.keys.sorted()
        var testCase = TestCase(
            id: "story", requirements: [.store, .deliver],
            actors: names.map { ActorRole(name: $0, absence: actors[$0] ?? .present) }, steps: [],
            expectations: expectations.map { PlacedExpectation($0) })
        testCase.suite = "tests"
        return CheckContext(
            testCase: testCase,
            addresses: AddressBook(
                aliases: Dictionary(
                    uniqueKeysWithValues: names.map { ($0, [Self.address($0)] + (aliases[$0] ?? [])) })),
            evidence: Evidence(facts), storageStated: storageStated, claimsIntermediate: true,
            adopted: Dictionary(uniqueKeysWithValues: BindingKey.allCases.map { ($0, $0.permitted[0]) }))
    }

    /// A group of alice, bob and carol, in which carol misses m1 from alice and m2 from bob, and has come back.
    static func carolMissedTwo(
        asks: [String] = [], inviting: [String] = [], registering: Bool = true
    ) -> FactScript {
        var story = FactScript()
        for actor in ["alice", "bob", "dave"] { story.registered(actor) }
        story.create(invite: inviting)
        story.session("alice", by: .user)
        story.session("bob")
        story.away("carol")
        story.send("m1", by: "alice", asks: asks)
        story.arrives("m1", at: "bob")
        story.send("m2", by: "bob")
        story.arrives("m2", at: "alice")
        story.returns("carol", registering: registering)
        return story
    }
}
