import Facts
import TestCases

/// The words in which an operator is asked. A yes is always what a client should show.
struct QuestionWording: Sendable {
    let question: OperatorQuestion
    /// What the person sees of the group.
    let group: String
    var person = PersonText()

    /// Several lines; the first one asks.
    var text: String {
        let check = question.checks.count == 1 ? question.checks.first : nil
        return switch question.matter {
        case .messages(let came, let beside, let own): messages(check, came, beside, own)
        case .fates(let fates, let own): self.fates(check, fates, own)
        case .members(let members): self.members(members)
        case .history(let lines): history(lines)
        case .audience(let audiences): audience(audiences)
        }
    }

    private func joined(_ first: String, _ lines: [String], _ remarks: [String] = []) -> String {
        ([first] + lines.map { "  \($0)" } + remarks).joined(separator: "\n")
    }

    private func numbered(_ lines: [String]) -> [String] { lines.enumerated().map { "\($0 + 1). \($1)" } }

    // MARK: Messages

    private func messages(
        _ check: ShownCheck?, _ came: [OperatorQuestion.Message], _ beside: [OperatorQuestion.Message],
        _ own: [OperatorQuestion.Message]
    ) -> String {
        let lines = numbered(
            came.map { "\(person.name($0.by)), \(person.time($0.sentAt)): \(person.content($0))" })
        var remarks: [String] = []
        if check == nil || check == .only || check == .order { remarks += unasked(beside, own) }
        if check == nil || check == .time, let at = came.compactMap(\.sentAt).first {
            remarks.append(
                "Times are \(person.zoneName(at: at)); one that is shown less precisely, or in another zone, is right when it means the same.")
        }
        if check == nil || check == .once, hasTwins(came) {
            remarks.append("Messages with the same words are different messages: each of them is to be shown.")
        }
        return joined(ask(check, came.count), lines, remarks)
    }

    private func ask(_ check: ShownCheck?, _ count: Int) -> String {
        if count == 0 { return "Is \(group) free of messages? If there is no such group, that is a yes." }
        let these = count == 1 ? "this message" : "these \(person.count(count, "message"))"
        return switch check {
        case .complete: count == 1 ? "Does this message stand in \(group)?" : "Does each of \(these) stand in \(group)?"
        case .once: "Does \(count == 1 ? "this message" : "each of \(these)") stand only once in \(group)?"
        case .order: "Do \(these) stand in just this order in \(group)?"
        case .text: "Does \(count == 1 ? "this message" : "each of \(these)") in \(group) have just these words, or this content?"
        case .sender: "Is \(count == 1 ? "this message" : "each of \(these)") in \(group) shown as written by the one who is named here?"
        case .time: "Is \(count == 1 ? "this message" : "each of \(these)") in \(group) shown with the time that is given here?"
        case .only: "Is there no other message in \(group) than \(these)?"
        default:
            count == 1
                ? "Does exactly this message stand in \(group), once, with this sender, time and content?"
                : "Do exactly \(these) stand in \(group), in this order, each once and with its sender, time and content?"
        }
    }

    /// What may stand there and decides nothing.
    private func unasked(_ beside: [OperatorQuestion.Message], _ own: [OperatorQuestion.Message]) -> [String] {
        var remarks: [String] = []
        if !own.isEmpty {
            remarks.append("What \(person.name(question.user)) wrote does not count: \(listed(own)).")
        }
        if !beside.isEmpty { remarks.append("This may be shown or not, and does not count: \(listed(beside)).") }
        return remarks
    }

    private func listed(_ messages: [OperatorQuestion.Message]) -> String {
        person.listed(messages.map(person.content), none: "nothing")
    }

    private func hasTwins(_ messages: [OperatorQuestion.Message]) -> Bool {
        Set(messages.map { "\($0.by ?? "") \($0.body)" }).count < messages.count
    }

    // MARK: Reports

    private func fates(
        _ check: ShownCheck?, _ fates: [OperatorQuestion.Fate], _ own: [OperatorQuestion.Message]
    ) -> String {
        let who = person.name(question.user)
        let lines = numbered(fates.map { "\(person.content($0.message)): \(words($0.status)) \(person.name($0.from))" })
        let these = fates.count == 1 ? "this" : "each of these"
        let first =
            switch check {
            case .allFates: "Does \(group) show \(these) at the message that \(who) wrote?"
            case .onlyFates where fates.isEmpty: "Does \(group) show no message that \(who) wrote as delivered, displayed or failed?"
            case .onlyFates: "Does \(group) show nothing else than \(fates.count == 1 ? "this" : "these") of what became of \(who)'s messages?"
            default: "Does \(group) show exactly \(fates.count == 1 ? "this" : "these") of what became of the messages that \(who) wrote?"
            }
        return joined(
            first, lines,
            [
                "\(who) wrote \(listed(own)). A client need not say whose report it is, and a mark that a message was sent does not count."
            ])
    }

    private func words(_ status: DispositionStatus) -> String {
        switch status {
        case .delivered: "delivered to"
        case .displayed: "displayed to"
        case .failed: "not delivered to"
        case .processed: "processed for"
        }
    }

    // MARK: Participants

    private func members(_ members: [ActorName: ExpectedStatus]) -> String {
        let lines = members.sorted { $0.key < $1.key }.map { "\(person.name($0.key)): \(words($0.key, $0.value))" }
        return joined("Does \(group) show the participants like this, and nobody who is not named here?", lines)
    }

    private func words(_ actor: ActorName, _ status: ExpectedStatus) -> String {
        switch status {
        case .connected: "taking part"
        case .member where actor == question.user: "one of the group, or not listed, being the client's own user"
        case .member: "one of the group, also as invited or pending"
        case .left: "not listed, or as one who has gone"
        case .absent: "not listed"
        case .any: "listed or not"
        }
    }

    private func history(_ lines: [OperatorQuestion.Line]) -> String {
        let words = lines.map { line in
            switch line {
            case .message(let message): "\(person.name(message.by)): \(person.content(message))"
            case .change(.joined(let who)): "\(person.name(who)) joined"
            case .change(.left(let who)): "\(person.name(who)) left"
            }
        }
        let changes = lines.filter { if case .change = $0 { true } else { false } }
        let first =
            changes.isEmpty
            ? "Does \(group) show nobody who joined or left?"
            : "Does \(group) show who joined and who left just like this, each in its place among the messages, and no other change?"
        return joined(first, numbered(words))
    }

    private func audience(_ audiences: [OperatorQuestion.Audience]) -> String {
        let lines = audiences.map { "\(person.name($0.message.by)), \(person.content($0.message)): \(person.names($0.names))" }
        return joined(
            "Does \(group) show of each message to whom it was exchanged, like this?", numbered(lines),
            ["Whether the sender and \(person.name(question.user)) are named does not count."])
    }
}
