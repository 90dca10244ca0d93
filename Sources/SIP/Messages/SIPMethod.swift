/// A SIP method: a token, compared as written (RFC 3261 §7.1).
public struct SIPMethod: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let invite = SIPMethod(rawValue: "INVITE")
    public static let ack = SIPMethod(rawValue: "ACK")
    public static let bye = SIPMethod(rawValue: "BYE")
    public static let cancel = SIPMethod(rawValue: "CANCEL")
    public static let register = SIPMethod(rawValue: "REGISTER")
    public static let message = SIPMethod(rawValue: "MESSAGE")
    public static let subscribe = SIPMethod(rawValue: "SUBSCRIBE")
    public static let notify = SIPMethod(rawValue: "NOTIFY")
    public static let refer = SIPMethod(rawValue: "REFER")
    public static let options = SIPMethod(rawValue: "OPTIONS")
    public static let update = SIPMethod(rawValue: "UPDATE")
    public static let info = SIPMethod(rawValue: "INFO")
    public static let prack = SIPMethod(rawValue: "PRACK")

    public var description: String { rawValue }

    /// True when a request of this method may make a dialog: its responses copy Record-Route (RFC 3261 §12.1.1).
    public var formsDialog: Bool { self == .invite || self == .subscribe || self == .refer || self == .notify }

    /// True when a request of this method in a dialog moves the remote target (RFC 3261 §12.2, RFC 3311, RFC 6665).
    public var refreshesTarget: Bool {
        self == .invite || self == .update || self == .subscribe || self == .notify || self == .refer
    }
}

/// The phrases that go with status codes; the code alone has meaning (RFC 3261 §7.2).
public enum SIPReasonPhrase {
    /// The usual phrase, or that of the class for a code without one.
    public static func of(_ status: Int) -> String {
        phrases[status] ?? phrases[status / 100 * 100] ?? "Unknown"
    }

    private static let phrases: [Int: String] = [
        100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued", 183: "Session Progress",
        200: "OK", 202: "Accepted", 204: "No Notification",
        300: "Multiple Choices", 301: "Moved Permanently", 302: "Moved Temporarily",
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout", 410: "Gone",
        412: "Conditional Request Failed", 413: "Request Entity Too Large", 414: "Request-URI Too Long",
        415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension",
        421: "Extension Required", 422: "Session Interval Too Small", 423: "Interval Too Brief",
        430: "Flow Failed", 439: "First Hop Lacks Outbound Support", 480: "Temporarily Unavailable",
        481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops",
        484: "Address Incomplete", 485: "Ambiguous", 486: "Busy Here", 487: "Request Terminated",
        488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending", 493: "Undecipherable",
        500: "Server Internal Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
        504: "Server Time-out", 505: "Version Not Supported", 513: "Message Too Large",
        600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable",
    ]
}
