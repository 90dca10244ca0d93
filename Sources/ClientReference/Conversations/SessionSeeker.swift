/// Finds the way back into a group: the focus that was met last, and where that is gone a new one, made of the last
/// list (BINDING, "Rejoin" and "Restart"). A plain value: events in, one action out.
struct SessionSeeker: Sendable {
    enum Action: Sendable, Hashable {
        case none
        /// INVITE to the focus.
        case rejoin(focus: String)
        /// INVITE to the factory, or where a defect puts it.
        case restart(RestartPlan)
        /// There is no way; the text says why.
        case giveUp(String)
    }

    private enum State: Sendable, Hashable {
        case idle, rejoining, restarting
    }

    private var state = State.idle
    /// True while the group is made for the first time.
    let isCreating: Bool

    init(creating: Bool = false) {
        isCreating = creating
        if creating { state = .restarting }
    }

    /// True while an INVITE of ours is on its way.
    var isSeeking: Bool { state != .idle }

    /// The user wants to be in the group, and there is no session.
    ///
    /// - Parameter recipients: the members of the last list, without the user.
    mutating func wanted(
        _ record: ConversationRecord, recipients: [Person], asksFocusFirst: Bool = false
    ) -> Action {
        guard state == .idle else { return .none }
        switch record.state {
        case .left: return .giveUp("the user has left the group")
        case .booted: return .giveUp("the user was put out of the group")
        case .declined, .invited: return .giveUp("the user has not accepted the invitation")
        case .live, .suspended, .ended: break
        }
        if let focus = record.focus, !record.focusIsGone || asksFocusFirst {
            state = .rejoining
            return .rejoin(focus: focus)
        }
        return restart(record, recipients)
    }

    /// The final response to the INVITE; nil when none came.
    ///
    /// - Parameter warnings: the values of its Warning header.
    mutating func answered(
        _ status: Int?, warnings: [String], _ record: ConversationRecord, recipients: [Person]
    ) -> Action {
        let was = state
        state = .idle
        guard let status else { return .giveUp("no answer came") }
        if status < 300 { return .none }
        if was == .rejoining, Self.isGone(status, warnings) { return restart(record, recipients) }
        if Self.names("127", in: warnings) { return .giveUp("the service is not authorised (403, Warning 127)") }
        return .giveUp("it was refused with \(status)")
    }

    private mutating func restart(_ record: ConversationRecord, _ recipients: [Person]) -> Action {
        guard !recipients.isEmpty else { return .giveUp("there is nobody to start it again with") }
        state = .restarting
        return .restart(RestartPlan(recipients: recipients.map(\.uri), group: record.group))
    }

    /// The focus is not there any more, or does not know the user.
    static func isGone(_ status: Int, _ warnings: [String]) -> Bool {
        switch status {
        case 404, 410, 481: true
        case 403: names("123", in: warnings)
        default: false
        }
    }

    /// A warning of OMA has its own number in the text (`399 host "127 Service not authorised"`), or stands alone.
    private static func names(_ code: String, in warnings: [String]) -> Bool {
        warnings.contains { warning in
            warning.split(whereSeparator: { $0 == " " || $0 == "\"" }).contains { $0 == code }
        }
    }
}

/// The INVITE that starts a group again.
struct RestartPlan: Sendable, Hashable {
    var recipients: [String]
    var group: GroupKey
    /// Where it goes; nil is the factory.
    var target: String?

    init(recipients: [String], group: GroupKey, target: String? = nil) {
        self.recipients = recipients
        self.group = group
        self.target = target
    }
}
