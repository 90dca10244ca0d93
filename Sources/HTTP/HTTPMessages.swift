import Foundation

/// One header field.
public struct HTTPField: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension [HTTPField] {
    /// The values of that name, which is compared without regard to case, in order.
    public func values(_ name: String) -> [String] {
        let name = name.lowercased()
        return filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// The first value of that name.
    public func first(_ name: String) -> String? {
        let name = name.lowercased()
        return first { $0.name.lowercased() == name }?.value
    }

    /// `application/json` of `Application/JSON; charset=utf-8`: lower case, without parameters.
    public var mediaType: String? {
        guard let value = first("content-type") else { return nil }
        let type = value.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
        return type.isEmpty ? nil : type.lowercased()
    }
}

/// What a client asks of a server.
public struct HTTPRequest: Sendable {
    public enum Method: String, Sendable, Hashable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
        case patch = "PATCH"

        /// Whether doing it twice is the same as doing it once (RFC 9110 §9.2.2).
        public var isIdempotent: Bool { self != .post && self != .patch }
    }

    public var method: Method
    public var url: HTTPURL
    public var headers: [HTTPField]
    /// Nil sends none; an empty one is sent with `Content-Length: 0`.
    public var body: [UInt8]?
    /// Until the connection is up; nil is the client's setting.
    public var connectTime: Duration?
    /// From `send` to the end of the answer; nil is the client's setting.
    public var totalTime: Duration?

    public init(_ method: Method = .get, _ url: HTTPURL, headers: [HTTPField] = [], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// What a server answered, whatever the status; a redirect is an answer like any other.
public struct HTTPResponse: Sendable, Hashable {
    public var status: Int
    /// As received, in order.
    public var headers: [HTTPField]
    public var body: [UInt8]

    public init(status: Int, headers: [HTTPField] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// What a client shows a server of its right to ask. It is not shown anywhere else.
public enum HTTPCredentials: Sendable, Hashable {
    /// `Authorization: Bearer …` (RFC 6750).
    case bearer(String)
    /// `Authorization: Basic …` (RFC 7617).
    case basic(user: String, password: String)

    /// The text without the secret, for what a server says that was shown it.
    public func concealed(in text: String) -> String {
        let secret = switch self {
        case .bearer(let token): token
        case .basic(_, let password): password
        }
        if secret.isEmpty { return text }
        var out = ""
        var rest = text[...]
        while let found = rest.firstRange(of: secret) {
            out += rest[..<found.lowerBound] + "…"
            rest = rest[found.upperBound...]
        }
        return out + rest
    }
}

extension HTTPCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        switch self {
        case .bearer: "a bearer token"
        case .basic: "a user and a password"
        }
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension HTTPCredentials {
    /// The scheme with which a server asks for them.
    public var challenge: String {
        switch self {
        case .bearer: "Bearer"
        case .basic: "Basic realm=\"cpmcheck\", charset=\"UTF-8\""
        }
    }

    /// Whether a request's headers show exactly these. It takes the same time however much of them is right.
    public func areShown(by headers: [HTTPField]) -> Bool {
        let shown = Array((headers.first("authorization") ?? "").utf8)
        let scheme = Array("\(self.scheme) ".utf8)
        guard shown.count > scheme.count,
            String(decoding: shown.prefix(scheme.count), as: UTF8.self).lowercased() == "\(self.scheme) ".lowercased()
        else { return false }
        let (given, wanted) = (shown.dropFirst(scheme.count), Array(token.utf8))
        guard given.count == wanted.count else { return false }
        return zip(given, wanted).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private var scheme: String {
        switch self {
        case .bearer: "Bearer"
        case .basic: "Basic"
        }
    }

    private var token: String {
        switch self {
        case .bearer(let token): token
        case .basic(let user, let password): Data("\(user):\(password)".utf8).base64EncodedString()
        }
    }
}
