import Facts
import TestCases

/// What no client need understand, and what a client may not do because of it: lose the good items beside it (058c; group
/// `robustness` of the test purposes).
enum StrangeContents {
    /// What came in the group and cannot be read.
    static func handed(_ screen: Screen, _ context: CheckContext) -> [Evidence.OfferRecord] {
        context.evidence.offers(at: screen.user).filter { context.isHere($0, screen.group) && isStrange($0.offer.item) }
    }

    private static func isStrange(_ item: Item) -> Bool {
        switch item {
        case .message(let message): !message.problems.isEmpty
        case .dispositions(let all): all.contains { !$0.problems.isEmpty }
        case .roster(let roster): !roster.problems.isEmpty
        case .other: true
        case .composing: false
        }
    }

    /// The fault of a client that went away from strange content, so that a good message of the same delivery could not be
    /// handed over any more; nil where it did not, or may have gone for another reason.
    static func loss(of label: String, _ screen: Screen, _ context: CheckContext) -> Fault? {
        let evidence = context.evidence
        guard let message = evidence.message(labelled: label), message.group == screen.group, evidence.isUnmet(message.step),
            let hand = evidence.acts.last(where: { isHand($0.act, screen.group) && $0.fact.at < message.act.at }),
            evidence.copies(of: message.id, at: screen.user).isEmpty
        else { return nil }
        for session in evidence.sessions where session.session.user == screen.user
            && session.session.group == evidence.groups[screen.group] && session.carriedAt ?? .max < hand.fact.at
        {
            guard let gone = departure(session), gone >= hand.fact.at, gone < message.act.at + moment,
                isProvoked(at: gone, by: hand.fact.at, at: screen.user, evidence), !isOurs(gone, since: hand.fact.at, evidence)
            else { continue }
            let what = hand.act.text("what") ?? "strange content"
            return Fault(
                text: "\(label) is lost, since the client went at \(context.seconds(gone)), when it had been handed \(what)",
                lines: hand.fact.lines + session.lines + message.act.lines)
        }
        return nil
    }

    private static func isHand(_ act: Act, _ group: String) -> Bool { act.step == "hand" && act.text("group") == group }

    /// When the client ended the session, or let its connection go, before the enabler ended it.
    private static func departure(_ session: Evidence.SessionRecord) -> Int64? {
        if let lost = session.lostAt, lost <= session.endedAt ?? .max { return lost }
        return session.endedBy == .user ? session.endedAt : nil
    }

    /// A client may end a delivery in which nothing comes any more: only what follows at once follows from the strange content.
    private static func isProvoked(at gone: Int64, by hand: Int64, at user: String, _ evidence: Evidence) -> Bool {
        let last = evidence.offers(at: user).last { $0.at >= hand && $0.at <= gone }?.at ?? hand
        return gone - last < moment
    }

    /// The harness itself broke the connections, or the user was told to go.
    private static func isOurs(_ gone: Int64, since hand: Int64, _ evidence: Evidence) -> Bool {
        evidence.stalls.contains { $0.at >= hand && $0.at <= gone + moment }
            || evidence.acts.contains {
                ["break", "hang-up", "offline", "reboot", "leave"].contains($0.act.step) && $0.fact.at >= hand && $0.fact.at <= gone
            }
    }

    /// In nanoseconds.
    private static let moment: Int64 = 500_000_000
}
