/// Why a verb of an actor did not reach its goal; each case says what was awaited.
public enum ActorFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// A final response other than a success came.
    case refused(awaited: String, status: Int, reason: String)
    /// Nothing came within the limit.
    case timedOut(awaited: String, limit: Duration)
    /// The actor itself lost its connections, fell silent or stopped meanwhile.
    case wentAway(awaited: String)
    /// The connection could not be opened, or broke.
    case connectionLost(awaited: String, cause: String)
    /// The peer's answer came and cannot be used.
    case unusable(awaited: String, why: String)
    /// The task that asked was cancelled.
    case cancelled(awaited: String)
    /// The script asks for something that this actor cannot do now, such as sending without a session.
    case impossible(String)

    /// One sentence without a full stop.
    public var description: String {
        switch self {
        case .refused(let awaited, let status, let reason): "awaited \(awaited), but \(status) \(reason) came"
        case .timedOut(let awaited, let limit): "awaited \(awaited) for \(limit) in vain"
        case .wentAway(let awaited): "the actor went away while it awaited \(awaited)"
        case .connectionLost(let awaited, let cause): "the connection failed while awaiting \(awaited): \(cause)"
        case .unusable(let awaited, let why): "awaited \(awaited), but what came cannot be used: \(why)"
        case .cancelled(let awaited): "told to stop while awaiting \(awaited)"
        case .impossible(let why): why
        }
    }

    /// What was awaited, where something was.
    public var awaited: String? {
        switch self {
        case .refused(let awaited, _, _), .timedOut(let awaited, _), .wentAway(let awaited),
            .connectionLost(let awaited, _), .unusable(let awaited, _), .cancelled(let awaited):
            awaited
        case .impossible: nil
        }
    }
}
