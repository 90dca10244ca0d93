import Diagnostics
public import NIOCore
import NIOSSL

/// How this end checks the peer when it opens a TLS connection.
///
/// Certificates are verified unless `verifies` is switched off by hand.
public struct TLSClient: Sendable {
    private var configuration: TLSConfiguration
    private var context: NIOSSLContext
    private let serverName: String?
    private let verifies: Bool
    private var prefersHost = false
    private var announced: AnnouncedCertificate?

    /// - Parameters:
    ///   - authorityFile: PEM file with the certificates to trust; nil means the system's.
    ///   - serverName: the name to ask for and to check, or the address to check; nil means the host that is connected to.
    ///   - verifies: false accepts any certificate, for hand-made set-ups only.
    /// - Throws: `Diagnostic` (`tls.authority`) when the file cannot be used.
    public init(authorityFile: String? = nil, serverName: String? = nil, verifies: Bool = true) throws {
        try self.init(
            trusting: authorityFile.map { .file($0) }, place: authorityFile.map { SourcePlace(file: $0) },
            serverName: serverName, verifies: verifies)
    }

    /// The same with the text of a PEM file in place of its name.
    public init(authorityPEM: String, serverName: String? = nil) throws {
        let roots = try NIOSSLCertificate.fromPEMBytes(Array(authorityPEM.utf8))
        try self.init(trusting: .certificates(roots), place: nil, serverName: serverName, verifies: true)
    }

    private init(trusting roots: NIOSSLTrustRoots?, place: SourcePlace?, serverName: String?, verifies: Bool) throws {
        configuration = TLSConfiguration.makeClientConfiguration()
        if let roots { configuration.trustRoots = roots }
        if !verifies { configuration.certificateVerification = .none }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Diagnostic(
                .input, "tls.authority", at: place, "the certificates to trust cannot be used",
                instead: "name a PEM file with at least one CA certificate")
        }
        self.serverName = serverName
        self.verifies = verifies
    }

    /// The same, for a peer that has announced its certificate in SDP: it must show that very one, and needs no
    /// authority besides (RFC 4975 §14.4, RFC 8122 §6.2). The description came over signalling that is trusted.
    public func expecting(_ announced: AnnouncedCertificate) throws -> TLSClient {
        var copy = self
        copy.announced = announced
        // The hand-over of the certificate to `check` takes the place of what the library verifies.
        copy.configuration.certificateVerification = .noHostnameVerification
        copy.context = try NIOSSLContext(configuration: copy.configuration)
        return copy
    }

    /// The same, showing a certificate of its own to a peer that asks for one.
    public func showing(_ own: TLSServer) throws -> TLSClient {
        var copy = self
        copy.configuration.certificateChain = own.chain
        copy.configuration.privateKey = .privateKey(own.key)
        copy.context = try NIOSSLContext(configuration: copy.configuration)
        return copy
    }

    /// The same for connections to other hosts of the peer, such as those of its media: one that has a name is asked for and
    /// checked by that (RFC 4975 §14.1), one that is a mere address by the name given here, or, where that is an address too,
    /// by its own.
    public func checkingNamesOfHosts() -> TLSClient {
        var copy = self
        copy.prefersHost = true
        return copy
    }

    /// - Parameter host: what is connected to, as a name or an address.
    func makeHandler(for host: String) throws -> NIOSSLClientHandler {
        let name = wantedName(for: host)
        let address = CertificateLook.bytes(ofAddress: name)
        // An IP address is no server name for SNI (RFC 6066 §3).
        let asked = address == nil ? name : nil
        if announced != nil { return try handlerForAnnounced(asked) }
        guard verifies else { return try NIOSSLClientHandler(context: context, serverHostname: asked) }
        guard let address else {
            return try handler(context, name) { certificate in
                if !CertificateNames.allow(certificate, name: name) { throw ConnectFailure.certificateForAnotherName(name) }
            }
        }
        // The library would compare with the address of the peer, which behind a NAT is another one.
        var configuration = configuration
        configuration.certificateVerification = .noHostnameVerification
        return try handler(NIOSSLContext(configuration: configuration), nil) { certificate in
            if !CertificateNames.hold(certificate, address: address) { throw ConnectFailure.certificateForAnotherName(name) }
        }
    }

    private func wantedName(for host: String) -> String {
        // The zone of a link-local address is this machine's affair (RFC 4007 §11).
        let host = String(host.prefix { $0 != "%" })
        guard let serverName else { return host }
        let isNamed = CertificateLook.bytes(ofAddress: host) == nil || CertificateLook.bytes(ofAddress: serverName) != nil
        return prefersHost && isNamed ? host : serverName
    }

    /// Takes any certificate; `check` looks at it before a byte of the peer's is passed on.
    private func handlerForAnnounced(_ name: String?) throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: name) { _, promise in
            promise.succeed(.certificateVerified)
        }
    }

    /// What is left to check when the handshake is done.
    func check(_ channel: any Channel) throws { try announced?.check(peerCertificate(of: channel)) }

    /// A handler that looks at the certificate once the library is content with it.
    private func handler(
        _ context: NIOSSLContext, _ name: String?, check: @escaping @Sendable (NIOSSLCertificate) throws -> Void
    ) throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler._makeSSLClientHandler(context: context, serverHostname: name) { certificate, channel in
            channel.eventLoop.makeCompletedFuture { try check(certificate) }
        }
    }
}

/// The certificate with which this end answers TLS connections.
public struct TLSServer: Sendable {
    /// Of the certificate, for `a=fingerprint` (RFC 8122).
    public let fingerprint: CertificateFingerprint
    let chain: [NIOSSLCertificateSource]
    let key: NIOSSLPrivateKey
    private let context: NIOSSLContext
    /// Asks the peer for a certificate too.
    private let mutual: NIOSSLContext
    private var asksForCertificate = false

    /// - Parameters:
    ///   - certificateFile: PEM file, the leaf first, then what leads to the authority.
    ///   - keyFile: PEM file with its private key.
    /// - Throws: `Diagnostic` (`tls.certificate`) when they cannot be used.
    public init(certificateFile: String, keyFile: String) throws {
        do {
            try self.init(
                NIOSSLCertificate.fromPEMFile(certificateFile), NIOSSLPrivateKey(file: keyFile, format: .pem))
        } catch {
            throw Diagnostic(
                .input, "tls.certificate", at: SourcePlace(file: certificateFile),
                "the certificate or its key\(keyFile == certificateFile ? "" : " in \(keyFile)") cannot be used",
                instead: "name a PEM certificate chain and its unencrypted PEM key")
        }
    }

    /// The same with the texts of the files in place of their names.
    public init(certificatePEM: String, keyPEM: String) throws {
        try self.init(
            NIOSSLCertificate.fromPEMBytes(Array(certificatePEM.utf8)),
            NIOSSLPrivateKey(bytes: Array(keyPEM.utf8), format: .pem))
    }

    private init(_ certificates: [NIOSSLCertificate], _ key: NIOSSLPrivateKey) throws {
        guard let leaf = certificates.first else { throw NIOSSLError.failedToLoadCertificate }
        fingerprint = CertificateFingerprint(of: try leaf.toDERBytes())
        chain = certificates.map { .certificate($0) }
        self.key = key
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        context = try NIOSSLContext(configuration: configuration)
        configuration.certificateVerification = .optionalVerification
        configuration.trustRoots = .certificates([])
        mutual = try NIOSSLContext(configuration: configuration)
    }

    /// The same, asking each client for a certificate. None is demanded and any is taken: which one was announced is
    /// known only when the session is, and checked then with `peerCertificate`.
    public func askingForCertificate() -> TLSServer {
        var copy = self
        copy.asksForCertificate = true
        return copy
    }

    /// What keeps a peer that trusts its authority from accepting the certificate for a host, in one clause; nil when nothing
    /// does today.
    public func mistake(for host: String) -> String? {
        guard case .certificate(let leaf)? = chain.first else { return nil }
        let (from, until) = (leaf.notValidBefore, leaf.notValidAfter)
        guard from <= until else { return "the certificate is never valid" }
        if let untimely = CertificateLook.sentence(from...until) { return untimely }
        return CertificateNames.covers(leaf, host: host) ? nil : "the certificate is not for \(host)"
    }

    func makeHandler() -> NIOSSLServerHandler {
        guard asksForCertificate else { return NIOSSLServerHandler(context: context) }
        return NIOSSLServerHandler(context: mutual) { _, promise in promise.succeed(.certificateVerified) }
    }
}

/// The certificate that the peer of a connection showed, as DER; nil without TLS, before the handshake, and where it
/// showed none. To be called on the connection's event loop.
public func peerCertificate(of channel: any Channel) -> [UInt8]? {
    let pipeline = channel.pipeline.syncOperations
    let shown =
        (try? pipeline.handler(type: NIOSSLClientHandler.self))?.peerCertificate
        ?? (try? pipeline.handler(type: NIOSSLServerHandler.self))?.peerCertificate
    return try? shown?.toDERBytes()
}

/// The names of a certificate. The TLS library is content when either the name or the peer's address is among them;
/// a user who gives a name wants that name.
enum CertificateNames {
    /// True when the certificate names the host, or names no host at all, so that the library compared its common name.
    static func allow(_ certificate: NIOSSLCertificate, name: String) -> Bool {
        let names = Array(certificate._subjectAlternativeNames())
        if names.isEmpty { return true }
        let hosts = names.filter { $0.nameType == .dnsName }.map { entry in
            entry.contents.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        }
        return hosts.contains { matches($0, name) }
    }

    /// True when a host is among the names or addresses of a certificate; one that has neither is not looked into.
    static func covers(_ certificate: NIOSSLCertificate, host: String) -> Bool {
        let names = Array(certificate._subjectAlternativeNames())
        if names.isEmpty { return true }
        guard let wanted = CertificateLook.bytes(ofAddress: host) else { return allow(certificate, name: host) }
        return hold(certificate, address: wanted)
    }

    /// True when an address is among those of a certificate.
    static func hold(_ certificate: NIOSSLCertificate, address: [UInt8]) -> Bool {
        certificate._subjectAlternativeNames().contains { entry in
            entry.nameType == .ipAddress && entry.contents.withUnsafeBufferPointer { Array($0) } == address
        }
    }

    /// Equal without regard to case; `*` stands for the whole first label and for nothing else (RFC 6125 §6.4.3).
    static func matches(_ pattern: String, _ name: String) -> Bool {
        let pattern = labels(pattern)
        let name = labels(name)
        guard pattern.count == name.count else { return false }
        return zip(pattern, name).enumerated().allSatisfy { place, pair in
            pair.0 == pair.1 || (place == 0 && pair.0 == "*" && pattern.count > 2)
        }
    }

    private static func labels(_ host: String) -> [Substring] {
        let host = host.lowercased()
        return (host.hasSuffix(".") ? host.dropLast() : host[...]).split(separator: ".", omittingEmptySubsequences: false)
    }
}
