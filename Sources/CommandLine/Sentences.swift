import TestCases

extension StepKind {
    /// The step as a person would say it.
    var sentence: String {
        switch self {
        case .create(let group, let by, let invite, _):
            "\(by) creates the group \(group) and invites \(invite.joined(separator: ", "))"
        case .send(let send): "\(send.by) sends \(send.count > 1 ? "\(send.count) messages " : "")\(send.label) (\(send.content.sentence)) to \(send.group)\(send.asks)"
        case .compose(let by, let group): "\(by) says in \(group) that it is composing a message"
        case .report(let by, let message, let status): "\(by) reports \(message) \(status.rawValue)"
        case .leave(let who, let group): "\(who) leaves \(group)"
        case .add(let by, let who, let group): "\(by) adds \(who) to \(group)"
        case .away(let who): "\(who) goes away"
        case .awayUnnoticed(let who): "\(who) goes away, and the script goes on before that is noticed"
        case .noticed(let who): "the loss of \(who) is noticed"
        case .return(let who): "\(who) comes back"
        case .returnElsewhere(let who): "\(who) comes back with another device"
        case .returnBroken(let who, let after, let how):
            "\(who) comes back, and its connections break \(how == .inTheNext ? "in the message behind" : "after") "
                + "\(after) messages\(how == .atOnce ? ", at once" : "")"
        case .restart(let group, let by, let invite):
            "\(by) starts \(group) again at another focus and invites \(invite.joined(separator: ", "))"
        case .client(let step): step.sentence
        case .boot(let by, let who, let group): "\(by) puts \(who) out of \(group)"
        case .end(let group, .dismissed): "the one who created \(group) ends it for everybody"
        case .rejoin(let who, let group): "\(who) joins \(group) again"
        case .subscribe(let who, let group): "\(who) subscribes to the participants of \(group)"
        case .end(let group, .everyoneLeaves): "everybody who is in leaves \(group)"
        case .outlast(let time): "nothing happens until the policy's \(time.rawValue) has passed"
        case .reboot(.enabler): "the enabler is stopped and started"
        case .end(let group, .inactivity): "\(group) ends by inactivity"
        }
    }
}

extension SendContent {
    /// What is written, for a person: `"one"`, `the sample emoji`, `20000 bytes`.
    var sentence: String {
        switch self {
        case .text(let text): "\"\(text.count > 60 ? text.prefix(60) + "…" : text[...])\""
        case .sample(let sample): "the sample \(sample.rawValue)"
        case .size(let bytes): "\(bytes) bytes"
        }
    }
}

extension SendStep {
    fileprivate var asks: String {
        dispositions.isEmpty ? "" : " and asks for \(dispositions.map(\.rawValue).sorted().joined(separator: ", "))"
    }
}

extension Expectation {
    /// The expectation as a person would say it.
    var sentence: String {
        switch self {
        case .messages(let at, _, let labels):
            "\(at) gets exactly \(labels.joined(separator: ", ")), once, in order, intact"
        case .dispositions(let at, _, let wanted):
            "\(at) gets "
                + wanted.map { "'\($0.status.rawValue)' from \($0.from) about \($0.message)" }.joined(separator: ", ")
        case .roster(let at, _, let list, let members):
            "\(at) gets the \(list.rawValue) list: "
                + members.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.rawValue)" }.joined(separator: ", ")
        case .changes(let at, _, let changes):
            "\(at) is shown in order: "
                + changes.map { change in
                    switch change {
                    case .joined(let who): "\(who) joined"
                    case .left(let who): "\(who) left"
                    }
                }.joined(separator: ", ")
        case .nothing(let at, let group): "\(at) gets nothing of \(group)"
        case .withheld(let at, _, .everything): "\(at) gets nothing of what it missed"
        case .withheld(let at, _, .intermediateLists): "\(at) gets no list before the final one"
        case .reports(let at, _, let wanted):
            "\(at) reports " + (wanted.isEmpty ? "nothing" : wanted.map { "\($0.message) \($0.status.rawValue)" }.joined(separator: ", "))
        case .restarted(let at, let group, let inviting):
            "\(at) starts \(group) again and invites \(inviting.joined(separator: ", "))"
        case .audience(let at, _, let audiences):
            "\(at) is shown "
                + audiences.sorted { $0.key < $1.key }.map { "\($0.key) as exchanged with \($0.value.joined(separator: ", "))" }
                .joined(separator: "; ")
        }
    }
}
