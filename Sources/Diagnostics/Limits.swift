/// The bounds on everything that comes from outside. Reading stops above them, with an error that names the bound.
///
/// Sizes are bytes unless the name says otherwise. One value is made at the start of a command and handed down.
public struct Limits: Sendable, Hashable {
    /// Start line and headers of one SIP message.
    public var sipHead = 64 * 1024
    /// Body of one SIP message.
    public var sipBody = 1024 * 1024
    /// Number of header fields in one SIP message, and of values in one header.
    public var sipHeaderCount = 256
    /// Start line and headers of one MSRP chunk.
    public var msrpHead = 8 * 1024
    /// Number of header fields in one MSRP chunk.
    public var msrpHeaderCount = 128
    /// One MSRP message put together from its chunks.
    public var msrpMessage = 10 * 1024 * 1024
    /// MSRP messages of one session that may be incomplete at once.
    public var msrpIncompleteMessages = 64
    /// One XML document.
    public var xml = 4 * 1024 * 1024
    /// Depth of elements in one XML document.
    public var xmlDepth = 64
    /// Parts of one multipart body.
    public var multipartParts = 256
    /// One recording file.
    public var recording = 256 * 1024 * 1024
    /// All recordings that a run holds at once, as they will be written.
    public var recordingsAtOnce = 1024 * 1024 * 1024
    /// One YAML file: suite, catalogue or description of an implementation.
    public var yaml = 4 * 1024 * 1024
    /// Nanoseconds that a started message may take until its end.
    public var completion: Int64 = 30_000_000_000
    /// Nanoseconds that a TLS handshake may take on a connection that a peer has opened.
    public var handshake: Int64 = 30_000_000_000
    /// Nanoseconds in which nothing comes on a SIP connection that a peer has opened until it is closed: longer than most
    /// registrations last, since a flow need not be kept alive between them.
    public var idle: Int64 = 7_200_000_000_000
    /// Bytes waiting to be written to one connection before the writer must wait.
    public var writeBacklog = 4 * 1024 * 1024

    public init() {}
}
