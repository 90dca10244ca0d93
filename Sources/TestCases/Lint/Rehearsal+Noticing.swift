internal import Diagnostics

/// The time between a loss and its recognition: who can begin it, what may happen in it, and that it ends.
extension Rehearsal {
    mutating func checkAwayUnnoticed(_ who: ActorName, _ place: SourcePlace?) {
        checkAway(who, place)
        let absence = testCase.absence(of: who) ?? .present
        sentBefore[who] = sent.count
        if absence.midSession, !absence.goesUnnoticed {
            findings.add(
                "case.away-told", place,
                "the implementation is told of '\(absence.rawValue)' or knows when it comes: there is no time before it can notice",
                "write '- away: \(who)', or declare '\(who): loses-connection' or '\(who): falls-silent'")
        }
    }

    func checkNoticed(_ who: ActorName, _ place: SourcePlace?) {
        if !scene.unnoticed.contains(who) {
            findings.add(
                "case.noticed-nothing", place, "there is no loss of \(who) here that is still to be noticed",
                "write '- away: { who: \(who), waits: false }' before, or remove the step")
        } else if sent.count == sentBefore[who] {
            findings.add(
                "case.noticed-at-once", place, "nothing was sent before the loss of \(who) is noticed",
                "put a 'send' between, or write '- away: \(who)', which waits")
        }
    }

    /// What else happened in this time would be on neither side of it for certain.
    func checkWindow(_ step: TestStep) {
        guard let who = scene.unnoticed.sorted().first else { return }
        switch step.kind {
        case .send, .noticed: return
        default:
            findings.add(
                "case.before-noticed", step.place, "the loss of \(who) is not noticed yet, and until then messages alone are sent",
                "write '- noticed: \(who)' before")
        }
    }

    /// Every such time ends.
    func checkAllNoticed() {
        for who in scene.unnoticed.sorted() {
            findings.add(
                "case.never-noticed", testCase.place, "no step waits until the loss of \(who) is noticed",
                "write '- noticed: \(who)' behind what is sent before that")
        }
    }
}
