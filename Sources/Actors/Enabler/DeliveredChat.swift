public import Payloads

/// A message of a group as an enabler hands it to a member: a content wrapped in CPIM (RFC 3862, RFC 5438 §6). Pure.
public struct DeliveredChat: Sendable, Hashable {
    /// Whom the CPIM To names.
    public enum Recipient: Sendable, Hashable {
        /// The group session identity, or the member itself.
        case address(String, displayName: String? = nil)
        /// `sip:anonymous@anonymous.invalid`.
        case anonymous

        var address: CPIMAddress {
            switch self {
            case .address(let uri, let displayName): CPIMAddress(displayName: displayName, uri: uri)
            case .anonymous: CPIMAddress(uri: ResourceList.anonymousURI)
            }
        }
    }

    /// A header of any namespace.
    public struct ExtraHeader: Sendable, Hashable {
        /// Nil for the core namespace of CPIM.
        public var namespace: String?
        public var name: String
        public var value: String

        public init(namespace: String? = nil, name: String, value: String) {
            self.namespace = namespace
            self.name = name
            self.value = value
        }
    }

    public var from: CPIMAddress
    public var to: Recipient
    /// As it is to be written (RFC 3339): the original sending time; nil leaves DateTime out.
    public var dateTime: String?
    /// The imdn.Message-ID; nil leaves it out.
    public var messageID: String?
    /// What the sender asks to be told about.
    public var dispositions: Set<ReportedStatus> = []
    /// URIs of those who want to be in the way of the reports (IMDN-Record-Route).
    public var recordRoutes: [String] = []
    /// The URI of Original-To.
    public var originalTo: String?
    /// The prefix that stands for the namespace of RFC 5438.
    public var imdnPrefix = "imdn"
    /// Behind all others.
    public var extraHeaders: [ExtraHeader] = []
    /// Of the content, such as `text/plain;charset=UTF-8`.
    public var contentType = "text/plain;charset=UTF-8"
    public var body: [UInt8]

    public init(from: CPIMAddress, to: Recipient, dateTime: String?, messageID: String?, body: [UInt8]) {
        self.from = from
        self.to = to
        self.dateTime = dateTime
        self.messageID = messageID
        self.body = body
    }

    public func serialized() -> [UInt8] {
        var message = CPIMEnvelope(
            from: from, to: to.address, dateTime: dateTime, messageID: messageID, imdnPrefix: imdnPrefix
        ).message()
        message.dispositionRequests = Set(dispositions.map(\.request))
        for route in recordRoutes { message.add("IMDN-Record-Route", in: CPIMMessage.imdnNamespace, "<\(route)>") }
        if let originalTo { message.originalTo = CPIMAddress(uri: originalTo) }
        for header in extraHeaders { message.add(header.name, in: header.namespace, CPIMText.escaped(header.value)) }
        message.contentHeaders["Content-Type"] = contentType
        message.body = body
        return message.serialized()
    }
}
