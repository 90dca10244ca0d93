internal import Diagnostics

/// What can be done while an invitation rings that is to be answered before the enabler gives up.
extension Rehearsal {
    /// Nothing that takes long, or that brings the one who is called in another way.
    func checkUnanswered(_ step: StepKind, _ place: SourcePlace?) {
        guard let who = ringing.first else { return }
        let trouble: String
        switch step {
        case .create, .send, .compose, .report, .leave, .add, .boot, .subscribe, .return, .client: return
        case .rejoin(who, _): trouble = "comes by an INVITE of its own while another rings"
        case .returnBroken(who, _, _), .returnElsewhere(who): trouble = "comes in another way than by its answer"
        default: trouble = "has not answered, and the enabler gives up on its answer before this step is over"
        }
        findings.add(
            "case.unanswered", place, "\(who) is declared 'answers-late' and \(trouble)",
            "write '- return: \(who)' before, or declare '\(who): joins-late'")
    }

    /// Those who are invited and have not answered yet.
    private var ringing: [ActorName] {
        testCase.actors.filter { $0.absence == .answersLate }.map(\.name).filter {
            scene.everInvited.contains($0) && scene.unreachable.contains($0)
        }
    }
}
