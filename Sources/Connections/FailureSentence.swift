#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import Diagnostics
import NIOCore
import NIOPosix
import NIOSSL

/// Why a connection could not be opened, or broke, in one clause for a person. Never the text of a library.
public func failureSentence(_ error: any Error) -> String {
    switch error {
    case let failure as ConnectFailure: failure.description
    case let failure as Diagnostic: failure.what
    case let failure as NIOConnectionError:
        failure.connectionErrors.first.map { failureSentence($0.error) }
            ?? (failure.dnsAError == nil
                ? "nothing answered at \(failure.host) port \(failure.port)" : unknownName(failure.host))
    case let failure as SocketAddressError.UnknownHost: unknownName(failure.host)
    case let failure as IOError: String(cString: strerror(failure.errnoCode))
    case let failure as ChannelError: channelSentence(failure)
    case let failure as NIOSSLExtraError where failure == .failedToValidateHostname:
        "the certificate is for another name"
    case let failure as NIOSSLError: tlsSentence(failure)
    case is CancellationError: "told to stop"
    default: "an unexpected error (\(type(of: error)))"
    }
}

private func unknownName(_ host: String) -> String { "the name \(host) is not known here" }

private func channelSentence(_ failure: ChannelError) -> String {
    switch failure {
    case .connectTimeout(let time): "the connection was not up within \(time.nanoseconds / 1_000_000) ms"
    case .writeHostUnreachable: "there is no way to that host"
    case .unknownLocalAddress: "this machine has no such address"
    default: "the connection was closed"
    }
}

private func tlsSentence(_ failure: NIOSSLError) -> String {
    if case .uncleanShutdown = failure { return "the peer broke the connection off without ending TLS" }
    // The library names its reasons only in the text that it gives for logs.
    let text = "\(failure)"
    if text.contains("CERTIFICATE_VERIFY_FAILED") {
        return "the certificate cannot be verified: its authority is not among those trusted, or it is out of date"
    }
    if text.contains("WRONG_VERSION_NUMBER") { return "what answers there does not speak TLS" }
    if text.contains("ALERT") { return "the peer refused the TLS handshake" }
    return "the TLS handshake failed"
}
