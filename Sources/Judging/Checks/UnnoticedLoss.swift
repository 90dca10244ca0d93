import Facts
import TestCases

/// What was sent after a user was lost and before that was noticed: it went into a connection that brings nothing any
/// more, and nobody took it over there. Only the reason for change says that one whose connection is lost is absent.
enum UnnoticedLoss {
    /// Nil where the script let nothing happen before a loss was noticed.
    static func run(_ expected: ExpectedMessages, _ context: CheckContext) -> CheckResult? {
        guard expected.presence.hasUnnoticedLoss else { return nil }
        let user = expected.user
        let owed = expected.unnoticed
        let make = CheckMaker(
            id: "messages.in-the-window", subject: user, requirements: [.store, .deliver], basis: .reasonForChange,
            expected: "\(user) gets what was sent after it was lost and before that was noticed"
                + (expected.unnoticedLabels.isEmpty ? "" : ": \(listed(expected.unnoticedLabels))"))
        if let lacking = MessagePresence.lacking(owed, expected, make, context) {
            return doubted(lacking, expected, make, context)
        }
        if !expected.unsentUnnoticed.isEmpty {
            return make.inconclusive(expected.unsentUnnoticed.map(\.reason).joined(separator: "; "))
        }
        if owed.isEmpty { return make.notReached("nothing that is owed was sent before the loss of \(user) was noticed") }
        return make.pass("all \(owed.count) arrived", lines: owed.flatMap { $0.offers.flatMap(\.record.lines) })
    }

    /// Whoever sends without wanting an answer cannot know that a connection has brought nothing for a while.
    private static func doubted(
        _ lacking: CheckResult, _ expected: ExpectedMessages, _ make: CheckMaker, _ context: CheckContext
    ) -> CheckResult {
        guard lacking.outcome == .fail else { return lacking }
        if context.returned(expected.user) == nil {
            return make.inconclusive("\(lacking.observed); but \(expected.user) never came back", lines: lacking.lines)
        }
        let copies = relayed(expected, context)
        if copies.isEmpty {
            return make.inconclusive(
                "\(lacking.observed); but no message shows whether the implementation asks for answers as it relays, and "
                    + "without them it cannot know what a lost connection did not bring", lines: lacking.lines)
        }
        guard let silent = copies.first(where: \.wantsNoAnswer) else { return lacking }
        return make.inconclusive(
            "\(lacking.observed); but the implementation asks for no answer as it relays, so that it cannot know what a lost "
                + "connection did not bring", lines: lacking.lines + silent.lines)
    }

    /// Copies that were relayed as they were sent: to the user itself, else to the others.
    private static func relayed(_ expected: ExpectedMessages, _ context: CheckContext) -> [Evidence.OfferRecord] {
        let evidence = context.evidence
        let own = expected.owed.filter(\.isLive).flatMap { $0.offers.map(\.record) }
        if !own.isEmpty { return own }
        let others = context.testCase.actors.map(\.name).filter { $0 != expected.user && !evidence.wasAway($0) }
        return others.flatMap { name in
            evidence.messageOffers(at: name).filter { _, message in
                evidence.message(withID: message.id)?.group == expected.group
            }.map(\.record)
        }
    }
}
