/// A media type such as `text/plain;charset=utf-8` (RFC 2045 §5.1). Type and subtype are held in lower case.
public struct MediaType: Sendable, Hashable, CustomStringConvertible {
    public var type: String
    public var subtype: String
    public var parameters: MIMEParameters

    public init(type: String, subtype: String, parameters: MIMEParameters = [:]) {
        self.type = type.lowercased()
        self.subtype = subtype.lowercased()
        self.parameters = parameters
    }

    /// Reads a Content-Type value; nil when it is none.
    public init?(_ text: String) {
        var scanner = Scanner(text[...])
        scanner.skipBlanks()
        guard let type = scanner.token(), scanner.take(UInt8(ascii: "/")), let subtype = scanner.token(),
            let parameters = MIMEParameters(parsing: scanner.remainder)
        else { return nil }
        self.init(type: type, subtype: subtype, parameters: parameters)
    }

    /// Without parameters, for comparing: `message/cpim`.
    public var essence: String { "\(type)/\(subtype)" }
    public var description: String { essence + parameters.serialized }

    /// Whether `pattern`, as in SDP `accept-types` (`*`, `text/*`, `text/plain`), covers this type (RFC 4975 §8.6).
    public func isCovered(by pattern: String) -> Bool {
        let bare = pattern.prefix { $0 != ";" }.trimmingBlanks().lowercased()
        return bare == "*" || bare == "*/*" || bare == "\(type)/*" || bare == essence
    }

    public static let cpim = MediaType(type: "message", subtype: "cpim")
    public static let imdn = MediaType(type: "message", subtype: "imdn+xml")
    public static let sdp = MediaType(type: "application", subtype: "sdp")
    public static let conferenceInfo = MediaType(type: "application", subtype: "conference-info+xml")
    public static let resourceLists = MediaType(type: "application", subtype: "resource-lists+xml")
    public static let isComposing = MediaType(type: "application", subtype: "im-iscomposing+xml")
    public static let plainText = MediaType(type: "text", subtype: "plain")
    public static let plainTextUTF8 = MediaType(type: "text", subtype: "plain", parameters: ["charset": "UTF-8"])

    /// `multipart/mixed` with its boundary.
    public static func multipartMixed(boundary: String) -> MediaType {
        MediaType(type: "multipart", subtype: "mixed", parameters: ["boundary": boundary])
    }
}

/// A Content-Disposition value such as `recipient-list-history;handling=optional` (RFC 2183, 5366).
public struct ContentDisposition: Sendable, Hashable, CustomStringConvertible {
    /// In lower case.
    public var kind: String
    public var parameters: MIMEParameters

    public init(_ kind: String, parameters: MIMEParameters = [:]) {
        self.kind = kind.lowercased()
        self.parameters = parameters
    }

    /// Reads a Content-Disposition value; nil when it is none.
    public init?(parsing text: String) {
        var scanner = Scanner(text[...])
        scanner.skipBlanks()
        guard let kind = scanner.token(), let parameters = MIMEParameters(parsing: scanner.remainder) else { return nil }
        self.init(kind, parameters: parameters)
    }

    public var description: String { kind + parameters.serialized }
    /// The value of `handling`; `required` when there is none (RFC 3261 §20.11).
    public var handling: String { parameters["handling"]?.lowercased() ?? "required" }

    public static let recipientList = ContentDisposition("recipient-list")
    public static let recipientListHistory = ContentDisposition(
        "recipient-list-history", parameters: ["handling": "optional"])
    public static let notification = ContentDisposition("notification")
}
