/// The checks on what a client shows its user: those that an upper tester's views or an operator's answers decide.
public enum ShownCheck: String, Sendable, Hashable, CaseIterable {
    case complete = "shown.complete"
    case once = "shown.once"
    case order = "shown.order"
    case text = "shown.text"
    case sender = "shown.sender"
    case time = "shown.time"
    case only = "shown.only"
    case allFates = "fates.complete"
    case onlyFates = "fates.only"
    case members = "members.shown"
    case history = "history.shown"
    case audience = "audience.shown"

    /// Those on messages, in the order of their checks.
    public static let ofMessages: [ShownCheck] = [.complete, .once, .order, .text, .sender, .time, .only]
}
