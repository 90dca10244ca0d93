import Facts
import Recordings
import TestCases

@testable import Judging

/// Writes the facts of a case for a client as a story, a millisecond apart: what the enabler handed over, what the client
/// answered and gave, and what the user sees at the end.
struct ClientStory {
    static let group = FactScript.group
    private(set) var facts: [Fact] = []
    private var offers = 0
    private var submissions = 0
    private var step = 0
    private(set) var screen: [SeenMessage] = []
    var participants: [SeenParticipant] = []
    var history: [SeenEntry] = []
    var steps: [TestStep] = []

    static func address(_ name: String) -> String { FactScript.address(name) }

    /// Nothing happens for so long.
    private var pauses: Int64 = 0

    mutating func wait(milliseconds: Int64) { pauses += milliseconds }

    mutating func add(_ what: FactKind) {
        let n = facts.count + 1
        facts.append(Fact(at: (Int64(n) + pauses) * 1_000_000, lines: [n], what: what))
    }

    mutating func act(_ name: String, _ fields: [String: JSONValue]) {
        add(.act(Act(step: name, phase: "body", index: step, fields: fields)))
        step += 1
    }

    /// The last step, or an earlier one, did not get where it wanted.
    mutating func unmet(_ index: Int? = nil) {
        add(.act(Act(step: "done", phase: "body", index: index ?? step - 1, fields: ["result": "unmet", "awaited": ["something"]])))
    }

    /// The player waited in vain for the group among those that are shown.
    mutating func misses(showing groups: [GroupIdentity] = []) {
        add(.seen(UserView(user: "carol", group: nil, content: .conversations(groups))))
        add(.act(Act(step: "missed", phase: "body", index: nil, fields: ["group": "team", "who": "carol"])))
    }

    /// carol is called to a session; it stands unless it is refused.
    mutating func called(form: GroupSession.Form = .deferred, refused code: Int? = nil) {
        if step == 0 {
            act(
                "create",
                [
                    "group": "team", "by": "alice", "invite": [], "conversation": .string(Self.group.conversation),
                    "contribution": .string(Self.group.contribution),
                ])
        }
        var session = GroupSession(id: 0, user: "carol", by: .implementation)
        session.group = Self.group
        session.form = form
        add(.invited(session))
        if let code {
            add(.refused(user: "carol", session: 0, by: .user, code: code))
        } else {
            add(.joined(user: "carol", session: 0))
        }
    }

    /// A message is handed over and, unless said otherwise, taken and shown.
    mutating func hand(
        _ label: String, by: String, asks: [String] = [], answered: Bool = true, shown: Bool = true,
        change: (inout SeenMessage) -> Void = { _ in }
    ) {
        act("send", ["group": "team", "by": .string(by), "as": .string(label), "message": .string("id-\(label)"), "marker": false])
        deliver(label, by: by, asks: asks, answered: answered)
        guard shown else { return }
        var seen = SeenMessage(
            id: "id-\(label)", isOwn: false, sender: Self.address(by), body: Array(label.utf8), contentType: "text/plain",
            sentAt: 1_000_000, isRead: false)
        change(&seen)
        screen.append(seen)
    }

    mutating func deliver(_ label: String, by: String, asks: [String] = [], answered: Bool = true) {
        let message = ChatMessage(
            id: "id-\(label)", sender: Self.address(by), dateTime: "1970-01-01T00:16:40Z", instant: 1_000_000,
            contentType: "text/plain;charset=UTF-8", body: Array(label.utf8), dispositionRequests: asks)
        offer(.message(message), answered: answered)
    }

    mutating func offer(_ item: Item, answered: Bool = true, refusal: Int? = nil, change: (inout Offer) -> Void = { _ in }) {
        var offer = Offer(id: offers, user: "carol", session: 0, item: item)
        change(&offer)
        add(.offered(offer))
        add(answered ? .confirmed(offer: offers) : .unconfirmed(offer: offers, code: refusal))
        offers += 1
    }

    mutating func roster(_ connected: [String], gone: [String] = []) {
        let users = connected.map { RosterUser(address: Self.address($0), status: "connected") }
            + gone.map { RosterUser(address: Self.address($0), status: "disconnected", method: "departed") }
        offer(
            .roster(Roster(stream: 1, carriage: .session, entity: "sip:focus@cpm.example", extent: .full, version: 1, users: users)))
    }

    /// carol writes a message that is shown as hers, with the fates that are shown at it.
    mutating func write(_ label: String, fates: [SeenDisposition] = []) {
        act("send", ["group": "team", "by": "carol", "as": .string(label), "message": .string("id-\(label)"), "marker": false])
        screen.append(
            SeenMessage(
                id: "id-\(label)", isOwn: true, sender: Self.address("carol"), body: Array(label.utf8), contentType: "text/plain",
                sentAt: 1_000_000, isRead: true, dispositions: fates))
    }

    mutating func report(_ status: String, on label: String, of name: String) {
        offer(
            .dispositions([
                Disposition(message: "id-\(label)", recipient: Self.address(name), status: status, kind: "delivery")
            ]))
    }

    /// The client gives a report of its own.
    mutating func gives(_ status: String, on label: String, accepted: Bool? = true, wantsAnswer: Bool = true) {
        let report = Disposition(message: "id-\(label)", recipient: Self.address("carol"), status: status, kind: "delivery")
        var submission = Submission(id: submissions, user: "carol", session: 0, item: .dispositions([report]))
        submission.wantsAnswer = wantsAnswer
        add(.submitted(submission))
        if let accepted { add(.submissionAnswered(submission: submissions, accepted: accepted, code: accepted ? 200 : 408)) }
        submissions += 1
    }

    mutating func reads(_ label: String) { act("read", ["who": "carol", "message": .string(label)]) }

    mutating func restarts(inviting names: [String], group: GroupIdentity = Self.group) {
        act("restart", ["group": "team", "who": "carol"])
        var session = GroupSession(id: 1, user: "carol", by: .user)
        session.group = group
        session.inviting = names.map(Self.address)
        add(.asked(session))
        add(.joined(user: "carol", session: 1))
    }

    mutating func show(_ extra: SeenMessage) { screen.append(extra) }
    mutating func swapShown() { screen.swapAt(0, 1) }

    /// What the checks of the expectations say, by their names.
    func judge(_ expectations: [Expectation], looking: Bool = true) -> [String: CheckResult] {
        var story = self
        if looking {
            for content in [UserView.Content.messages(screen), .participants(participants), .history(history)] {
                story.add(.seen(UserView(user: "carol", group: Self.group, content: content)))
            }
        }
        let testCase = testCase(expectations)
        var claims = ICS()
        for option in [ICSOption.processesIntermediateLists, .restartsFromFinalList, .showsAudience] { claims[option] = "true" }
        let context = CheckContext(
            testCase: testCase, addresses: Self.addresses, evidence: Evidence(story.facts), storageStated: nil, claims: claims,
            claimsIntermediate: false)
        return Dictionary(ClientChecks.all(context).map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    }

    static let addresses = AddressBook(
        aliases: Dictionary(uniqueKeysWithValues: ["alice", "bob", "carol", "dave"].map { ($0, [address($0)]) }))

    func testCase(_ expectations: [Expectation]) -> TestCase {
        var testCase = TestCase(
            id: "story", requirements: [.process, .processIntermediate],
            actors: [
                ActorRole(name: "carol", part: .client), ActorRole(name: "alice", part: .member),
                ActorRole(name: "bob", part: .member), ActorRole(name: "dave", part: .member),
            ],
            steps: steps, expectations: expectations.map { PlacedExpectation($0) })
        testCase.role = .client
        return testCase
    }
}
