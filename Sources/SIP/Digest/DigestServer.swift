public import Connections

/// What a request's credentials are worth.
public enum DigestVerdict: Sendable, Hashable {
    case accepted(user: String)
    /// No credentials for this realm: to be challenged.
    case missing
    /// Right but for a nonce that is too old, unknown or counted wrongly: to be challenged with `stale`.
    case stale
    /// Wrong user, password or form: to be challenged again or refused.
    case wrong
}

/// Challenges and checks by digest for one realm (RFC 7616, RFC 8760; RFC 3261 §22).
///
/// Nonces are remembered with the counts used, at most `capacity` of them; the oldest is forgotten first, and its
/// users are told `stale`. Not Sendable: it draws nonces from a token source.
public struct DigestServer {
    public let realm: String
    /// In the order of the challenges, the preferred one first.
    public let algorithms: [DigestAlgorithm]
    private let tokens: TokenSource
    private let lifetime: Int64
    private let capacity: Int
    private var nonces: [String: NonceUse] = [:]
    private var order: [String] = []
    private var oldest = 0

    private struct NonceUse {
        let issued: Int64
        let algorithm: DigestAlgorithm
        var highest: UInt32 = 0
        /// Bit n tells that the count `highest - n` was used; counts may overtake each other on two connections.
        var window: UInt64 = 0

        /// False when the count was used before or is too far behind.
        mutating func take(_ count: UInt32) -> Bool {
            if count > highest {
                let step = count - highest
                window = step >= 64 ? 1 : window << UInt64(step) | 1
                highest = count
                return true
            }
            let behind = highest - count
            guard behind < 64, window & (1 << UInt64(behind)) == 0 else { return false }
            window |= 1 << UInt64(behind)
            return true
        }
    }

    /// - Parameters:
    ///   - lifetime: how long a nonce is good, in nanoseconds.
    ///   - capacity: nonces that are remembered.
    public init(
        realm: String, algorithms: [DigestAlgorithm] = [.sha256, .md5], tokens: TokenSource,
        lifetime: Int64 = 300_000_000_000, capacity: Int = 10_000
    ) {
        self.realm = realm
        self.algorithms = algorithms
        self.tokens = tokens
        self.lifetime = lifetime
        self.capacity = max(capacity, algorithms.count)
    }

    /// One value per algorithm for WWW-Authenticate or Proxy-Authenticate, each a header field of its own.
    public mutating func challenge(stale: Bool = false, now: Int64) -> [String] {
        algorithms.map { algorithm in
            let nonce = tokens.token(length: 32)
            remember(nonce, NonceUse(issued: now, algorithm: algorithm))
            let value = "Digest realm=\(quoted(realm)), nonce=\"\(nonce)\""
                + ", algorithm=\(algorithm.rawValue), qop=\"auth\""
            return stale ? value + ", stale=true" : value
        }
    }

    /// Adds the challenges to a 401 or 407.
    public mutating func challenge(_ response: inout SIPMessage, stale: Bool = false, now: Int64) {
        let name = response.status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate"
        for value in challenge(stale: stale, now: now) { response.headers.add(name, value) }
    }

    /// Checks the credentials for this realm in Authorization or Proxy-Authorization.
    ///
    /// - Parameters:
    ///   - password: the password of a user; nil for one that is not known.
    ///   - now: nanoseconds on the clock of `challenge`.
    public mutating func verify(_ request: SIPMessage, password: (String) -> String?, now: Int64) -> DigestVerdict {
        let lines = request.headers.lines("Authorization") + request.headers.lines("Proxy-Authorization")
        let mine = lines.compactMap { DigestFields($0) }.first { $0["realm"] == realm }
        guard let mine else { return .missing }
        guard let claim = claim(mine, request), let secret = password(claim.input.user) else { return .wrong }
        var input = claim.input
        input.password = secret
        guard Self.equal(input.response, asciiLowercased(claim.response)) else { return .wrong }
        guard var use = nonces[input.nonce], now - use.issued <= lifetime, use.algorithm == input.algorithm
        else { return .stale }
        guard use.take(claim.count) else { return .stale }
        nonces[input.nonce] = use
        return .accepted(user: input.user)
    }

    /// The credentials taken apart; nil when a part is missing or not offered. qop is required.
    private func claim(
        _ fields: DigestFields, _ request: SIPMessage
    ) -> (input: DigestInput, response: String, count: UInt32)? {
        guard let user = fields["username"], let nonce = fields["nonce"], let uri = fields["uri"],
            let response = fields["response"], let clientNonce = fields["cnonce"], let count = fields["nc"],
            let qop = fields["qop"], asciiCaseEqual(qop, "auth"), count.utf8.count == 8,
            let number = UInt32(count, radix: 16), number > 0,
            let algorithm = DigestAlgorithm(name: fields["algorithm"] ?? "MD5"), algorithms.contains(algorithm)
        else { return nil }
        let input = DigestInput(
            algorithm: algorithm, user: user, realm: realm, password: "", method: request.method?.rawValue ?? "",
            uri: uri, nonce: nonce, counted: DigestInput.Counted(clientNonce: clientNonce, count: count))
        return (input, response, number)
    }

    private mutating func remember(_ nonce: String, _ use: NonceUse) {
        if nonces.count >= capacity {
            nonces[order[oldest]] = nil
            order[oldest] = nonce
            oldest = (oldest + 1) % order.count
        } else {
            order.append(nonce)
        }
        nonces[nonce] = use
    }

    /// Takes the same time wherever the two differ.
    private static func equal(_ a: String, _ b: String) -> Bool {
        guard a.utf8.count == b.utf8.count else { return false }
        return zip(a.utf8, b.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
