/// What names a request besides its method and target: the same in every request of a dialog but for the number.
public struct SIPRequestIdentity: Sendable, Hashable {
    public var from: NameAddress
    public var to: NameAddress
    public var callID: String
    /// The CSeq number, below 2^31.
    public var sequence: UInt32

    public init(from: NameAddress, to: NameAddress, callID: String, sequence: UInt32 = 1) {
        self.from = from
        self.to = to
        self.callID = callID
        self.sequence = sequence
    }
}

extension SIPMessage {
    /// A request with From, To, Call-ID, CSeq and Max-Forwards 70, then the given fields.
    ///
    /// Via is added by the stack that sends it; From needs its tag from the caller (RFC 3261 §8.1.1).
    public static func request(
        _ method: SIPMethod, uri: String, _ identity: SIPRequestIdentity, headers: SIPHeaders = [:],
        body: [UInt8] = []
    ) -> SIPMessage {
        var all: SIPHeaders = [
            "From": identity.from.description, "To": identity.to.description, "Call-ID": identity.callID,
            "CSeq": SIPCSeq(number: identity.sequence, method: method).description, "Max-Forwards": "70",
        ]
        if headers["Max-Forwards"] != nil { all.remove("Max-Forwards") }
        all.add(contentsOf: headers)
        return SIPMessage(start: .request(method: method, uri: uri), headers: all, body: body)
    }

    /// A response to this request with its Via, From, To, Call-ID and CSeq (RFC 3261 §8.2.6).
    ///
    /// Record-Route is copied where the request may form a dialog and the status is 101 to 299 (§12.1.1).
    /// - Parameters:
    ///   - reason: nil takes the usual phrase.
    ///   - toTag: put on To when the request has none there.
    public func response(_ status: Int, _ reason: String? = nil, toTag: String? = nil) -> SIPMessage {
        let copiesRoute = status > 100 && status < 300 && method?.formsDialog == true
        var copied = SIPHeaders()
        copied.fields.reserveCapacity(8)
        for field in headers.fields {
            switch field.code {
            case .via, .from, .callID, .cseq: copied.fields.append(field)
            case .to: copied.fields.append(Self.tagged(field, toTag))
            case .recordRoute where copiesRoute: copied.fields.append(field)
            default: break
            }
        }
        let start = SIPStartLine.response(status: status, reason: reason ?? SIPReasonPhrase.of(status))
        return SIPMessage(start: start, headers: copied)
    }

    /// The To field with a tag; it is left alone when it has one, so that its text stays as it came.
    private static func tagged(_ field: SIPHeaderField, _ tag: String?) -> SIPHeaderField {
        guard let tag, let to = NameAddress(field.value), to.tag == nil else { return field }
        var field = field
        let isBare = !field.value.utf8.contains(UInt8(ascii: "<"))
        if isBare { field.value = to.description }
        field.value += ";tag=" + tag
        return field
    }

    /// Puts the route set above the other fields, one Route each, as RFC 3261 §12.2.1.1 and RFC 3608 §6.1 want it.
    public mutating func setRoutes(_ routes: [String]) {
        headers.remove("Route")
        let fields = routes.map { SIPHeaderField("Route", $0) }
        let place = headers.fields.firstIndex { $0.code != .via } ?? headers.fields.endIndex
        headers.fields.insert(contentsOf: fields, at: place)
    }

    /// Adds this element's Record-Route above the others (RFC 3261 §16.6); `uri` should have `;lr`.
    public mutating func addRecordRoute(_ uri: String) { headers.insert("Record-Route", "<\(uri)>") }

    /// Adds this element's Path above the others (RFC 3327 §5.2); `uri` should have `;lr`.
    public mutating func addPath(_ uri: String) { headers.insert("Path", "<\(uri)>") }

    /// Removes the first Route value when it names this element, and returns it (RFC 3261 §16.4).
    @discardableResult
    public mutating func removeTopRoute(where isMine: (SIPURI) -> Bool) -> NameAddress? {
        let all = headers.values("Route")
        guard let first = all.first.flatMap({ NameAddress($0) }), let uri = first.sipURI, isMine(uri)
        else { return nil }
        setRoutes(Array(all.dropFirst()))
        return first
    }
}
