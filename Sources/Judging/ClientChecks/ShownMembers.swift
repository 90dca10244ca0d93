import Facts
import TestCases

/// The user sees who took part at the end, as the last list says (058c).
enum ShownMembers {
    static func run(_ wanted: [ActorName: ExpectedStatus], _ screen: Screen, _ context: CheckContext) -> CheckResult {
        let make = CheckMaker(.members, at: screen.user, context)
        // What an earlier one says is no news of the end.
        let lists = context.evidence.rosterOffers(at: screen.user, in: screen.group).filter { $0.roster.problems.isEmpty }
        guard let last = lists.last else { return make.inconclusive("no list of the group came to the client") }
        guard last.record.isTakenOver else {
            return make.inconclusive("the last list of the group was not taken over", lines: last.record.lines)
        }
        guard let shown = screen.participants else {
            return screen.unseen(make, came: (last.record.at, last.record.lines))
        }
        var faults = wanted.sorted { $0.key < $1.key }.compactMap { actor, status in
            fault(actor, status, shown.filter { context.addresses.actor($0.address) == actor }, screen)
        }
        for stranger in shown where context.addresses.actor(stranger.address) == nil {
            faults.append(Fault(text: "\(stranger.address) is shown, whom no list named", lines: screen.participantLines))
        }
        return make.decide(
            faults: faults, passed: "\(listed(wanted.keys.sorted())) are shown as they should be",
            lines: last.record.lines + screen.participantLines)
    }

    private static func fault(
        _ actor: ActorName, _ status: ExpectedStatus, _ shown: [SeenParticipant], _ screen: Screen
    ) -> Fault? {
        if shown.count > 1 { return Fault(text: "\(actor) is shown \(shown.count) times", lines: screen.participantLines) }
        let seen = shown.first
        let isIn = seen.map { $0.status != "disconnected" } ?? false
        let isRight =
            switch status {
            case .connected: seen?.status == "connected"
            // A client need not list its own user.
            case .member: isIn || (actor == screen.user && seen == nil)
            case .left: !isIn
            case .absent: seen == nil
            case .any: true
            }
        if isRight { return nil }
        let how = seen.map { "shown as \($0.status)" } ?? "not shown"
        return Fault(text: "\(actor) should be \(status.rawValue) and is \(how)", lines: screen.participantLines)
    }
}
