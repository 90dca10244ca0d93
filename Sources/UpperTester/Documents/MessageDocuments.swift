import Foundation
public import Recordings

/// The order to send a text.
public struct NewMessage: UpperTesterDocument {
    public var text: String

    public init(text: String) { self.text = text }

    public init(_ field: JSONField) throws(DocumentProblem) {
        text = try field.required("text", "write the text to send").content()
    }

    public var json: JSONValue { ["text": .string(text)] }
}

/// What a message holds.
public enum ShownContent: Sendable, Hashable {
    /// Text as the user sees it.
    case text(String)
    /// Anything else, byte for byte.
    case data([UInt8])
}

/// What became of a message that the user sent, at one recipient.
public struct ShownDisposition: UpperTesterDocument {
    public enum Status: String, Sendable, Hashable, CaseIterable {
        case delivered
        case displayed
        case failed
        case processed
    }

    /// Nil where the client does not show whose report it is.
    public var recipient: String?
    public var status: Status
    /// In milliseconds since 1970.
    public var at: Int64?

    public init(recipient: String? = nil, status: Status, at: Int64? = nil) {
        self.recipient = recipient
        self.status = status
        self.at = at
    }

    public init(_ field: JSONField) throws(DocumentProblem) {
        recipient = try field.optional("recipient")?.address()
        status = try field.required("status", "write delivered, displayed, failed or processed").word()
        at = try field.optional("at")?.time()
    }

    public var json: JSONValue {
        jsonObject([
            "recipient": recipient.map { .string($0) }, "status": .string(status.rawValue),
            "at": at.map(UpperTesterTime.json),
        ])
    }
}

/// A message as the user sees it.
public struct ShownMessage: UpperTesterDocument {
    public enum Direction: String, Sendable, Hashable, CaseIterable {
        case received
        case sent
    }

    /// The imdn.Message-ID.
    public var id: String
    public var direction: Direction
    public var sender: String
    public var content: ShownContent
    /// Such as `text/plain`.
    public var contentType: String
    /// When it was sent, as its sender says; milliseconds since 1970.
    public var sentAt: Int64
    /// When it was first shown to the user, in milliseconds since 1970.
    public var shownAt: Int64?
    /// Whether the user has read it.
    public var read: Bool
    /// What is known of a sent message, in the order in which it became known.
    public var dispositions: [ShownDisposition]
    /// To whom it went, where the client shows that.
    public var audience: [String]?

    public init(
        id: String, direction: Direction, sender: String, content: ShownContent, contentType: String = "text/plain",
        sentAt: Int64
    ) {
        self.id = id
        self.direction = direction
        self.sender = sender
        self.content = content
        self.contentType = contentType
        self.sentAt = sentAt
        shownAt = nil
        read = false
        dispositions = []
        audience = nil
    }

    public init(_ field: JSONField) throws(DocumentProblem) {
        id = try field.required("id", "write the imdn.Message-ID").identifier("write the imdn.Message-ID")
        direction = try field.required("direction", "write received or sent").word()
        sender = try field.required("sender", "write the sender's address").address()
        content = try Self.content(field)
        let type = try field.required("contentType", "write a media type such as text/plain")
        contentType = try type.line("write a media type such as text/plain")
        if !contentType.contains("/") { throw type.mismatch("write a media type such as text/plain") }
        sentAt = try field.required("sentAt", "write when its sender sent it, such as 2026-05-01T09:30:00Z").time()
        shownAt = try field.optional("shownAt")?.time()
        read = try field.required("read", "write true once the user has read it, else false").bool()
        dispositions = try field.required("dispositions", "write an array, [] when nothing is known")
            .elements { entry throws(DocumentProblem) in try ShownDisposition(entry) }
        audience = try field.optional("audience")?.elements { entry throws(DocumentProblem) in try entry.address() }
    }

    private static func content(_ field: JSONField) throws(DocumentProblem) -> ShownContent {
        let (text, data) = (try field.optional("text"), try field.optional("base64"))
        switch (text, data) {
        case (let text?, nil): return .text(try text.content())
        case (nil, let data?): return .data(try data.base64())
        case (nil, nil):
            return .text(try field.required("text", "write what the user sees, or other content as base64").content())
        case (_?, let data?): throw data.problem("stands beside text", "write one of the two")
        }
    }

    public var json: JSONValue {
        var members: [String: JSONValue?] = [
            "id": .string(id), "direction": .string(direction.rawValue), "sender": .string(sender),
            "contentType": .string(contentType), "sentAt": UpperTesterTime.json(sentAt),
            "shownAt": shownAt.map(UpperTesterTime.json), "read": .bool(read), "dispositions": dispositions.json,
            "audience": audience.map { JSONValue(strings: $0) },
        ]
        switch content {
        case .text(let text): members["text"] = .string(text)
        case .data(let bytes): members["base64"] = .string(Data(bytes).base64EncodedString())
        }
        return jsonObject(members)
    }
}

extension JSONField {
    /// The text of a message.
    func content() throws(DocumentProblem) -> String {
        guard let text = value.string else { throw mismatch("write a text") }
        if text.utf8.count > DocumentLimits.content {
            throw problem("has \(text.utf8.count) bytes", "write at most \(DocumentLimits.content)")
        }
        return text
    }

    /// Bytes as base 64 with padding (RFC 4648 §4).
    func base64() throws(DocumentProblem) -> [UInt8] {
        let instead = "write base 64 with padding, without line ends"
        guard let text = value.string, let data = Data(base64Encoded: text) else { throw mismatch(instead) }
        if data.count > DocumentLimits.content {
            throw problem("has \(data.count) bytes", "write at most \(DocumentLimits.content)")
        }
        return [UInt8](data)
    }
}
