import TestCases

/// What crossed the wire to and from the client under test, as far as a person can be asked about it.
///
/// Made of the same facts by the player, who asks, and by the judge, who looks whether it was the right question.
struct WireAccount {
    struct Message {
        /// nil for one that no step sent.
        var label: String?
        var chat: ChatMessage
        /// nil where the session names none.
        var group: GroupIdentity?
        var lines: [Int]
        /// The client took it over.
        var isTaken: Bool
    }

    struct Report {
        var disposition: Disposition
        var lines: [Int]
        var isTaken: Bool
    }

    struct Written {
        var label: String
        var id: String
        var group: String
        /// As it left the client; nil while it has not.
        var chat: ChatMessage?
    }

    private(set) var groups: [String: GroupIdentity] = [:]
    /// Every copy that was handed over, in order.
    private(set) var messages: [Message] = []
    private(set) var reports: [Report] = []
    struct List {
        /// nil where the session names none.
        var group: GroupIdentity?
        var lines: [Int]
    }

    /// Each list that the client took over and could read.
    private var lists: [List] = []
    /// What the client's user wrote, in order.
    private(set) var written: [Written] = []
    /// Message-ID by the label of the script.
    private(set) var ids: [String: String] = [:]
    private let user: String
    private var labels: [String: String] = [:]
    private var sessions: [GroupIdentity?] = []
    private var taken: Set<Int> = []

    init(_ facts: [Fact], user: String) {
        self.user = user
        for fact in facts { prepare(fact.what) }
        for fact in facts { take(fact) }
    }

    /// The lines of each list of a group.
    func lists(in group: String) -> [[Int]] {
        guard let identity = groups[group] else { return [] }
        return lists.filter { $0.group == identity }.map(\.lines)
    }

    /// What is known only later than the item that it is about.
    private mutating func prepare(_ what: FactKind) {
        switch what {
        case .confirmed(let offer), .indeterminate(let offer): taken.insert(offer)
        case .act(let act) where act.phase != "closing" && act.step == "create":
            guard let group = act.text("group"), let conversation = act.text("conversation"),
                let contribution = act.text("contribution")
            else { return }
            groups[group] = GroupIdentity(conversation: conversation, contribution: contribution)
        case .act(let act) where act.phase != "closing" && act.step == "send":
            guard let label = act.text("as"), let id = act.text("message") else { return }
            if ids[label] == nil { ids[label] = id }
            if labels[id] == nil { labels[id] = label }
            guard act.text("by") == user else { return }
            written.append(Written(label: label, id: id, group: act.text("group") ?? ""))
        default: break
        }
    }

    private mutating func take(_ fact: Fact) {
        switch fact.what {
        case .invited(let session), .asked(let session): sessions.append(session.group)
        case .offered(let offer) where offer.user == user: take(offer, fact.lines)
        case .submitted(let submission) where submission.user == user:
            guard case .message(let chat) = submission.item, let id = chat.id,
                let place = written.firstIndex(where: { $0.id == id && $0.chat == nil })
            else { return }
            written[place].chat = chat
        default: break
        }
    }

    private mutating func take(_ offer: Offer, _ lines: [Int]) {
        let isTaken = taken.contains(offer.id)
        let group = offer.session.flatMap { sessions.indices.contains($0) ? sessions[$0] : nil }
        switch offer.item {
        case .message(let chat):
            messages.append(
                Message(label: chat.id.flatMap { labels[$0] }, chat: chat, group: group, lines: lines, isTaken: isTaken))
        case .dispositions(let all):
            reports += all.map { Report(disposition: $0, lines: lines, isTaken: isTaken) }
        case .roster(let roster): if isTaken, roster.problems.isEmpty { lists.append(List(group: group, lines: lines)) }
        case .composing, .other: break
        }
    }
}
