// The client transactions of RFC 3261 §17.1 with RFC 6026, over reliable transports: timers A and E do not exist
// there, and D and K are zero, so that the states behind them end at once.

/// The timers of a client transaction.
enum ClientTimer: Int, Sendable, Hashable {
    /// B or F: no final response (for INVITE: no response at all) within 64*T1.
    case overall
    /// M: how long more 2xx to an INVITE are taken (RFC 6026 §8.4).
    case accepted
    /// 64*T1 after a CANCEL without a final response (RFC 3261 §9.1).
    case cancelled
}

/// What a client machine wants done, in order.
enum ClientAction: Sendable, Hashable {
    case start(ClientTimer, after: Int64)
    case stop(ClientTimer)
    /// Hand the response at hand to the user.
    case deliver
    /// Send the ACK for the non-2xx at hand.
    case acknowledge
    case sendCancel
    /// Tell the user that no final response will come.
    case timedOut
    /// Tell the user that the connection went.
    case lost
    /// Forget the transaction.
    case end
}

/// An INVITE client transaction.
struct InviteClientMachine: Sendable, Hashable {
    enum State: Sendable, Hashable { case calling, proceeding, accepted, terminated }

    private(set) var state = State.calling
    private let times: SIPTimes
    private var wantsCancel = false
    private var sentCancel = false

    init(_ times: SIPTimes) { self.times = times }

    mutating func begin() -> [ClientAction] { [.start(.overall, after: times.transaction)] }

    mutating func received(status: Int) -> [ClientAction] {
        switch (state, status) {
        case (.calling, ..<200):
            state = .proceeding
            return [.stop(.overall), .deliver] + cancelNow()
        case (.proceeding, ..<200):
            return [.deliver]
        case (.calling, ..<300), (.proceeding, ..<300):
            state = .accepted
            return [.stop(.overall), .stop(.cancelled), .start(.accepted, after: times.transaction), .deliver]
        case (.accepted, 200..<300):
            return [.deliver]
        case (.calling, _), (.proceeding, _):
            state = .terminated
            return [.stop(.overall), .stop(.cancelled), .acknowledge, .deliver, .end]
        default:
            return []
        }
    }

    /// The user gives up; CANCEL waits for a provisional response (RFC 3261 §9.1).
    mutating func cancel() -> [ClientAction] {
        wantsCancel = true
        return state == .proceeding ? cancelNow() : []
    }

    private mutating func cancelNow() -> [ClientAction] {
        guard wantsCancel, !sentCancel else { return [] }
        sentCancel = true
        return [.sendCancel, .start(.cancelled, after: times.transaction)]
    }

    mutating func expired(_ timer: ClientTimer) -> [ClientAction] {
        switch (timer, state) {
        case (.overall, .calling), (.cancelled, .calling), (.cancelled, .proceeding):
            state = .terminated
            return [.stop(.overall), .stop(.cancelled), .timedOut, .end]
        case (.accepted, .accepted):
            state = .terminated
            return [.end]
        default:
            return []
        }
    }

    mutating func connectionLost() -> [ClientAction] {
        let hadAnswer = state == .accepted
        guard state != .terminated else { return [] }
        state = .terminated
        let stops: [ClientAction] = [.stop(.overall), .stop(.accepted), .stop(.cancelled)]
        return stops + (hadAnswer ? [.end] : [.lost, .end])
    }
}

/// Any other client transaction.
struct NonInviteClientMachine: Sendable, Hashable {
    enum State: Sendable, Hashable { case trying, proceeding, terminated }

    private(set) var state = State.trying
    private let times: SIPTimes

    init(_ times: SIPTimes) { self.times = times }

    mutating func begin() -> [ClientAction] { [.start(.overall, after: times.transaction)] }

    mutating func received(status: Int) -> [ClientAction] {
        guard state != .terminated else { return [] }
        if status < 200 {
            state = .proceeding
            return [.deliver]
        }
        state = .terminated
        return [.stop(.overall), .deliver, .end]
    }

    mutating func expired(_ timer: ClientTimer) -> [ClientAction] {
        guard state != .terminated, timer == .overall else { return [] }
        state = .terminated
        return [.timedOut, .end]
    }

    mutating func connectionLost() -> [ClientAction] {
        guard state != .terminated else { return [] }
        state = .terminated
        return [.stop(.overall), .lost, .end]
    }
}

typealias ClientMachine = MachineByMethod<InviteClientMachine, NonInviteClientMachine>

extension ClientMachine {
    init(_ method: SIPMethod, _ times: SIPTimes) {
        self = method == .invite ? .invite(Invite(times)) : .other(Other(times))
    }

    mutating func begin() -> [ClientAction] { change({ $0.begin() }, { $0.begin() }) }
    mutating func received(status: Int) -> [ClientAction] {
        change({ $0.received(status: status) }, { $0.received(status: status) })
    }
    mutating func expired(_ timer: ClientTimer) -> [ClientAction] {
        change({ $0.expired(timer) }, { $0.expired(timer) })
    }
    mutating func connectionLost() -> [ClientAction] { change({ $0.connectionLost() }, { $0.connectionLost() }) }
    mutating func cancel() -> [ClientAction] { change { $0.cancel() } }
}
