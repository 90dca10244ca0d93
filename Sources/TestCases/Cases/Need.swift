/// What a case takes for granted; where it does not hold, the case is not applicable.
public enum Need: Sendable, Hashable {
    /// The ICS option has one of these values.
    case ics(String, oneOf: [String])
    /// The policy item has one of these values. `orUnstated`: also when the description is silent about it.
    case policy(String, oneOf: [String], orUnstated: Bool)
    /// The implementation's time is known and not longer than the IXIT's `longest-wait`.
    case timer(TimerName)
    /// The policy, if it states a maximum, leaves room for so many messages, those of the harness included.
    case room(Int)
    /// The policy does not end a session in which so many are left.
    case left(Int)
    /// The policy, if it states a retention, keeps an item longer than all these times together.
    case stay([TimerName])
    /// The policy states this time, and it is not longer than `longest-wait`.
    case outlasting(OutlastedTime)
    /// The implementation can be stopped and started in the middle of a case.
    case control
    /// The IXIT lets one step send so many messages.
    case backlog(Int)
}
