import Diagnostics
import NIOCore
import NIOSSL

/// How this end checks the peer when it opens a TLS connection.
///
/// Certificates are verified unless `verifies` is switched off by hand.
public struct TLSClient: Sendable {
    let context: NIOSSLContext
    let serverName: String?
    private let verifies: Bool

    /// - Parameters:
    ///   - authorityFile: PEM file with the certificates to trust; nil means the system's.
    ///   - serverName: the name to ask for and to check; nil means the address that is connected to.
    ///   - verifies: false accepts any certificate, for hand-made set-ups only.
    /// - Throws: `Diagnostic` (`tls.authority`) when the file cannot be used.
    public init(authorityFile: String? = nil, serverName: String? = nil, verifies: Bool = true) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authorityFile { configuration.trustRoots = .file(authorityFile) }
        if !verifies { configuration.certificateVerification = .none }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Diagnostic(
                .input, "tls.authority", at: authorityFile.map { SourcePlace(file: $0) },
                "the certificates to trust cannot be used",
                instead: "name a PEM file with at least one CA certificate")
        }
        self.serverName = serverName
        self.verifies = verifies
    }

    func makeHandler() throws -> NIOSSLClientHandler {
        do {
            guard let serverName, verifies else {
                return try NIOSSLClientHandler(context: context, serverHostname: serverName)
            }
            return try NIOSSLClientHandler._makeSSLClientHandler(context: context, serverHostname: serverName) {
                certificate, channel in
                channel.eventLoop.makeCompletedFuture {
                    if !CertificateNames.allow(certificate, name: serverName) {
                        throw ConnectFailure.certificateForAnotherName(serverName)
                    }
                }
            }
        } catch {
            // An IP address is no server name for SNI; the certificate is then checked against the peer's address.
            return try NIOSSLClientHandler(context: context, serverHostname: nil)
        }
    }
}

/// The certificate with which this end answers TLS connections.
public struct TLSServer: Sendable {
    let context: NIOSSLContext

    /// - Parameters:
    ///   - certificateFile: PEM file, the leaf first, then what leads to the authority.
    ///   - keyFile: PEM file with its private key.
    /// - Throws: `Diagnostic` (`tls.certificate`) when they cannot be used.
    public init(certificateFile: String, keyFile: String) throws {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificateFile).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
            context = try NIOSSLContext(
                configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
        } catch {
            throw Diagnostic(
                .input, "tls.certificate", at: SourcePlace(file: certificateFile),
                "the certificate or its key\(keyFile == certificateFile ? "" : " in \(keyFile)") cannot be used",
                instead: "name a PEM certificate chain and its unencrypted PEM key")
        }
    }

    func makeHandler() -> NIOSSLServerHandler { NIOSSLServerHandler(context: context) }
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
