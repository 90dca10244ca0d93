/// A request that was looked through, in libcurl's terms.
struct TransferPlan: Sendable {
    let method: HTTPRequest.Method
    /// With the server's name in place of the host where one was given.
    let url: String
    /// `HOST:PORT:ADDRESS:PORT`, where they differ.
    let connectTo: String?
    let headerLines: [String]
    let body: [UInt8]?
    /// For failures.
    let address: String
    let checkedName: String
    let isSecure: Bool
    let connectTime: Duration
    let totalTime: Duration
    let start: ContinuousClock.Instant

    init(_ request: HTTPRequest, _ settings: HTTPClientSettings) throws(HTTPFailure) {
        method = request.method
        let target = request.url
        address = target.address
        isSecure = target.isSecure
        checkedName = settings.serverName ?? target.host
        if let name = settings.serverName {
            guard !name.isEmpty, name.utf8.allSatisfy({ HTTPURL.isNameCharacter($0) || $0 == UInt8(ascii: ":") }) else {
                throw .unusable("the server's name is no host name; write it as the certificate has it")
            }
            let host = HTTPURL.bracketed(name)
            url = "\(target.isSecure ? "https" : "http")://\(host):\(target.port)\(target.target)"
            connectTo = "\(host):\(target.port):\(HTTPURL.bracketed(target.host)):\(target.port)"
        } else {
            url = target.description
            connectTo = nil
        }
        headerLines = try Self.lines(request)
        if let credentials = settings.credentials { try Self.check(credentials) }
        body = request.body
        connectTime = request.connectTime ?? settings.connectTime
        totalTime = request.totalTime ?? settings.totalTime
        start = .now
    }

    var deadline: ContinuousClock.Instant { start + totalTime }

    /// Headers that libcurl or this client sets by themselves.
    private static let ownHeaders: Set<String> = [
        "authorization", "connection", "content-length", "expect", "host", "proxy-authorization", "transfer-encoding",
    ]

    private static func lines(_ request: HTTPRequest) throws(HTTPFailure) -> [String] {
        var lines: [String] = []
        for field in request.headers {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(isToken) else {
                throw .unusable("a header has a name that is none; use letters, digits and hyphens")
            }
            guard !ownHeaders.contains(field.name.lowercased()) else {
                throw .unusable("the header \(field.name) is set by the client itself; leave it out")
            }
            guard field.value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 9 }) else {
                throw .unusable("the value of the header \(field.name) has a control character; leave it out")
            }
            // libcurl takes `Name:` for "do not send", and `Name;` for an empty value.
            lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        func lacks(_ name: String) -> Bool { request.headers.first(name) == nil }
        if let body = request.body, lacks("content-type") {
            // libcurl would call it a form.
            lines.append(body.isEmpty ? "Content-Type:" : "Content-Type: application/octet-stream")
        }
        if lacks("user-agent") { lines.append("User-Agent: cpmcheck") }
        // Without this libcurl waits a second before it sends a large body.
        lines.append("Expect:")
        return lines
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        HTTPURL.isNameCharacter(byte) || "!#$%&'*+^`|~".utf8.contains(byte)
    }

    private static func check(_ credentials: HTTPCredentials) throws(HTTPFailure) {
        switch credentials {
        case .bearer(let token):
            guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw .unusable("the bearer token is empty or has a blank or control character; write the token alone")
            }
        case .basic(let user, let password):
            guard !user.contains(":") else { throw .unusable("the user has a colon, which Basic cannot carry") }
            guard (user + password).unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw .unusable("the user or the password has a control character; leave it out")
            }
        }
    }
}

/// A planned transfer and who waits for it.
struct TransferJob: Sendable {
    let id: Int
    let plan: TransferPlan
    /// Called once.
    let finish: @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
}
