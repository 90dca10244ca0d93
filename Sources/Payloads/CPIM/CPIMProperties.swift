/// What a Disposition-Notification header asks for (RFC 5438 §6).
public enum DispositionRequest: String, Sendable, Hashable, CaseIterable {
    case positiveDelivery = "positive-delivery"
    case negativeDelivery = "negative-delivery"
    case processing
    case display
}

extension CPIMMessage {
    /// The From header; nil when there is none.
    public var from: CPIMAddress? {
        get { header("From").flatMap { CPIMAddress($0.value) } }
        set { set("From", to: newValue?.description) }
    }

    /// The first To header; nil when there is none.
    public var to: CPIMAddress? {
        get { header("To").flatMap { CPIMAddress($0.value) } }
        set { set("To", to: newValue?.description) }
    }

    /// All To headers.
    public var recipients: [CPIMAddress] { headers.filter { $0.matches("To") }.compactMap { CPIMAddress($0.value) } }
    /// All cc headers.
    public var copies: [CPIMAddress] { headers.filter { $0.matches("cc") }.compactMap { CPIMAddress($0.value) } }

    /// The DateTime header as written.
    public var dateTime: String? {
        get { header("DateTime")?.value }
        set { set("DateTime", to: newValue) }
    }

    /// The DateTime header as milliseconds since 1970; nil when there is none or it is no RFC 3339 date-time.
    public var instant: Int64? { dateTime.flatMap { RFC3339.milliseconds(from: $0.trimmingBlanks()) } }

    /// The first Subject header without escapes.
    public var subject: String? {
        get { header("Subject")?.text }
        set { set("Subject", to: newValue.map { CPIMText.escaped($0) }) }
    }

    /// The Message-ID header of the IMDN namespace (RFC 5438 §6).
    public var messageID: String? {
        get { header("Message-ID", in: Self.imdnNamespace)?.text.trimmingBlanks() }
        set { set("Message-ID", in: Self.imdnNamespace, to: newValue) }
    }

    /// The Disposition-Notification header; words that RFC 5438 does not know are left out when read.
    public var dispositionRequests: Set<DispositionRequest> {
        get {
            let words = values("Disposition-Notification", in: Self.imdnNamespace)
                .flatMap { $0.split(separator: ",") }
                .map { $0.prefix { $0 != ";" }.trimmingBlanks().lowercased() }
            return Set(words.compactMap { DispositionRequest(rawValue: $0) })
        }
        set {
            let words = DispositionRequest.allCases.filter { newValue.contains($0) }.map(\.rawValue)
            set("Disposition-Notification", in: Self.imdnNamespace, to: words.isEmpty ? nil : words.joined(separator: ", "))
        }
    }

    /// The IMDN-Record-Route headers in order (RFC 5438 §6): intermediaries that want the reports.
    public var imdnRecordRoute: [String] { values("IMDN-Record-Route", in: Self.imdnNamespace) }
    /// The IMDN-Route headers in order (RFC 5438 §6): the way of a report.
    public var imdnRoute: [String] { values("IMDN-Route", in: Self.imdnNamespace) }
    /// The Original-To header (RFC 5438 §6).
    public var originalTo: CPIMAddress? {
        get { header("Original-To", in: Self.imdnNamespace).flatMap { CPIMAddress($0.value) } }
        set { set("Original-To", in: Self.imdnNamespace, to: newValue?.description) }
    }

    /// The Content-Type of the content; nil when there is none or it cannot be read.
    public var contentType: MediaType? {
        get { contentHeaders.contentType }
        set { contentHeaders["Content-Type"] = newValue?.description }
    }

    /// The Content-Disposition of the content.
    public var contentDisposition: ContentDisposition? {
        get { contentHeaders.contentDisposition }
        set { contentHeaders["Content-Disposition"] = newValue?.description }
    }
}
