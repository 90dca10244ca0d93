import Payloads

/// A chat message as it came.
struct ArrivedChat: Sendable, Hashable {
    /// imdn.Message-ID; nil when it had none.
    var messageID: String?
    var sender: Person?
    /// DateTime as written.
    var dateTime: String?
    var contentType: String
    var body: [UInt8]
    var requests: Set<DispositionRequest> = []
    var trail = ReportTrail()
}

/// One disposition notification as it came.
struct ArrivedReport: Sendable, Hashable {
    /// The message reported on.
    var messageID: String
    /// Whom it was for, as the document says.
    var recipient: String?
    /// Who says so, as the CPIM wrapper says.
    var reporter: Person?
    var status: String
    /// DateTime of the report as written.
    var at: String?
}

/// What a message turned out to be.
enum ArrivedContent: Sendable, Hashable {
    case chat(ArrivedChat)
    /// Reports; those that could not be read are left out.
    case reports([ArrivedReport], wrapper: ArrivedChat)
    case list(ConferenceInfo)
    /// Somebody is typing: of no lasting interest.
    case composing(ArrivedChat)
    /// Nothing that could be shown, and nothing wrong with how it came.
    case nothing
    /// No message at all; to be answered 400.
    case malformed
}
