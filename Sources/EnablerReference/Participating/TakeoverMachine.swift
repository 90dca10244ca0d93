/// Why the participating function stands in for a user.
enum AbsenceCause: Sendable, Hashable {
    case notRegistered
    case noAnswer
    case refusedForNow(Int)
    /// The MSRP session broke, or nothing was answered in it any more.
    case lost
    case deregistered
    /// A BYE that says it was not meant (RFC 3326: 503).
    case involuntary
}

/// What the participating function wants done for one member of one group.
enum TakeoverAction: Sendable, Hashable {
    /// Send an INVITE; `deferred` when it opens a delivery of what was missed.
    case invite(leg: Int, deferred: Bool)
    case startNoAnswer(leg: Int)
    case stopNoAnswer
    /// CANCEL the INVITE (RFC 3261 §9.1).
    case cancel(leg: Int)
    /// The client takes part on this leg: open its delivery. `missed` when it was away before.
    case join(leg: Int, missed: Bool)
    /// The client answered although nobody wants it any more: acknowledge and hang up.
    case hangUp(leg: Int)
    /// Forget the leg without a word.
    case drop(leg: Int)
    case represent(AbsenceCause)
    /// The member is one no longer.
    case depart(MemberStatus)
    /// The delivery did not come about, or broke; what is not confirmed stays owed.
    case returnFailed
    /// The user could be reached, but ended or refused the delivery; what is not confirmed stays owed.
    case returnOver
    /// The user will not have what it missed.
    case forget
}

/// Taking over for an absent member and giving back on its return: pure, one for each member of each group.
///
/// Legs are dialogs with the user's client, numbered by this machine; only one is in use, but one that was cancelled
/// may still be answered.
struct TakeoverMachine: Sendable {
    enum State: Sendable, Hashable {
        case idle
        case calling(leg: Int)
        case represented
        case returning(leg: Int)
        case joined(leg: Int)
        case gone
    }

    private(set) var state: State
    private(set) var isEnded: Bool
    private var cancelled: Set<Int> = []
    private var lastLeg = 0

    init(state: State = .idle, isEnded: Bool = false) {
        self.state = state
        self.isEnded = isEnded
    }

    /// The number for a leg that the client opens itself.
    mutating func newLeg() -> Int {
        lastLeg += 1
        return lastLeg
    }

    /// The focus calls the member.
    mutating func called(reachable: Bool) -> [TakeoverAction] {
        guard !isEnded, state == .idle || state == .gone || state == .represented else { return [] }
        guard reachable else {
            state = .represented
            return [.represent(.notRegistered)]
        }
        let leg = newLeg()
        state = .calling(leg: leg)
        return [.invite(leg: leg, deferred: false), .startNoAnswer(leg: leg)]
    }

    /// The user can be reached and something is to be given to it; one who left may still be owed what came before.
    mutating func returned() -> [TakeoverAction] {
        guard state == .represented || state == .gone else { return [] }
        let leg = newLeg()
        state = .returning(leg: leg)
        return [.invite(leg: leg, deferred: true), .startNoAnswer(leg: leg)]
    }

    /// A 200 came to an INVITE, perhaps crossing our CANCEL.
    mutating func accepted(_ leg: Int) -> [TakeoverAction] {
        let wasCancelled = cancelled.remove(leg) != nil
        switch state {
        case .calling(leg):
            state = .joined(leg: leg)
            return [.stopNoAnswer, .join(leg: leg, missed: false)]
        case .returning(leg):
            state = .joined(leg: leg)
            return [.stopNoAnswer, .join(leg: leg, missed: true)]
        case .represented where wasCancelled:
            state = .joined(leg: leg)
            return [.join(leg: leg, missed: true)]
        case .returning(let other) where wasCancelled:
            cancelled.insert(other)
            state = .joined(leg: leg)
            return [.stopNoAnswer, .cancel(leg: other), .join(leg: leg, missed: true)]
        default:
            return [.hangUp(leg: leg)]
        }
    }

    /// A final answer other than 2xx came, or none can come (`status` 408 for a time-out, 503 for a connection).
    mutating func refused(_ leg: Int, status: Int) -> [TakeoverAction] {
        if cancelled.remove(leg) != nil {
            // The user's own "no" crossed the CANCEL: it counts all the same.
            guard status / 100 == 6, state == .represented else { return [.drop(leg: leg)] }
            if isEnded { return [.drop(leg: leg), .forget] }
            state = .gone
            return [.drop(leg: leg), .depart(.declined)]
        }
        switch state {
        case .calling(leg):
            if Self.isForNow(status) {
                state = .represented
                return [.stopNoAnswer, .drop(leg: leg), .represent(.refusedForNow(status))]
            }
            state = .gone
            return [.stopNoAnswer, .drop(leg: leg), .depart(.declined)]
        case .returning(leg):
            state = .represented
            let start: [TakeoverAction] = [.stopNoAnswer, .drop(leg: leg)]
            if Self.isForNow(status) { return start + [.returnFailed] }
            if status / 100 == 6, isEnded { return start + [.forget, .returnOver] }
            if status / 100 == 6 {
                state = .gone
                return start + [.depart(.declined), .returnOver]
            }
            return start + [.returnOver]
        default:
            return [.drop(leg: leg)]
        }
    }

    /// The no-answer timer of a leg ran out.
    mutating func noAnswer(_ leg: Int) -> [TakeoverAction] {
        switch state {
        case .calling(leg):
            return standIn(.noAnswer, cancelling: leg)
        case .returning(leg):
            cancelled.insert(leg)
            state = .represented
            return [.cancel(leg: leg), .returnFailed]
        default:
            return []
        }
    }

    /// The client sent its own INVITE to the focus, on `leg`.
    mutating func ownInvite(_ leg: Int) -> [TakeoverAction] {
        let before = state
        state = .joined(leg: leg)
        switch before {
        case .calling(let pending):
            cancelled.insert(pending)
            return [.stopNoAnswer, .cancel(leg: pending), .join(leg: leg, missed: false)]
        case .returning(let pending):
            cancelled.insert(pending)
            return [.stopNoAnswer, .cancel(leg: pending), .join(leg: leg, missed: true)]
        case .joined(let old):
            return [.drop(leg: old), .join(leg: leg, missed: true)]
        case .idle, .represented, .gone:
            return [.join(leg: leg, missed: before == .represented)]
        }
    }

    /// The leg is of no use any more, though nobody said BYE.
    mutating func lost(_ leg: Int, cause: AbsenceCause = .lost) -> [TakeoverAction] {
        guard state == .joined(leg: leg) else { return [.drop(leg: leg)] }
        state = .represented
        return [.drop(leg: leg), .returnFailed, .represent(cause)]
    }

    /// The user has no binding any more.
    mutating func unregistered() -> [TakeoverAction] {
        switch state {
        case .joined(let leg): return lost(leg, cause: .deregistered)
        case .calling(let leg): return standIn(.deregistered, cancelling: leg)
        case .returning(let leg): return noAnswer(leg)
        case .idle, .represented, .gone: return []
        }
    }

    /// The client sent BYE; `leaves` when the cause means leaving.
    mutating func bye(_ leg: Int, leaves: Bool) -> [TakeoverAction] {
        guard state == .joined(leg: leg) else { return [.drop(leg: leg)] }
        if isEnded {
            state = .represented
            return [.drop(leg: leg), .returnOver]
        }
        guard leaves else { return lost(leg, cause: .involuntary) }
        state = .gone
        return [.drop(leg: leg), .depart(.departed), .returnOver]
    }

    /// Another put the member out. The leg in use, if any, is still to be told.
    mutating func booted() -> [TakeoverAction] {
        let before = state
        state = .gone
        switch before {
        case .calling(let leg), .returning(let leg):
            cancelled.insert(leg)
            return [.stopNoAnswer, .cancel(leg: leg), .depart(.booted)]
        case .joined, .represented, .idle: return [.depart(.booted)]
        case .gone: return []
        }
    }

    /// The group is over. A pending invitation is withdrawn; what is owed is delivered later.
    mutating func ended() -> [TakeoverAction] {
        isEnded = true
        guard case .calling(let leg) = state else { return [] }
        cancelled.insert(leg)
        state = .represented
        return [.stopNoAnswer, .cancel(leg: leg)]
    }

    /// All was delivered and the session said farewell.
    mutating func finished(_ leg: Int) -> [TakeoverAction] {
        if state == .joined(leg: leg) { state = .represented }
        return [.drop(leg: leg)]
    }

    private mutating func standIn(_ cause: AbsenceCause, cancelling leg: Int) -> [TakeoverAction] {
        cancelled.insert(leg)
        state = .represented
        return [.stopNoAnswer, .cancel(leg: leg), .represent(cause)]
    }

    /// Refusals after which the user may still want the group (BINDING: temporary refusal).
    static func isForNow(_ status: Int) -> Bool {
        switch status {
        case 408, 430, 480, 481, 486, 487, 491: true
        case 500..<600: true
        default: false
        }
    }
}
