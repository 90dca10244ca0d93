import TestCases

extension ClientStep {
    /// The step as a person would say it.
    var sentence: String {
        switch self {
        case .online(let who): "\(who)'s user goes on-line"
        case .offline(let who): "\(who)'s user goes off-line"
        case .create(let group, let by, let invite): "\(by)'s user makes the group \(group) with \(invite.joined(separator: ", "))"
        case .write(let step): "\(step.by)'s user writes \(step.label) (\(step.content.sentence)) to \(step.group)"
        case .read(let by, let message): "\(by)'s user reads \(message)"
        case .restart(let step):
            "\(step.by)'s user goes on with \(step.group), whose focus is gone"
                + (step.isRefused ? "; the factory refuses" : "")
        case .leave(let who, let group): "\(who)'s user leaves \(group)"
        case .invite(let step): step.sentence
        case .hand(let step): step.sentence
        case .again(let labels): "the enabler hands over \(labels.joined(separator: ", ")) again"
        case .resume(let label): "the enabler goes on with \(label)"
        case .report(let fates, let carriage):
            "the enabler hands over" + carriage.words
                + fates.map { "that \($0.message) was \($0.status.rawValue) at \($0.by)" }.joined(separator: ", and ")
        case .list(let step): step.sentence
        case .strange(let what, let group): "the enabler hands over \(what.rawValue) in \(group)"
        case .hangUp(let group, let cause): "the enabler ends the session of \(group) (\(cause.rawValue))"
        case .cut(let who): "all connections with \(who) break"
        case .reboot(let who): "\(who)'s client is stopped and started"
        }
    }
}

extension FateCarriage {
    fileprivate var words: String {
        switch self {
        case .session: " "
        case .message: ", by a MESSAGE of its own, "
        case .ownSession: ", in a session of its own, "
        }
    }
}

extension InviteStep {
    fileprivate var sentence: String {
        let what = form == .live ? "the live session" : "the session that is over"
        return "the enabler calls the client to \(what) of \(group)" + (atNewFocus ? " at a new focus" : "")
    }
}

extension HandStep {
    fileprivate var sentence: String {
        let end = breaksAfter.map { "; the connection breaks after \($0) bytes" }
            ?? abortsAfter.map { "; it is given up after \($0) bytes" }
            ?? pausesAfter.map { "; after \($0) bytes it pauses" } ?? ""
        return "the enabler hands over \(message.label) (\(message.content.sentence)) of \(message.by) in \(message.group)\(end)"
    }
}

extension ListStep {
    fileprivate var sentence: String {
        "the enabler hands over a \(extent.rawValue) list of \(group): "
            + shows.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.rawValue)" }.joined(separator: ", ")
    }
}
