/// Who opens the TCP connection (RFC 4145 §4, for MSRP RFC 6135).
public enum MSRPSetup: String, Sendable, Hashable, CaseIterable {
    case active, passive, actpass, holdconn
}

/// Which way media may go, seen from whoever wrote the description (RFC 8866 §6.7).
public enum MediaDirection: String, Sendable, Hashable, CaseIterable {
    case sendrecv, sendonly, recvonly, inactive

    /// The same, seen from the other side.
    public var reversed: MediaDirection {
        switch self {
        case .sendonly: .recvonly
        case .recvonly: .sendonly
        case .sendrecv, .inactive: self
        }
    }

    public var canSend: Bool { self == .sendrecv || self == .sendonly }
    public var canReceive: Bool { self == .sendrecv || self == .recvonly }

    public init(canSend: Bool, canReceive: Bool) {
        self = canSend ? (canReceive ? .sendrecv : .sendonly) : (canReceive ? .recvonly : .inactive)
    }

    /// What is left of this wish in an answer to `offered` (RFC 3264 §6.1).
    public func answering(_ offered: MediaDirection) -> MediaDirection {
        MediaDirection(canSend: canSend && offered.canReceive, canReceive: canReceive && offered.canSend)
    }
}

/// The MSRP medium of a session description (RFC 4975 §8, RFC 6135).
public struct MSRPMedia: Sendable, Hashable {
    /// The host to connect to: an address without brackets, or a name.
    public var host: String
    /// 0 when the medium is refused.
    public var port: Int
    /// Whether it is `TCP/TLS/MSRP`.
    public var secure: Bool
    /// The MSRP URIs of `a=path`, the nearest hop first.
    public var path: [String]
    /// nil when there is no `a=setup`: then the offerer connects (RFC 4975 §5.4).
    public var setup: MSRPSetup?
    public var acceptTypes: [String]
    public var acceptWrappedTypes: [String]
    /// Bytes of the largest message; nil when there is no `a=max-size`.
    public var maxSize: Int?
    public var direction: MediaDirection
    /// The values of `a=fingerprint`, such as `SHA-256 4A:AD:…`, one for each certificate and hash (RFC 8122 §5.1).
    public var fingerprints: [String]
    /// Attributes of the medium that none of the above holds.
    public var otherAttributes: [SDPAttribute]

    public init(
        host: String, port: Int, path: [String], secure: Bool = false, setup: MSRPSetup? = nil
    ) {
        self.host = host
        self.port = port
        self.path = path
        self.secure = secure
        self.setup = setup
        acceptTypes = ["*"]
        acceptWrappedTypes = []
        maxSize = nil
        direction = .sendrecv
        fingerprints = []
        otherAttributes = []
    }

    /// The first MSRP medium of the description, one that is not refused if there is any; nil when it has none.
    public init?(_ description: SessionDescription) {
        let media = description.media.filter(Self.isMSRP)
        guard let medium = media.first(where: { $0.port != 0 }) ?? media.first else { return nil }
        self.init(medium, in: description)
    }

    /// Whether this is a `message` medium over MSRP.
    public static func isMSRP(_ medium: MediaDescription) -> Bool {
        medium.media == "message"
            && (medium.transport.equalsIgnoringCase("TCP/MSRP") || medium.transport.equalsIgnoringCase("TCP/TLS/MSRP"))
    }

    /// Whether the medium was refused.
    public var isRefused: Bool { port == 0 }

    /// Whether `type` may be sent to whoever wrote this, on its own or inside a wrapper.
    public func accepts(_ type: MediaType, wrapped: Bool = false) -> Bool {
        let plain = acceptTypes.contains { type.isCovered(by: $0) }
        return wrapped ? plain || acceptWrappedTypes.contains { type.isCovered(by: $0) } : plain
    }

    private static let known: Set<String> = [
        "path", "setup", "accept-types", "accept-wrapped-types", "max-size", "fingerprint", "sendrecv", "sendonly",
        "recvonly", "inactive",
    ]

    private init(_ medium: MediaDescription, in description: SessionDescription) {
        func value(_ name: String) -> String? { medium.attribute(name) ?? description.attribute(name) }
        func list(_ name: String) -> [String] { value(name)?.split(separator: " ").map(String.init) ?? [] }
        host = (medium.connections.first ?? description.connection ?? description.origin.address).address
        port = medium.port
        secure = medium.transport.equalsIgnoringCase("TCP/TLS/MSRP")
        path = list("path")
        setup = value("setup").flatMap { MSRPSetup(rawValue: $0.trimmingBlanks().lowercased()) }
        acceptTypes = list("accept-types")
        acceptWrappedTypes = list("accept-wrapped-types")
        maxSize = value("max-size")?.trimmingBlanks().decimal
        let own = medium.attributes.filter { $0.name == "fingerprint" }
        fingerprints = (own.isEmpty ? description.attributes.filter { $0.name == "fingerprint" } : own).compactMap(\.value)
        // The medium's own attribute comes before the session's.
        let written = medium.attributes + description.attributes
        direction = written.lazy.filter { $0.value == nil }.compactMap { MediaDirection(rawValue: $0.name) }.first ?? .sendrecv
        otherAttributes = medium.attributes.filter { !Self.known.contains($0.name) }
    }

    /// The medium as part of a description; the address is left to the caller.
    public var mediaDescription: MediaDescription {
        var attributes = [SDPAttribute("accept-types", acceptTypes.joined(separator: " "))]
        if !acceptWrappedTypes.isEmpty {
            attributes.append(SDPAttribute("accept-wrapped-types", acceptWrappedTypes.joined(separator: " ")))
        }
        if let maxSize { attributes.append(SDPAttribute("max-size", String(maxSize))) }
        attributes.append(SDPAttribute("path", path.joined(separator: " ")))
        if let setup { attributes.append(SDPAttribute("setup", setup.rawValue)) }
        attributes += fingerprints.map { SDPAttribute("fingerprint", $0) }
        attributes.append(SDPAttribute(direction.rawValue))
        return MediaDescription(
            media: "message", port: port, transport: secure ? "TCP/TLS/MSRP" : "TCP/MSRP", formats: ["*"],
            attributes: attributes + otherAttributes)
    }
}
