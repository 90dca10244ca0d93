import EnablerReference

/// A legal difference in what carries a run, not in what the enabler does: it changes settings and the description.
public enum RunCondition: String, CaseIterable, Sendable, Hashable {
    case ipv6

    /// What differs, as one clause.
    public var summary: String {
        switch self {
        case .ipv6: "everything runs over IPv6"
        }
    }

    /// The text that allows it.
    public var allowedBy: String {
        switch self {
        case .ipv6: "RFC 3261 §7.3.1, RFC 5118"
        }
    }

    func apply(to settings: inout EnablerSettings) {
        switch self {
        case .ipv6: settings.host = "::1"
        }
    }
}
