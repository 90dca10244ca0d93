import Foundation
import SIP

/// What tells users apart, however their address is written: a telephone number is the same as `tel:` and as `sip:` URI,
/// and neither port, parameters, the case of the host nor escapes count (RFC 3261 §19.1.4, RFC 3966 §4).
struct UserKey: Hashable, Sendable, CustomStringConvertible {
    /// For example `sip:alice@cpm.example` or `tel:+4915112345678`.
    let text: String

    init(_ uri: String) {
        guard let parsed = SIPURI(uri), let user = parsed.user else {
            text = uri
            return
        }
        let plain = user.removingPercentEncoding ?? user
        let number = plain.filter { !"-.()".contains($0) }
        if parsed.scheme == "tel" || Self.isGlobalNumber(number) {
            text = "tel:" + number.lowercased()
        } else {
            text = "sip:\(plain)@\(parsed.host.lowercased())"
        }
    }

    /// `+` and digits: the same number in whatever domain (RFC 3966 §5.1.4).
    private static func isGlobalNumber(_ text: String) -> Bool {
        text.first == "+" && text.utf8.count > 3 && text.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    var description: String { text }
}

/// A user as somebody else names him.
struct Person: Hashable, Sendable, Codable {
    var uri: String
    var name: String?

    var key: UserKey { UserKey(uri) }

    init(uri: String, name: String? = nil) {
        self.uri = uri
        self.name = name
    }
}
