import CCurlShim

/// Makes a failure of what libcurl says.
struct OutcomeReading {
    let plan: TransferPlan
    let settings: HTTPClientSettings
    let outcome: ccurl_outcome
    let phase: HTTPFailure.Phase

    private var words: String { outcome.words.map { String(cString: $0) } ?? "" }

    var failure: HTTPFailure {
        let address = plan.address
        switch Int(outcome.result) {
        case Int(CCURL_BAD_URL): return .unusable("libcurl cannot use the URL of \(address); write it anew")
        case Int(CCURL_UNKNOWN_NAME): return .unknownName(host)
        case Int(CCURL_CANNOT_CONNECT): return .cannotConnect(address: address, reason: Int(outcome.system_error))
        case Int(CCURL_TIMED_OUT):
            return .timedOut(address: address, milliseconds: Int(plan.connectTime.roundedMilliseconds), .connecting)
        case Int(CCURL_TLS_FAILED): return .tls(address: address, handshakeTrouble)
        case Int(CCURL_CERTIFICATE_REFUSED): return .tls(address: address, certificateTrouble)
        case Int(CCURL_BAD_AUTHORITY): return .badAuthorityFile(settings.authorityFile ?? "the system's folder")
        case Int(CCURL_NO_ANSWER), Int(CCURL_CUT_ANSWER): return .closed(address: address, phase)
        case Int(CCURL_NOT_HTTP): return .notHTTP(address: address)
        case Int(CCURL_TOO_LARGE): return .bodyTooLarge(address: address, limit: settings.maximumBody)
        case Int(CCURL_BROKEN): return brokenOff
        default: return .unexpected(address: address, code: Int(outcome.code))
        }
    }

    private var host: String {
        plan.address.lastIndex(of: ":").map { String(plan.address[..<$0]) } ?? plan.address
    }

    /// libcurl has one number for a connection that broke, for chunks that are none and for TLS that was not ended.
    private var brokenOff: HTTPFailure {
        if words.contains("chunk") || words.contains("hex") || words.contains("Malformed") {
            return .notHTTP(address: plan.address)
        }
        if words.contains("close notify") || words.contains("unexpected eof") {
            return .closed(address: plan.address, phase)
        }
        return .broken(address: plan.address, phase)
    }

    private var handshakeTrouble: HTTPFailure.TLSTrouble {
        if words.contains("wrong version number") || words.contains("packet length too long") || words.contains("http request") {
            return .notTLS
        }
        if words.contains("unsupported protocol") || words.contains("alert protocol version") { return .tooOld }
        if words.contains("alert") || words.contains("SSL_ERROR_SYSCALL") || words.contains("unexpected eof")
            || words.contains("reset by peer")
        {
            return .refusedByPeer
        }
        return .failed
    }

    /// The numbers are those of OpenSSL's x509_vfy.h.
    private var certificateTrouble: HTTPFailure.TLSTrouble {
        switch outcome.certificate_error {
        // The chain was good, or libcurl had not asked yet: then it was the name, which it looks at itself and first.
        case 0, 1, 62, 64: .wrongName(plan.checkedName)
        case 9, 13: .notYetValid
        case 10, 14: .expired
        case 2, 19, 20, 21: .unknownAuthority
        case 18: .selfSigned
        case 23: .revoked
        case let number: .badCertificate(Int(number))
        }
    }
}
