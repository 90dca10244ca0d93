// The server transactions of RFC 3261 §17.2 with RFC 6026, over reliable transports: timers G (for non-2xx), I and J
// are zero or absent. The repetition of a 2xx until its ACK is the core's duty by §13.3.1.4; it is done here, so that
// every user has it.

/// The timers of a server transaction.
enum ServerTimer: Int, Sendable, Hashable {
    /// 200 ms after which an INVITE gets 100.
    case trying
    /// The next repetition of a 2xx to INVITE.
    case repetition
    /// H or L: no ACK within 64*T1; and for other requests: the client has given up (its timer F).
    case overall
}

/// What a server machine wants done, in order.
enum ServerAction: Sendable, Hashable {
    case start(ServerTimer, after: Int64)
    case stop(ServerTimer)
    /// Send the response at hand and keep it.
    case send
    /// Send the response kept last.
    case sendAgain
    case sendTrying
    /// Tell the user that the ACK to the 2xx never came.
    case unacknowledged
    /// Forget the transaction.
    case end
}

/// An INVITE server transaction.
struct InviteServerMachine: Sendable, Hashable {
    enum State: Sendable, Hashable { case proceeding, completed, accepted, terminated }

    private(set) var state = State.proceeding
    private let times: SIPTimes
    private var interval: Int64

    init(_ times: SIPTimes) {
        self.times = times
        interval = times.t1
    }

    /// - Parameter trying: false leaves out the 100 that goes out when the user is slow.
    mutating func begin(trying: Bool) -> [ServerAction] {
        trying ? [.start(.trying, after: times.trying)] : []
    }

    /// The user answers; an answer after a final one is not sent.
    mutating func answer(status: Int) -> [ServerAction] {
        guard state == .proceeding else { return [] }
        switch status {
        case ..<200:
            return [.stop(.trying), .send]
        case ..<300:
            state = .accepted
            return [
                .stop(.trying), .send, .start(.repetition, after: interval),
                .start(.overall, after: times.transaction),
            ]
        default:
            state = .completed
            return [.stop(.trying), .send, .start(.overall, after: times.transaction)]
        }
    }

    /// The same request came again.
    mutating func repeated() -> [ServerAction] {
        state == .proceeding || state == .completed ? [.sendAgain] : []
    }

    /// The ACK came: to a non-2xx in this transaction, to a 2xx in one of its own.
    ///
    /// RFC 6026 keeps the accepted state for its full time to absorb repeated INVITEs; behind the ACK none can come
    /// on a stream, so the transaction ends here.
    mutating func acknowledged() -> [ServerAction] {
        guard state == .completed || state == .accepted else { return [] }
        state = .terminated
        return [.stop(.repetition), .stop(.overall), .end]
    }

    mutating func expired(_ timer: ServerTimer) -> [ServerAction] {
        switch (timer, state) {
        case (.trying, .proceeding):
            return [.sendTrying]
        case (.repetition, .accepted):
            interval = min(interval * 2, times.t2)
            return [.sendAgain, .start(.repetition, after: interval)]
        case (.overall, .accepted):
            state = .terminated
            return [.stop(.repetition), .unacknowledged, .end]
        case (.overall, .completed):
            state = .terminated
            return [.end]
        default:
            return []
        }
    }
}

/// Any other server transaction.
struct NonInviteServerMachine: Sendable, Hashable {
    enum State: Sendable, Hashable { case trying, proceeding, terminated }

    private(set) var state = State.trying
    private let times: SIPTimes

    init(_ times: SIPTimes) { self.times = times }

    mutating func begin() -> [ServerAction] { [.start(.overall, after: times.transaction)] }

    mutating func answer(status: Int) -> [ServerAction] {
        guard state != .terminated else { return [] }
        if status < 200 {
            state = .proceeding
            return [.send]
        }
        state = .terminated
        return [.send, .stop(.overall), .end]
    }

    mutating func repeated() -> [ServerAction] { state == .proceeding ? [.sendAgain] : [] }

    mutating func expired(_ timer: ServerTimer) -> [ServerAction] {
        guard timer == .overall, state != .terminated else { return [] }
        state = .terminated
        return [.end]
    }
}

typealias ServerMachine = MachineByMethod<InviteServerMachine, NonInviteServerMachine>

extension ServerMachine {
    init(_ method: SIPMethod, _ times: SIPTimes) {
        self = method == .invite ? .invite(Invite(times)) : .other(Other(times))
    }

    mutating func begin(trying: Bool) -> [ServerAction] { change({ $0.begin(trying: trying) }, { $0.begin() }) }
    mutating func answer(status: Int) -> [ServerAction] {
        change({ $0.answer(status: status) }, { $0.answer(status: status) })
    }
    mutating func repeated() -> [ServerAction] { change({ $0.repeated() }, { $0.repeated() }) }
    mutating func acknowledged() -> [ServerAction] { change { $0.acknowledged() } }
    mutating func expired(_ timer: ServerTimer) -> [ServerAction] {
        change({ $0.expired(timer) }, { $0.expired(timer) })
    }

    /// True while the user has given no final answer.
    var isOpen: Bool {
        switch self {
        case .invite(let machine): machine.state == .proceeding
        case .other(let machine): machine.state != .terminated
        }
    }
}
