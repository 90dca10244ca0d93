import Facts
import TestCases

/// Every check of a case for a client under test, in the order of its expectations.
enum ClientChecks {
    static func all(_ context: CheckContext) -> [CheckResult] {
        guard let user = context.testCase.clientUser else { return [] }
        var results = [
            SessionTaking.run(at: user, context), AnswerGiving.run(at: user, context), Subscribing.run(at: user, context),
        ].compactMap(\.self)
        let isOperated = context.evidence.isOperated
        for expectation in context.testCase.expectations.map(\.kind) {
            if isOperated, let answered = AnsweredChecks.run(expectation, context) {
                results += answered
                continue
            }
            let screen = Screen(of: expectation.at, in: expectation.group, context)
            switch expectation {
            case .messages(_, _, let labels): results += ShownMessages.run(labels, screen, context)
            case .dispositions(_, _, let wanted): results += ShownFates.run(wanted, screen, context)
            case .roster(_, _, _, let members): results.append(ShownMembers.run(members, screen, context))
            case .changes(_, _, let changes): results.append(ShownHistory.run(changes, screen, context))
            case .audience(_, _, let audiences): results.append(ShownAudience.run(audiences, screen, context))
            case .reports(let at, _, let wanted): results.append(ReportGiving.complete(wanted, by: at, context))
            case .restarted(let at, let group, let inviting):
                results += Restarting.run(by: at, group, inviting: inviting, context)
            // An enabler's, in cases of another role.
            case .nothing, .withheld: break
            }
        }
        results += ReportGiving.always(by: user, context)
        let refused = context.evidence.refusedOrders
        return refused.isEmpty ? results : results.map { $0.tempered(by: refused) }
    }
}

/// What the user sees of one group at the end of a case, as it was looked at last.
struct Screen {
    let user: String
    let group: String
    /// In the order shown; nil when nobody looked, or the client did not say.
    let messages: [SeenMessage]?
    let participants: [SeenParticipant]?
    let history: [SeenEntry]?
    /// Of the looks that these come from.
    let messageLines: [Int]
    let participantLines: [Int]
    let historyLines: [Int]
    /// Of the look that showed all groups but this one, though it was waited for; nil where none did.
    let absence: Absence?

    /// The client shows its groups, and not this one.
    struct Absence {
        /// Of the last look.
        var at: Int64
        var lines: [Int]
    }

    init(of user: String, in group: String, _ context: CheckContext) {
        self.user = user
        self.group = group
        let identity = context.evidence.groups[group]
        let views = context.evidence.views.filter { $0.view.user == user && $0.view.group == identity && identity != nil }
        func last<Part>(_ part: (UserView.Content) -> Part?) -> (Part, [Int])? {
            for record in views.reversed() { if let found = part(record.view.content) { return (found, record.lines) } }
            return nil
        }
        let messages = last { if case .messages(let all) = $0 { all } else { nil } }
        let participants = last { if case .participants(let all) = $0 { all } else { nil } }
        let history = last { if case .history(let all) = $0 { all } else { nil } }
        self.messages = messages?.0
        self.participants = participants?.0
        self.history = history?.0
        messageLines = messages?.1 ?? []
        participantLines = participants?.1 ?? []
        historyLines = history?.1 ?? []
        absence = identity.flatMap { Self.absence(of: $0, group, user, context.evidence) }
    }

    /// Only where the player waited for the group in vain: a look before the client can know it says nothing.
    private static func absence(of identity: GroupIdentity, _ group: String, _ user: String, _ evidence: Evidence) -> Absence? {
        guard let missed = evidence.acts.last(where: { $0.act.step == "missed" && $0.act.text("group") == group })?.fact else { return nil }
        for record in evidence.views.reversed() where record.view.user == user && record.at <= missed.at {
            guard case .conversations(let shown) = record.view.content else { continue }
            return shown.contains(identity) ? nil : Absence(at: record.at, lines: record.lines)
        }
        return nil
    }

    /// The check for a group that is not shown at all, though something that had to be shown came in it before the last look;
    /// else inconclusive.
    func unseen(_ make: CheckMaker, came: (at: Int64, lines: [Int])?) -> CheckResult {
        guard let absence, let came, came.at < absence.at else { return make.inconclusive(Self.unseen) }
        return make.fail("the client does not show the group '\(group)' at all", lines: came.lines + absence.lines)
    }

    /// Why a check cannot say anything, where the client showed nothing at all.
    static let unseen = "what the user sees was not looked at"
}
