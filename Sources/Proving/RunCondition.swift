import Connections
import EnablerReference
import SIP
import TestCases

/// A legal difference in what carries a run, not in what the enabler does: it changes settings and the description.
public enum RunCondition: String, CaseIterable, Sendable, Hashable {
    case ipv6
    case tls
    case digestMD5 = "digest-md5"
    case digestSHA256 = "digest-sha-256"

    /// What differs, as one clause.
    public var summary: String {
        switch self {
        case .ipv6: "everything runs over IPv6"
        case .tls: "SIP and MSRP run over TLS, with fingerprints in the session descriptions"
        case .digestMD5: "users must show that they know their passwords, by MD5"
        case .digestSHA256: "users must show that they know their passwords, by SHA-256"
        }
    }

    /// The text that allows it.
    public var allowedBy: String {
        switch self {
        case .ipv6: "RFC 3261 §7.3.1, RFC 5118"
        case .tls: "RFC 3261 §26.2.1, RFC 4975 §14, RFC 8122"
        case .digestMD5: "RFC 3261 §22.4, RFC 7616"
        case .digestSHA256: "RFC 7616, RFC 8760"
        }
    }

    func apply(to settings: inout EnablerSettings) {
        switch self {
        case .ipv6: settings.host = "::1"
        case .tls:
            // A text that is part of the program cannot be unreadable; if it were, every case would say so.
            settings.tls = try? EmbeddedCertificate.server()
            settings.tlsClient = try? EmbeddedCertificate.client()
        case .digestMD5: settings.digest = Self.digest(.md5, settings)
        case .digestSHA256: settings.digest = Self.digest(.sha256, settings)
        }
    }

    func apply(to description: inout ImplementationDescription) {
        switch self {
        case .ipv6: break
        case .tls: description.ixit.address.transport = .tls
        case .digestMD5, .digestSHA256:
            for place in description.ixit.users.indices { description.ixit.users[place].password = Secret(Self.password) }
        }
    }

    /// How clients check the certificate; nil where there is none.
    var client: TLSClient? { self == .tls ? try? EmbeddedCertificate.client() : nil }

    private static let password = "known to both sides"

    private static func digest(_ algorithm: DigestAlgorithm, _ settings: EnablerSettings) -> DigestSettings {
        let names = ImplementationDescription.embedded(address: IXITAddress(host: "", port: 0)).ixit.users.map { user in
            String(user.uri.dropFirst(4).prefix { $0 != "@" })
        }
        return DigestSettings(
            realm: settings.domain, passwords: Dictionary(names.map { ($0, password) }, uniquingKeysWith: { a, _ in a }),
            algorithms: [algorithm])
    }
}
