/// What a request in a dialog is.
public enum SIPDialogVerdict: Sendable, Hashable {
    case fresh
    /// Its CSeq is not above the last one: to be answered with 500 (RFC 3261 §12.2.2).
    case outOfOrder
}

/// One end's view of a dialog (RFC 3261 §12): a plain value.
public struct SIPDialog: Sendable, Hashable {
    public let callID: String
    public let localTag: String
    public let remoteTag: String
    /// From or To of this end, with name, without tag.
    public let local: NameAddress
    /// From or To of the other end, with name, without tag.
    public let remote: NameAddress
    /// This end's Contact value, put in requests that refresh the target.
    public var contact: String?
    /// Where requests go: the other end's Contact URI.
    public private(set) var remoteTarget: String
    /// Route values in the order of the requests this end sends.
    public let routeSet: [String]
    /// The CSeq number of the last request this end sent.
    public var localSequence: UInt32
    /// The CSeq number of the last request that came; nil before the first.
    public var remoteSequence: UInt32?
    /// True when the other end has said in Allow that it takes UPDATE (RFC 3311 §4).
    public private(set) var peerAllowsUpdate: Bool

    public var localURI: String { local.uri }
    public var remoteURI: String { remote.uri }

    /// The dialog of the sender of a request, from a response with 101 to 299 (§12.1.2).
    ///
    /// - Returns: nil when the response makes no dialog: another status, no tag on To, or a final one without Contact.
    public init?(uac request: SIPMessage, response: SIPMessage) {
        guard let status = response.status, status > 100, status < 300, let callID = response.callID,
            let from = response.from, let to = response.to, let remoteTag = to.tag,
            let sequence = request.cseq?.number
        else { return nil }
        guard let target = response.contacts.first?.uri ?? (status < 200 ? request.requestURI : nil)
        else { return nil }
        self.callID = callID
        localTag = from.tag ?? ""
        self.remoteTag = remoteTag
        local = from.withoutTag
        remote = to.withoutTag
        contact = request.headers["Contact"]
        remoteTarget = target
        routeSet = response.headers.values("Record-Route").reversed()
        localSequence = sequence
        peerAllowsUpdate = response.headers.lists("UPDATE", in: "Allow")
    }

    /// The dialog of the receiver of a request (§12.1.1).
    ///
    /// - Parameters:
    ///   - localTag: the tag this end puts on To.
    ///   - contact: this end's Contact value.
    /// - Returns: nil when From, To, Call-ID, CSeq or Contact is missing or broken.
    public init?(uas request: SIPMessage, localTag: String, contact: String) {
        guard let callID = request.callID, let from = request.from, let to = request.to,
            let sequence = request.cseq?.number, let target = request.contacts.first?.uri
        else { return nil }
        self.callID = callID
        self.localTag = localTag
        remoteTag = from.tag ?? ""
        local = to.withoutTag
        remote = from.withoutTag
        self.contact = contact
        remoteTarget = target
        routeSet = request.headers.values("Record-Route")
        localSequence = 0
        remoteSequence = sequence
        peerAllowsUpdate = request.headers.lists("UPDATE", in: "Allow")
    }

    /// The next request of this end: CSeq goes up by one, Route as §12.2.1.1 says.
    ///
    /// Contact is added to requests that refresh the target where `headers` has none.
    public mutating func request(
        _ method: SIPMethod, headers: SIPHeaders = [:], body: [UInt8] = []
    ) -> SIPMessage {
        localSequence += 1
        var headers = headers
        if method.refreshesTarget, headers["Contact"] == nil, let contact { headers.add("Contact", contact) }
        return make(method, number: localSequence, headers: headers, body: body)
    }

    /// The ACK to a 2xx, with the number of its INVITE and its credentials (§13.2.2.4).
    ///
    /// - Parameter invite: the INVITE as sent; nil leaves credentials out.
    public func ack(for number: UInt32, credentialsOf invite: SIPMessage? = nil) -> SIPMessage {
        var headers = SIPHeaders()
        for field in invite?.headers ?? [:] where field.code == .authorization || field.code == .proxyAuthorization {
            headers.add(field.name, field.value)
        }
        return make(.ack, number: number, headers: headers, body: [])
    }

    private func make(_ method: SIPMethod, number: UInt32, headers: SIPHeaders, body: [UInt8]) -> SIPMessage {
        var from = local
        if !localTag.isEmpty { from.tag = localTag }
        var to = remote
        if !remoteTag.isEmpty { to.tag = remoteTag }
        let identity = SIPRequestIdentity(from: from, to: to, callID: callID, sequence: number)
        let (uri, routes) = target
        var message = SIPMessage.request(method, uri: uri, identity, headers: headers, body: body)
        if !routes.isEmpty { message.setRoutes(routes) }
        return message
    }

    /// Request-URI and Route values: a first route without `lr` is a strict router and becomes the Request-URI.
    private var target: (uri: String, routes: [String]) {
        guard let first = routeSet.first, let address = NameAddress(first), address.sipURI?.isLooseRouter == false
        else { return (remoteTarget, routeSet) }
        return (address.uri, routeSet.dropFirst() + ["<\(remoteTarget)>"])
    }

    /// The URI to send to: the first route, or the remote target.
    public var nextHopURI: String {
        routeSet.first.flatMap { NameAddress($0)?.uri } ?? remoteTarget
    }

    /// Takes a request of the other end: checks its number and, where the method says so, moves the remote target.
    ///
    /// ACK and CANCEL carry the number of their INVITE and are always fresh.
    public mutating func receive(_ request: SIPMessage) -> SIPDialogVerdict {
        guard let cseq = request.cseq else { return .outOfOrder }
        if cseq.method == .ack || cseq.method == .cancel { return .fresh }
        if let last = remoteSequence, cseq.number <= last { return .outOfOrder }
        remoteSequence = cseq.number
        refresh(target: request)
        return .fresh
    }

    /// True for a message of this dialog, whichever end sent it.
    public func matches(_ message: SIPMessage) -> Bool {
        guard message.callID == callID else { return false }
        let from = message.from?.tag ?? ""
        let to = message.to?.tag ?? ""
        return (from == remoteTag && to == localTag) || (from == localTag && to == remoteTag)
    }

    /// Takes the remote target from the Contact of a request that refreshes it, or of its 2xx (§12.2.1.2).
    public mutating func refresh(target message: SIPMessage) {
        guard message.method?.refreshesTarget == true, let uri = message.contacts.first?.uri else { return }
        if let status = message.status, status < 200 || status > 299 { return }
        remoteTarget = uri
        if message.headers["Allow"] != nil { peerAllowsUpdate = message.headers.lists("UPDATE", in: "Allow") }
    }
}
