/// The defects in how a group is started again. Without one, everything passes through unchanged.
struct RestartFaults: Sendable {
    private let defects: Set<ClientDefect>

    init(_ defects: Set<ClientDefect>) { self.defects = defects }

    /// What goes out; `all` is everybody on the last list, with those who left, `own` the user.
    func altered(_ plan: RestartPlan, all: [Participant], own: String, focus: String?) -> RestartPlan {
        guard !defects.isEmpty else { return plan }
        var plan = plan
        if defects.contains(.memberForgotten) { plan.recipients = Array(plan.recipients.dropLast()) }
        if defects.contains(.selfInvited) { plan.recipients.append(own) }
        if defects.contains(.departedInvited) {
            plan.recipients += all.filter { !$0.isMember && $0.key != UserKey(own) }.map(\.person.uri)
        }
        if defects.contains(.contributionRenewed) { plan.group.contribution += "-2" }
        if defects.contains(.oldFocusAsked) { plan.target = focus }
        return plan
    }
}
