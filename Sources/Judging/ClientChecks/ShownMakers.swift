import Facts
import TestCases

/// What the checks on what the user sees are about, whoever says what it sees.
extension CheckMaker {
    init(_ check: ShownCheck, at user: String, _ context: CheckContext) {
        var requirements: [RequirementID] = [.process]
        var basis = Basis.clause
        var weight = Weight.requirement
        switch check {
        case .history:
            requirements = [.processIntermediate]
            weight = context.claims.claims(.processesIntermediateLists) ? .requirement : .warning
        case .audience:
            requirements = [.processIntermediate]
            basis = .reasonForChange
            weight = context.claims.claims(.showsAudience) ? .requirement : .warning
        default: break
        }
        self.init(
            id: check.rawValue, subject: user, requirements: requirements, basis: basis, expected: Self.expected(check), weight: weight)
    }

    private static func expected(_ check: ShownCheck) -> String {
        switch check {
        case .complete: "every message that came is shown"
        case .once: "each message is shown once, however often it came"
        case .order: "the messages are shown in the order in which they were written and came"
        case .text: "each message is shown with its own content"
        case .sender: "each message is shown with the one who wrote it"
        case .time: "each message is shown with the time at which it was written"
        case .only: "nothing is shown that did not cross the wire"
        case .allFates: "every report that came is shown at the message that it is about"
        case .onlyFates: "no fate is shown that no report told"
        case .members: "the participants are shown as the last list that came says"
        case .history: "joins and departures are shown in order and where they happened among the messages"
        case .audience: "each message is shown with those to whom it was exchanged"
        }
    }
}
