/// The header fields this module knows by a number, so that a look-up compares one byte and not two words.
///
/// A compact form has the number of its long form (RFC 3261 §7.3.3 and the IANA registry).
enum HeaderCode: UInt8, Sendable {
    case other, via, from, to, callID, cseq, contact, contentLength, contentType, contentEncoding, maxForwards
    case route, recordRoute, path, serviceRoute, expires, subject, supported, require, proxyRequire, unsupported
    case event, allowEvents, allow, referTo, referredBy, sessionExpires, minSE, minExpires
    case acceptContact, rejectContact, requestDisposition, identity, identityInfo
    case authorization, proxyAuthorization, wwwAuthenticate, proxyAuthenticate, authenticationInfo
    case userAgent, server, date, organization, subscriptionState, accept, reason, warning
    case assertedIdentity, preferredIdentity, alertInfo, callInfo, errorInfo, retryAfter, timestamp, contentDisposition

    /// The number of a name made of token characters; `.other` for a name without one.
    static func of(_ name: UnsafeBufferPointer<UInt8>) -> HeaderCode {
        guard name.count < byLength.count else { return .other }
        for candidate in byLength[name.count] where matches(name, candidate.name) { return candidate.code }
        return .other
    }

    static func of(_ name: String) -> HeaderCode {
        var name = name
        return name.withUTF8 { of($0) }
    }

    /// The name of one letter, in small letters; nil where the field has none.
    var compactName: String? {
        guard self != .other else { return nil }
        return Self.byLength[1].first { $0.code == self }.map { text($0.name[...]) }
    }

    /// True for fields whose commas do not separate values (RFC 3261 §7.3.1 and each field's grammar).
    var isSingle: Bool {
        switch self {
        case .authorization, .proxyAuthorization, .wwwAuthenticate, .proxyAuthenticate, .authenticationInfo,
            .date, .subject, .userAgent, .server, .organization, .callID, .cseq, .retryAfter, .timestamp, .from, .to:
            true
        default: false
        }
    }

    /// Setting the bit 0x20 folds letters and leaves every other character of a usual header name as it is.
    private static func matches(_ name: UnsafeBufferPointer<UInt8>, _ candidate: [UInt8]) -> Bool {
        for index in 0..<candidate.count where (name[index] | 0x20) != candidate[index] { return false }
        return true
    }

    private static let byLength: [[(name: [UInt8], code: HeaderCode)]] = {
        var table = [[(name: [UInt8], code: HeaderCode)]](repeating: [], count: 32)
        for (name, code) in names { table[name.utf8.count].append((Array(name.utf8), code)) }
        return table
    }()

    private static let names: KeyValuePairs<String, HeaderCode> = [
        "via": .via, "v": .via, "from": .from, "f": .from, "to": .to, "t": .to, "call-id": .callID, "i": .callID,
        "cseq": .cseq, "contact": .contact, "m": .contact, "content-length": .contentLength, "l": .contentLength,
        "content-type": .contentType, "c": .contentType, "content-encoding": .contentEncoding,
        "e": .contentEncoding, "max-forwards": .maxForwards, "route": .route, "record-route": .recordRoute,
        "path": .path, "service-route": .serviceRoute, "expires": .expires, "subject": .subject, "s": .subject,
        "supported": .supported, "k": .supported, "require": .require, "proxy-require": .proxyRequire,
        "unsupported": .unsupported, "event": .event, "o": .event, "allow-events": .allowEvents,
        "u": .allowEvents, "allow": .allow, "refer-to": .referTo, "r": .referTo, "referred-by": .referredBy,
        "b": .referredBy, "session-expires": .sessionExpires, "x": .sessionExpires, "min-se": .minSE,
        "min-expires": .minExpires, "accept-contact": .acceptContact, "a": .acceptContact,
        "reject-contact": .rejectContact, "j": .rejectContact, "request-disposition": .requestDisposition,
        "d": .requestDisposition, "identity": .identity, "y": .identity, "identity-info": .identityInfo,
        "n": .identityInfo, "authorization": .authorization, "proxy-authorization": .proxyAuthorization,
        "www-authenticate": .wwwAuthenticate, "proxy-authenticate": .proxyAuthenticate,
        "authentication-info": .authenticationInfo, "user-agent": .userAgent, "server": .server, "date": .date,
        "organization": .organization, "subscription-state": .subscriptionState, "accept": .accept,
        "reason": .reason, "warning": .warning, "p-asserted-identity": .assertedIdentity,
        "p-preferred-identity": .preferredIdentity, "alert-info": .alertInfo, "call-info": .callInfo,
        "error-info": .errorInfo, "retry-after": .retryAfter, "timestamp": .timestamp,
        "content-disposition": .contentDisposition,
    ]
}
