public import Diagnostics
import XML

/// One disposition notification: a message/imdn+xml document (RFC 5438 §11).
public struct DispositionReport: Sendable, Hashable {
    public static let namespace = "urn:ietf:params:xml:ns:imdn"

    /// What the report is about.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case delivery, display, processing

        var element: String { "\(rawValue)-notification" }
    }

    /// The Message-ID of the message reported on.
    public var messageID: String
    /// When that message was sent: its DateTime (RFC 5438 §11), as written.
    public var dateTime: String
    public var recipientURI: String?
    /// The first To of the message, copied from Original-To.
    public var originalRecipientURI: String?
    public var subject: String?
    public var kind: Kind
    /// Such as `delivered`, `failed`, `forbidden`, `error`, `displayed`, `processed`, `stored`; or a word of an extension.
    public var status: String

    public init(messageID: String, dateTime: String, kind: Kind, status: String) {
        self.messageID = messageID
        self.dateTime = dateTime
        self.kind = kind
        self.status = status
    }

    /// `dateTime` as milliseconds since 1970; nil when it is no RFC 3339 date-time.
    public var instant: Int64? { RFC3339.milliseconds(from: dateTime) }

    /// Reads a document; whether it is valid too is asked of `PayloadSchema.imdn`.
    public init(parsing xml: [UInt8], limits: Limits = Limits()) throws(PayloadError) {
        try self.init(try ParsedXML.payload(xml, limits: limits).root)
    }

    private init(_ root: XMLCursor) throws(PayloadError) {
        guard root.matches("imdn", in: "urn:ietf:params:xml:ns:imdn") else {
            throw .wrongRoot(root, expected: "imdn", in: Self.namespace)
        }
        var texts: [String: String] = [:]
        var found: (kind: Kind, status: String)?
        for child in root.children where child.namespace == Self.namespace {
            let name = child.name
            if let kind = Kind.allCases.first(where: { $0.element == name }) {
                found = (kind, try Self.status(of: child))
            } else {
                texts[name] = child.token
            }
        }
        guard let messageID = texts["message-id"], !messageID.isEmpty else {
            throw PayloadError(.missingElement, line: root.line, "the imdn has no message-id")
        }
        guard let dateTime = texts["datetime"] else {
            throw PayloadError(.missingElement, line: root.line, "the imdn has no datetime")
        }
        guard let found else {
            throw PayloadError(.missingElement, line: root.line, "the imdn has no delivery-, display- or processing-notification")
        }
        self.init(messageID: messageID, dateTime: dateTime, kind: found.kind, status: found.status)
        recipientURI = texts["recipient-uri"]
        originalRecipientURI = texts["original-recipient-uri"]
        subject = texts["subject"]
    }

    private static func status(of notification: XMLCursor) throws(PayloadError) -> String {
        for status in notification.children where status.matches("status", in: "urn:ietf:params:xml:ns:imdn") {
            for word in status.children { return word.name }
        }
        throw PayloadError(.missingElement, line: notification.line, "the notification has no status")
    }

    /// The document as bytes; schema-valid for every status of RFC 5438.
    public func serialized() -> [UInt8] {
        var writer = XMLWriter()
        writer.open("imdn", [("xmlns", Self.namespace)])
        writer.element("message-id", messageID)
        writer.element("datetime", dateTime)
        writer.element("recipient-uri", recipientURI)
        writer.element("original-recipient-uri", originalRecipientURI)
        writer.element("subject", subject)
        writer.open(kind.element)
        writer.open("status")
        writer.empty(status)
        writer.close()
        writer.close()
        writer.close()
        return writer.bytes
    }
}

extension DispositionReport {
    /// All reports in a body: one document, or several aggregated in a multipart (RFC 5438 §8), each bare or in a CPIM
    /// message of its own. Parts of other types are passed over.
    public static func all(
        in body: [UInt8], contentType: MediaType, limits: Limits = Limits()
    ) throws(PayloadError) -> [DispositionReport] {
        try all(in: body, contentType: contentType, limits: limits, depth: 8)
    }

    private static func all(
        in body: [UInt8], contentType: MediaType, limits: Limits, depth: Int
    ) throws(PayloadError) -> [DispositionReport] {
        guard depth > 0 else { throw PayloadError(.nestedTooDeep, "messages and multiparts are nested deeper than 8") }
        switch (contentType.type, contentType.essence) {
        case (_, MediaType.imdn.essence):
            return [try DispositionReport(parsing: body, limits: limits)]
        case (_, MediaType.cpim.essence):
            let message = try CPIMMessage(parsing: body, limits: limits)
            guard let type = message.contentType else { return [] }
            return try all(in: message.body, contentType: type, limits: limits, depth: depth - 1)
        case ("multipart", _):
            var reports: [DispositionReport] = []
            for part in try Multipart(parsing: body, contentType: contentType, limits: limits).parts {
                guard let type = part.contentType else { continue }
                reports += try all(in: part.body, contentType: type, limits: limits, depth: depth - 1)
            }
            return reports
        default:
            return []
        }
    }

    /// Several reports as one multipart/mixed body with its media type; `seed` starts the boundary.
    public static func aggregated(_ reports: [DispositionReport], seed: String) -> (type: MediaType, body: [UInt8]) {
        let parts = reports.map { report in
            Multipart.Part(
                headers: ["Content-Type": MediaType.imdn.essence, "Content-Disposition": "notification"],
                body: report.serialized())
        }
        let multipart = Multipart(parts: parts)
        let boundary = multipart.boundary(from: seed)
        return (.multipartMixed(boundary: boundary), multipart.serialized(boundary: boundary))
    }
}
