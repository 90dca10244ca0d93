#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why there is no answer to a request, in a sentence that says what to do. Never with credentials or text of a library.
public enum HTTPFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// How far a request had come.
    public enum Phase: String, Sendable, Hashable {
        case queueing = "waiting for its turn"
        case connecting = "connecting"
        case awaitingAnswer = "waiting for the answer to begin"
        case receiving = "waiting for the rest of the answer"
    }

    /// What is wrong with TLS.
    public enum TLSTrouble: Sendable, Hashable {
        case expired
        case notYetValid
        case unknownAuthority
        case selfSigned
        /// The certificate does not name whom was asked for.
        case wrongName(String)
        case revoked
        /// Refused for something else, with OpenSSL's number.
        case badCertificate(Int)
        /// What listens there does not speak TLS.
        case notTLS
        /// It speaks only versions before 1.2.
        case tooOld
        /// It ended the handshake.
        case refusedByPeer
        case failed
    }

    /// The request itself cannot be sent; the text says why and what to write.
    case unusable(String)
    /// The file of authorities cannot be used.
    case badAuthorityFile(String)
    case unknownName(String)
    /// - Parameter reason: the system's number, `errno`; 0 without.
    case cannotConnect(address: String, reason: Int)
    case tls(address: String, TLSTrouble)
    case timedOut(address: String, milliseconds: Int, Phase)
    /// The server closed the connection without an answer, or in the middle of it.
    case closed(address: String, Phase)
    /// The server reset the connection.
    case broken(address: String, Phase)
    case notHTTP(address: String)
    case headTooLarge(address: String, limit: Int)
    case bodyTooLarge(address: String, limit: Int)
    /// The task that asked was cancelled.
    case cancelled
    /// The client was shut down.
    case stopped
    /// Something that nobody thought of, with libcurl's number.
    case unexpected(address: String, code: Int)

    public var description: String {
        switch self {
        case .unusable(let why): why
        case .badAuthorityFile(let file):
            "the certificates to trust in \(file) cannot be used; name a PEM file with at least one CA certificate"
        case .unknownName(let host): "the name \(host) is not known here; write an address, or a name that can be looked up"
        case .cannotConnect(let address, let reason): Self.cannotConnect(address, reason)
        case .tls(let address, let trouble): trouble.sentence(address)
        case .timedOut(let address, let milliseconds, let phase):
            "time-out after \(milliseconds) ms while \(phase.rawValue) \(Self.preposition(phase)) \(address); "
                + Self.advice(phase)
        case .closed(let address, .receiving):
            "\(address) closed the connection in the middle of its answer; send all that Content-Length or the chunks announce"
        case .closed(let address, _): "\(address) closed the connection without an answer; answer each request"
        case .broken(let address, let phase):
            "the connection to \(address) broke while \(phase.rawValue); see whether the server is still running"
        case .notHTTP(let address):
            "what \(address) answers is not HTTP/1.1; see whether the port is right, and whether the URL should begin with https"
        case .headTooLarge(let address, let limit):
            "the head of the answer of \(address) is larger than \(limit) bytes; send fewer or shorter headers"
        case .bodyTooLarge(let address, let limit):
            "the answer of \(address) is larger than \(limit) bytes; answer with less"
        case .cancelled: "told to stop"
        case .stopped: "the HTTP client was shut down"
        case .unexpected(let address, let code): "the request to \(address) failed (libcurl says \(code)); try it by hand with curl"
        }
    }

    private static func cannotConnect(_ address: String, _ reason: Int) -> String {
        let why = reason == 0 ? "" : ": " + String(cString: strerror(CInt(truncatingIfNeeded: reason)))
        return "could not connect to \(address)\(why); see whether the server is running and listens there"
    }

    private static func preposition(_ phase: Phase) -> String {
        switch phase {
        case .queueing: "at"
        case .connecting: "to"
        case .awaitingAnswer, .receiving: "from"
        }
    }

    private static func advice(_ phase: Phase) -> String {
        switch phase {
        case .connecting: "see whether it can be reached from here"
        case .queueing: "ask less at once"
        case .awaitingAnswer, .receiving: "let the server answer sooner, or allow it more time"
        }
    }
}

extension HTTPFailure.TLSTrouble {
    func sentence(_ address: String) -> String {
        let certificate = "TLS verification failed: the certificate of \(address)"
        return switch self {
        case .expired: "\(certificate) ran out; renew it"
        case .notYetValid: "\(certificate) is not valid yet; look at the clocks"
        case .unknownAuthority:
            "\(certificate) is signed by an authority that is not among those trusted; name the right file of authorities"
        case .selfSigned: "\(certificate) is self-signed; name a file with it, or with its authority, as what to trust"
        case .wrongName(let name):
            "\(certificate) is for another name than \(name); connect by a name that it has, or give that name apart"
        case .revoked: "\(certificate) was revoked; renew it"
        case .badCertificate(let number): "\(certificate) is not acceptable (OpenSSL says \(number)); renew it"
        case .notTLS: "what listens at \(address) does not speak TLS; write http, or let it speak TLS"
        case .tooOld: "\(address) offers no TLS version from 1.2 on; let it speak TLS 1.2 or 1.3"
        case .refusedByPeer: "\(address) ended the TLS handshake; look at what it says in its log"
        case .failed: "the TLS handshake with \(address) failed; look at what it says in its log"
        }
    }
}
