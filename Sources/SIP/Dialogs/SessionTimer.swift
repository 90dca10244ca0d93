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

    /// What this end has to do.
    public enum Step: Sendable, Hashable {
        /// Nothing until then; in nanoseconds of the owner's clock.
        case wait(until: Int64)
        /// Send what `refresh` makes, and hand over its answer.
        case refresh
        /// Nobody refreshed the session: it is over, and BYE says so (§10).
        case end
    }

    /// What the answer to a refresh of this end means.
    public enum Refreshed: Sendable, Hashable {
        /// The timer goes on, as its next step says.
        case goesOn
        /// The other end wants no timer any more (§7.2).
        case withoutTimer
        /// The other end knows nothing of the session, or does not answer (RFC 3261 §12.2.1.2).
        case gone
    }

    /// The least interval anybody may ask for, in seconds (§4).
    public static let leastInterval = 90

    /// In seconds.
    public let interval: Int
    /// True when this end sends the refreshing re-INVITE or UPDATE.
    public let isRefresher: Bool
    private var started: Int64
    /// What the other end said it takes at the least, when it refused a refresh.
    private var minimum: Int?
    private var awaitsAnswer = false
    /// When to try again after a refresh that was refused for now.
    private var retry: Int64?

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
    static func retryInterval(after response: SIPMessage) -> Int? {
        guard response.status == 422, let text = response.headers["Min-SE"] else { return nil }
        return SIPMessage.deltaSeconds(text.split(separator: ";").first.map(String.init) ?? "")
    }

    /// Requests of one session that may go out until one of them suits every Min-SE on its way.
    private static let attempts = 8

    /// An INVITE again, with the interval that a 422 asks for and the next number (§7.4).
    ///
    /// - Returns: nil for another response, for one that asks for nothing longer, and after too many of them.
    public static func retry(_ request: SIPMessage, after response: SIPMessage) -> SIPMessage? {
        guard let interval = retryInterval(after: response), let cseq = request.cseq, cseq.number < attempts,
            let asked = request.headers["Session-Expires"].flatMap({ SessionExpires($0) }), interval > asked.interval
        else { return nil }
        var request = request
        offer(&request, SessionExpires(interval: interval, refresher: asked.refresher), minimum: interval)
        request.headers.set("CSeq", SIPCSeq(number: cseq.number + 1, method: cseq.method).description)
        return request
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

    // MARK: Keeping the session alive

    /// What this end has to do now. Who is told to refresh is told so once, until `answered` or `refreshed` is called.
    public mutating func step(now: Int64) -> Step {
        if now >= expiry { return .end }
        guard isRefresher, !awaitsAnswer else { return .wait(until: expiry) }
        let due = min(retry ?? refreshDue ?? expiry, expiry)
        if now < due { return .wait(until: due) }
        awaitsAnswer = true
        return .refresh
    }

    /// The request by which this end refreshes: UPDATE where the other end allows it, for it leaves the media alone;
    /// else a re-INVITE with the session description as it stands (§7.4).
    public func refresh(in dialog: inout SIPDialog, headers: SIPHeaders = [:], description: [UInt8]) -> SIPMessage {
        var headers = headers
        if !dialog.peerAllowsUpdate { headers.add("Content-Type", "application/sdp") }
        var request = dialog.peerAllowsUpdate
            ? dialog.request(.update, headers: headers)
            : dialog.request(.invite, headers: headers, body: description)
        let wanted = max(interval, minimum ?? 0)
        Self.offer(&request, SessionExpires(interval: wanted, refresher: .uac), minimum: minimum)
        return request
    }

    /// The final response to a refresh of this end; nil when none will come.
    ///
    /// After a first 422 the refresh is repeated at once with the longer interval. Whatever else is refused is tried
    /// again half-way to the expiry.
    public mutating func answered(_ response: SIPMessage?, now: Int64) -> Refreshed {
        awaitsAnswer = false
        retry = nil
        if let status = response?.status, (200..<300).contains(status), let response {
            guard let next = SessionTimer(uac: response, now: now) else { return .withoutTimer }
            self = next
            return .goesOn
        }
        if let status = response?.status, status == 408 || status == 481 { return .gone }
        let isFirst = minimum == nil
        if let longer = response.flatMap({ Self.retryInterval(after: $0) }), longer > interval { minimum = longer }
        retry = isFirst && minimum != nil ? now : now + max((expiry - now) / 2, 0)
        return .goesOn
    }

    /// The other end has refreshed the session: the time begins anew.
    public mutating func refreshed(now: Int64) {
        started = now
        awaitsAnswer = false
        retry = nil
    }

    /// When this end should refresh: half the interval; nil when it is the other's duty (§7.2).
    var refreshDue: Int64? { isRefresher ? started + Int64(interval) * 500_000_000 : nil }

    /// When this end should send BYE for want of a refresh: a third of the interval, at most 32 s, early (§10).
    var expiry: Int64 { started + (Int64(interval) - min(32, Int64(interval) / 3)) * 1_000_000_000 }
}
