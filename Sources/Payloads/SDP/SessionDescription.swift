public import Diagnostics

/// One `a=` line: a property, or a name with a value (RFC 8866 §5.13).
public struct SDPAttribute: Sendable, Hashable {
    public var name: String
    /// nil for a property such as `sendrecv`.
    public var value: String?

    public init(_ name: String, _ value: String? = nil) {
        self.name = name
        self.value = value
    }

    var line: String { value.map { "a=\(name):\($0)" } ?? "a=\(name)" }
}

/// The `o=` line (RFC 8866 §5.2).
public struct SDPOrigin: Sendable, Hashable {
    public var username: String
    /// Decimal digits of any length.
    public var sessionID: String
    /// Decimal digits of any length; grows with each change of the description.
    public var sessionVersion: String
    public var address: SDPAddress

    public init(username: String = "-", sessionID: String, sessionVersion: String = "1", address: SDPAddress) {
        self.username = username
        self.sessionID = sessionID
        self.sessionVersion = sessionVersion
        self.address = address
    }
}

/// Network type, address type and address, as in `IN IP4 192.0.2.1`.
public struct SDPAddress: Sendable, Hashable {
    public var networkType: String
    /// `IP4` or `IP6`.
    public var addressType: String
    /// A numeric address or a name; for multicast with `/ttl`.
    public var address: String

    public init(networkType: String = "IN", addressType: String, address: String) {
        self.networkType = networkType
        self.addressType = addressType
        self.address = address
    }

    /// The type follows from the host: a colon makes it IP6. Brackets of an IPv6 address are dropped.
    public init(host: String) {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        self.init(addressType: bare.contains(":") ? "IP6" : "IP4", address: bare)
    }

    var text: String { "\(networkType) \(addressType) \(address)" }
}

/// The `t=` line with the `r=` lines behind it; as text, since nothing here depends on them.
public struct SDPTiming: Sendable, Hashable {
    public var start: String
    public var stop: String
    public var repeats: [String]

    public init(start: String = "0", stop: String = "0", repeats: [String] = []) {
        self.start = start
        self.stop = stop
        self.repeats = repeats
    }
}

/// One `m=` line and what follows it (RFC 8866 §5.14).
public struct MediaDescription: Sendable, Hashable {
    /// `message`, `audio` …
    public var media: String
    /// 0 when the medium is refused or not offered.
    public var port: Int
    /// Such as 2 in `49170/2`.
    public var portCount: Int?
    /// Such as `TCP/MSRP`.
    public var transport: String
    public var formats: [String]
    public var title: String?
    public var connections: [SDPAddress] = []
    public var bandwidths: [String] = []
    public var key: String?
    public var attributes: [SDPAttribute]

    public init(
        media: String, port: Int, transport: String, formats: [String] = ["*"], attributes: [SDPAttribute] = []
    ) {
        self.media = media
        self.port = port
        self.transport = transport
        self.formats = formats
        self.attributes = attributes
    }

    /// The value of the first attribute of that name; empty for a property.
    public func attribute(_ name: String) -> String? {
        attributes.first { $0.name == name }.map { $0.value ?? "" }
    }
}

/// A session description (RFC 8866, which replaced RFC 4566). Unknown attributes are kept, all in order.
public struct SessionDescription: Sendable, Hashable {
    /// Always 0.
    public var version = 0
    public var origin: SDPOrigin
    /// The `s=` line.
    public var name: String
    public var information: String?
    public var uri: String?
    public var emails: [String] = []
    public var phones: [String] = []
    public var connection: SDPAddress?
    public var bandwidths: [String] = []
    public var timings: [SDPTiming] = [SDPTiming()]
    /// The `z=` line.
    public var zone: String?
    public var key: String?
    public var attributes: [SDPAttribute] = []
    public var media: [MediaDescription] = []
    /// How lines end; a description with any LF alone is read as LF.
    public var lineEnding = LineEnding.crlf

    public init(origin: SDPOrigin, name: String = "-", connection: SDPAddress? = nil) {
        self.origin = origin
        self.name = name
        self.connection = connection
    }

    /// Reads a description; either line ending is accepted, and a last line without one. Errors of code `sdp.…`.
    public init(parsing bytes: [UInt8], limits: Limits = Limits()) throws(PayloadError) {
        guard bytes.count <= limits.sipBody else {
            throw PayloadError(.tooLarge, "the SDP is larger than \(limits.sipBody) bytes")
        }
        var parser = SDPParser(bytes)
        self = try parser.description()
    }

    /// The value of the first session-level attribute of that name; empty for a property.
    public func attribute(_ name: String) -> String? {
        attributes.first { $0.name == name }.map { $0.value ?? "" }
    }

    /// The description as bytes, its lines in the order of RFC 8866 §5.
    public func serialized() -> [UInt8] {
        var lines = ["v=\(version)"]
        lines.append("o=\(origin.username) \(origin.sessionID) \(origin.sessionVersion) \(origin.address.text)")
        lines.append("s=\(name)")
        if let information { lines.append("i=\(information)") }
        if let uri { lines.append("u=\(uri)") }
        lines += emails.map { "e=\($0)" }
        lines += phones.map { "p=\($0)" }
        if let connection { lines.append("c=\(connection.text)") }
        lines += bandwidths.map { "b=\($0)" }
        for timing in timings {
            lines.append("t=\(timing.start) \(timing.stop)")
            lines += timing.repeats.map { "r=\($0)" }
        }
        if let zone { lines.append("z=\(zone)") }
        if let key { lines.append("k=\(key)") }
        lines += attributes.map(\.line)
        for medium in media { lines += medium.lines }
        return lines.flatMap { Array(($0 + lineEnding.rawValue).utf8) }
    }
}

extension MediaDescription {
    fileprivate var lines: [String] {
        let ports = portCount.map { "\(port)/\($0)" } ?? "\(port)"
        var lines = ["m=\(media) \(ports) \(transport) \(formats.joined(separator: " "))"]
        if let title { lines.append("i=\(title)") }
        lines += connections.map { "c=\($0.text)" }
        lines += bandwidths.map { "b=\($0)" }
        if let key { lines.append("k=\(key)") }
        return lines + attributes.map(\.line)
    }
}
