/// The value of Session-Expires (RFC 4028 §4).
public struct SessionExpires: Sendable, Hashable, CustomStringConvertible {
    /// Which end of the *request* that carries or carried the header refreshes.
    public enum Refresher: String, Sendable, Hashable { case uac, uas }

    /// In seconds.
    public var interval: Int
    public var refresher: Refresher?

    public init(interval: Int, refresher: Refresher? = nil) {
        self.interval = interval
        self.refresher = refresher
    }

    /// nil when the interval is no number.
    public init?(_ value: String) {
        let bytes = Array(value.utf8)[...]
        let end = bytes.firstIndex(of: UInt8(ascii: ";")) ?? bytes.endIndex
        guard let interval = SIPMessage.deltaSeconds(text(trimmed(bytes[..<end]))),
            let parameters = SIPParameters(parsing: bytes[end...])
        else { return nil }
        self.interval = interval
        refresher = parameters["refresher"].flatMap { Refresher(rawValue: asciiLowercased($0)) }
    }

    public var description: String { "\(interval)" + (refresher.map { ";refresher=\($0.rawValue)" } ?? "") }
}

/// The session timer of one end of a session (RFC 4028), a plain value; times are nanoseconds of the owner's clock.
public struct SessionTimer: Sendable, Hashable {
    /// What the callee makes of a request.
    public enum Answer: Sendable, Hashable {
        /// No timer: nothing to add to the 2xx.
        case none
        /// The interval is too small: answer 422 with this Min-SE in seconds (§6).
        case tooSmall(minimum: Int)
        /// A timer; `headers` belong in the 2xx.
        case agreed(SessionTimer, headers: SIPHeaders)
    }

    /// The least interval anybody may ask for, in seconds (§4).
    public static let leastInterval = 90

    /// In seconds.
    public let interval: Int
    /// True when this end sends the refreshing re-INVITE or UPDATE.
    public let isRefresher: Bool
    private var started: Int64

    init(interval: Int, isRefresher: Bool, now: Int64) {
        self.interval = interval
        self.isRefresher = isRefresher
        started = now
    }

    /// Adds Supported, Session-Expires and Min-SE to an INVITE or UPDATE (§7.1).
    public static func offer(_ request: inout SIPMessage, _ expires: SessionExpires, minimum: Int? = nil) {
        if !request.headers.lists("timer", in: "Supported") { request.headers.add("Supported", "timer") }
        request.headers.set("Session-Expires", expires.description)
        if let minimum { request.headers.set("Min-SE", String(minimum)) }
    }

    /// The interval to try next after a 422, in seconds; nil when the response names none (§7.4).
    public static func retryInterval(after response: SIPMessage) -> Int? {
        guard response.status == 422, let text = response.headers["Min-SE"] else { return nil }
        return SIPMessage.deltaSeconds(text.split(separator: ";").first.map(String.init) ?? "")
    }

    /// The caller's timer from the 2xx to its request; nil when the callee wants none (§7.2).
    public init?(uac response: SIPMessage, now: Int64) {
        guard let status = response.status, status >= 200, status < 300,
            let expires = response.headers["Session-Expires"].flatMap({ SessionExpires($0) }), expires.interval > 0
        else { return nil }
        self.init(interval: expires.interval, isRefresher: expires.refresher != .uas, now: now)
    }

    /// The callee's part (§9): agrees to the caller's interval, cut to `preferred` where that is allowed.
    ///
    /// - Parameters:
    ///   - preferred: the longest interval this end wants in seconds; nil asks for no timer of its own.
    ///   - minimum: the least interval this end takes, in seconds.
    public static func answer(
        to request: SIPMessage, preferred: Int?, minimum: Int = leastInterval, now: Int64
    ) -> Answer {
        let supports = request.headers.lists("timer", in: "Supported")
        let asked = request.headers["Session-Expires"].flatMap { SessionExpires($0) }
        let floor = max(
            minimum, request.headers["Min-SE"].flatMap { SIPMessage.deltaSeconds($0) } ?? leastInterval)
        // A caller without `timer` does not know 422 and could not mend its request; its interval is put up instead.
        if let asked, asked.interval < minimum, supports { return .tooSmall(minimum: minimum) }
        guard asked != nil || preferred != nil else { return .none }
        let wanted = min(asked?.interval ?? Int.max, preferred ?? Int.max)
        let interval = max(wanted, supports ? min(floor, asked?.interval ?? floor) : floor)
        let refresher: SessionExpires.Refresher = supports ? asked?.refresher ?? .uac : .uas
        let expires = SessionExpires(interval: interval, refresher: refresher)
        var headers: SIPHeaders = ["Session-Expires": expires.description]
        if refresher == .uac { headers.add("Require", "timer") }
        let timer = SessionTimer(interval: interval, isRefresher: refresher == .uas, now: now)
        return .agreed(timer, headers: headers)
    }

    /// A refresh has had its 2xx: the time begins anew.
    public mutating func refreshed(now: Int64) { started = now }

    /// When this end should refresh: half the interval; nil when it is the other's duty (§7.2).
    public var refreshDue: Int64? { isRefresher ? started + Int64(interval) * 500_000_000 : nil }

    /// When this end should send BYE for want of a refresh: a third of the interval, at most 32 s, early (§10).
    public var expiry: Int64 { started + (Int64(interval) - min(32, Int64(interval) / 3)) * 1_000_000_000 }
}
