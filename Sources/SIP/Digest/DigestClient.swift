/// Answers digest challenges for one user (RFC 7616, RFC 8760; RFC 3261 §22), in as many realms as ask.
///
/// MD5 and SHA-256 with their session variants, qop `auth`, and no qop for old servers. Of several challenges of a
/// realm the first with a known algorithm is answered.
public struct DigestClient: Sendable {
    public let user: String
    private let password: String
    private let seed: String
    private var counter: UInt64 = 0
    private var realms: [Realm] = []

    /// What a realm has asked last.
    private struct Realm: Sendable {
        var name: String
        var isProxy: Bool
        var algorithm: DigestAlgorithm
        /// As written in the challenge, for the echo; nil when it named none.
        var algorithmText: String?
        var nonce: String
        var opaque: String?
        var hasQop: Bool
        var uses: UInt32 = 0
    }

    /// - Parameter seed: makes client nonces repeatable; different users should have different ones.
    public init(user: String, password: String, seed: String = "") {
        self.user = user
        self.password = password
        self.seed = seed
    }

    /// The request to send after a 401 or 407: the same with credentials, and CSeq up by one (RFC 3261 §22.2).
    ///
    /// - Parameter request: as given to the stack, without Via.
    /// - Returns: nil when it cannot: another status, no known algorithm or qop, or a nonce refused that was used
    ///   with this password before without `stale=true`.
    public mutating func answer(challenges response: SIPMessage, for request: SIPMessage) -> SIPMessage? {
        guard response.status == 401 || response.status == 407 else { return nil }
        let server = response.headers.lines("WWW-Authenticate").map { (text: $0, isProxy: false) }
        let proxy = response.headers.lines("Proxy-Authenticate").map { (text: $0, isProxy: true) }
        var answered: [String] = []
        for challenge in server + proxy {
            guard let fields = DigestFields(challenge.text), let name = fields["realm"] else { continue }
            let key = "\(challenge.isProxy) \(name)"
            guard !answered.contains(key), var realm = Self.realm(fields, name, challenge.isProxy) else { continue }
            let place = realms.firstIndex { $0.name == name && $0.isProxy == challenge.isProxy }
            if let place {
                if isRefused(realms[place], by: fields, realm.nonce, request) { return nil }
                if realms[place].nonce == realm.nonce { realm.uses = realms[place].uses }
            }
            if let place { realms[place] = realm } else { realms.append(realm) }
            answered.append(key)
        }
        guard !answered.isEmpty else { return nil }
        var next = request
        if let cseq = request.cseq {
            next.headers.set("CSeq", SIPCSeq(number: cseq.number + 1, method: cseq.method).description)
        }
        return authorize(next)
    }

    /// The request with credentials for every realm that has asked before, so that no challenge is needed.
    public mutating func authorize(_ request: SIPMessage) -> SIPMessage {
        var request = request
        request.headers.remove("Authorization")
        request.headers.remove("Proxy-Authorization")
        for index in realms.indices {
            realms[index].uses += 1
            let name = realms[index].isProxy ? "Proxy-Authorization" : "Authorization"
            request.headers.add(name, credentials(realms[index], request))
        }
        return request
    }

    private static func realm(_ fields: DigestFields, _ name: String, _ isProxy: Bool) -> Realm? {
        guard let nonce = fields["nonce"], let algorithm = DigestAlgorithm(name: fields["algorithm"] ?? "MD5")
        else { return nil }
        let qop = fields["qop"].map { splitList($0, at: UInt8(ascii: ",")) }
        if let qop, !qop.contains(where: { asciiCaseEqual($0, "auth") }) { return nil }
        if qop == nil, algorithm.isSession { return nil }
        return Realm(
            name: name, isProxy: isProxy, algorithm: algorithm, algorithmText: fields["algorithm"], nonce: nonce,
            opaque: fields["opaque"], hasQop: qop != nil)
    }

    private static func isStale(_ fields: DigestFields) -> Bool {
        fields["stale"].map { asciiCaseEqual($0, "true") } == true
    }

    /// True when the credentials in the request were refused for good: the nonce they used is asked for again, or it
    /// was new and a challenge without `stale` follows. A nonce that had served before may just have been forgotten.
    private func isRefused(
        _ before: Realm, by challenge: DigestFields, _ nonce: String, _ request: SIPMessage
    ) -> Bool {
        let used = request.headers.lines(before.isProxy ? "Proxy-Authorization" : "Authorization")
            .compactMap { DigestFields($0) }.first { $0["realm"] == before.name }?["nonce"]
        guard let used, !Self.isStale(challenge) else { return false }
        return used == nonce || (used == before.nonce && before.uses <= 1)
    }

    private mutating func credentials(_ realm: Realm, _ request: SIPMessage) -> String {
        counter += 1
        let clientNonce = String(
            DigestAlgorithm.sha256.hash("\(seed):\(user):\(realm.nonce):\(counter)").prefix(24))
        let hex = String(realm.uses, radix: 16)
        let count = String(repeating: "0", count: 8 - hex.count) + hex
        let uri = request.requestURI ?? ""
        let counted = realm.hasQop ? DigestInput.Counted(clientNonce: clientNonce, count: count) : nil
        let input = DigestInput(
            algorithm: realm.algorithm, user: user, realm: realm.name, password: password,
            method: request.method?.rawValue ?? "", uri: uri, nonce: realm.nonce, counted: counted)
        var out = "Digest username=\(quoted(user)), realm=\(quoted(realm.name)), nonce=\(quoted(realm.nonce))"
        out += ", uri=\(quoted(uri)), response=\"\(input.response)\""
        if let algorithm = realm.algorithmText { out += ", algorithm=\(algorithm)" }
        if counted != nil { out += ", cnonce=\"\(clientNonce)\", qop=auth, nc=\(count)" }
        if let opaque = realm.opaque { out += ", opaque=\(quoted(opaque))" }
        return out
    }
}
