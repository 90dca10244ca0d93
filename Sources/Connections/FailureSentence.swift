#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import NIOCore
import NIOPosix
import NIOSSL

/// Why a connection could not be opened, or broke, in one clause for a person.
public func failureSentence(_ error: any Error) -> String {
    switch error {
    case let failure as NIOConnectionError:
        failure.connectionErrors.first.map { failureSentence($0.error) }
            ?? failure.dnsAError.map { "the name \(failure.host) is not known: \($0)" }
            ?? "nothing answered at \(failure.host) port \(failure.port)"
    case let failure as IOError: String(cString: strerror(failure.errnoCode))
    case ChannelError.connectTimeout(let time): "the connection was not up within \(time.nanoseconds / 1_000_000) ms"
    case let failure as NIOSSLExtraError where failure == .failedToValidateHostname:
        "the certificate is for another name"
    case NIOSSLError.uncleanShutdown: "the peer broke the connection off without ending TLS"
    case let failure as NIOSSLError: tlsSentence(failure)
    default: "\(error)"
    }
}

private func tlsSentence(_ failure: NIOSSLError) -> String {
    let text = "\(failure)"
    if text.contains("CERTIFICATE_VERIFY_FAILED") {
        return "the certificate cannot be verified: its authority is not among those trusted, or it is out of date"
    }
    if text.contains("WRONG_VERSION_NUMBER") { return "what answers there does not speak TLS" }
    return "TLS failed: \(text)"
}
