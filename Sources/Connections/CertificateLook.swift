#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif
public import NIOCore
import NIOPosix
import NIOSSL

/// Looks at the certificate of a peer that was refused, for saying why: whoever it is, nothing is sent to it.
public enum CertificateLook {
    /// What is wrong with the certificate's time, in one clause; nil when it is valid now, or cannot be looked at.
    public static func untimeliness(
        host: String, port: Int, serverName: String, timeout: TimeAmount, on eventLoop: any EventLoop
    ) async -> String? {
        guard let curious = try? TLSClient(serverName: serverName, verifies: false) else { return nil }
        let validity = eventLoop.flatSubmit {
            Sockets(eventLoop: eventLoop, protocolName: "sip", tap: nil)
                .connect(host: host, port: port, tls: curious, timeout: timeout) { _ in }
                .assumeIsolated().map { channel -> ClosedRange<time_t>? in
                    let certificate = try? channel.pipeline.syncOperations.nioSSL_peerCertificate()
                    channel.close(promise: nil)
                    guard let certificate, certificate.notValidBefore <= certificate.notValidAfter else { return nil }
                    return certificate.notValidBefore...certificate.notValidAfter
                }.nonisolated()
        }
        guard let validity = try? await validity.get() else { return nil }
        return sentence(validity)
    }

    /// - Parameters:
    ///   - validity: in seconds since 1970, as `now`.
    static func sentence(_ validity: ClosedRange<time_t>, now: time_t = time(nil)) -> String? {
        if now > validity.upperBound { return "the certificate ran out on \(day(validity.upperBound))" }
        if now < validity.lowerBound { return "the certificate is not valid before \(day(validity.lowerBound))" }
        return nil
    }

    /// The bytes of a numeric address, as a certificate has them; nil for a name.
    static func bytes(ofAddress text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: &six) { Array($0) } }
        return nil
    }

    private static func day(_ seconds: time_t) -> String {
        var (seconds, parts) = (seconds, tm())
        guard gmtime_r(&seconds, &parts) != nil else { return "another day" }
        let (month, day) = (Int(parts.tm_mon) + 1, Int(parts.tm_mday))
        return "\(Int(parts.tm_year) + 1900)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}
