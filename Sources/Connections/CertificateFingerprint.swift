import Crypto

/// A hash of a certificate: the value of `a=fingerprint` (RFC 8122 §5, before it RFC 4572).
public struct CertificateFingerprint: Sendable, Hashable, CustomStringConvertible {
    /// The hash functions that are known here, the weakest first. MD5 and MD2 are not to be used.
    public enum Algorithm: String, Sendable, Hashable, CaseIterable {
        case sha1 = "sha-1"
        case sha256 = "sha-256"
        case sha384 = "sha-384"
        case sha512 = "sha-512"

        func hash(_ bytes: [UInt8]) -> [UInt8] {
            switch self {
            case .sha1: Array(Insecure.SHA1.hash(data: bytes))
            case .sha256: Array(SHA256.hash(data: bytes))
            case .sha384: Array(SHA384.hash(data: bytes))
            case .sha512: Array(SHA512.hash(data: bytes))
            }
        }

        var length: Int {
            switch self {
            case .sha1: 20
            case .sha256: 32
            case .sha384: 48
            case .sha512: 64
            }
        }
    }

    public let algorithm: Algorithm
    let bytes: [UInt8]

    /// The fingerprint of a certificate, given as DER.
    init(of certificate: [UInt8], _ algorithm: Algorithm = .sha256) {
        self.algorithm = algorithm
        bytes = algorithm.hash(certificate)
    }

    /// Reads `SHA-256 4A:AD:…`, in any case; nil when it is no such value or the function is not known.
    public init?(_ value: String) {
        let words = value.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, let algorithm = Algorithm(rawValue: words[0].lowercased()) else { return nil }
        let pairs = words[1].split(separator: ":", omittingEmptySubsequences: false)
        let bytes = pairs.compactMap { $0.utf8.count == 2 && $0.first != "+" ? UInt8($0, radix: 16) : nil }
        guard bytes.count == pairs.count, bytes.count == algorithm.length else { return nil }
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// As it stands in SDP, such as `SHA-256 4A:AD:…`.
    public var description: String {
        let digits = bytes.map { byte in
            let text = String(byte, radix: 16, uppercase: true)
            return text.utf8.count == 2 ? text : "0" + text
        }
        return algorithm.rawValue.uppercased() + " " + digits.joined(separator: ":")
    }
}

/// What the other end has announced of the certificate that it will show.
public struct AnnouncedCertificate: Sendable, Hashable {
    private let values: [String]

    /// - Parameter values: the values of `a=fingerprint`; nil without any, since then the certificate is checked by its
    ///   authority alone.
    public init?(_ values: [String]) {
        if values.isEmpty { return nil }
        self.values = values
    }

    /// Compares with the certificate that the peer showed, given as DER.
    ///
    /// Of several fingerprints those with the strongest function count, and one of them must fit (RFC 8122 §5.1).
    /// - Throws: `ConnectFailure`, with what does not fit.
    public func check(_ certificate: [UInt8]?) throws {
        let known = values.compactMap { CertificateFingerprint($0) }
        guard let strongest = known.map(\.algorithm).max(by: { $0.length < $1.length }) else {
            throw ConnectFailure.fingerprintNotUsable
        }
        guard let certificate else { throw ConnectFailure.announcedCertificateNotShown }
        let shown = CertificateFingerprint(of: certificate, strongest)
        guard known.contains(shown) else { throw ConnectFailure.certificateNotAnnounced(shown: shown.description) }
    }
}
