/// Which actor an address belongs to, by the alias sets that the description of the implementation gives.
public struct AddressBook: Sendable {
    private var actors: [String: String] = [:]

    /// - Parameter aliases: for each actor the addresses that all mean this user.
    public init(aliases: [String: [String]]) {
        for (actor, addresses) in aliases {
            for address in addresses { actors[Self.canonical(address)] = actor }
        }
    }

    /// The actor whom the address means; nil for somebody else.
    public func actor(_ address: String?) -> String? {
        guard let address else { return nil }
        return actors[Self.canonical(address)]
    }

    /// The actor of whom a disposition speaks: the first of its names that is an actor's.
    public func actor(of disposition: Disposition) -> String? {
        ([disposition.recipient].compactMap { $0 } + disposition.otherNames).lazy.compactMap { self.actor($0) }.first
    }

    /// One writing for all addresses that are the same: no display name, brackets, parameters, headers or port;
    /// scheme and host in lower case; `sips` as `sip`; a telephone number without visual separators (RFC 3966 §3,
    /// also as the user part with `user=phone`, RFC 3261 §19.1.6).
    public static func canonical(_ address: String) -> String {
        var text = Substring(address)
        if let open = text.lastIndex(of: "<"), let close = text[open...].firstIndex(of: ">") {
            text = text[text.index(after: open)..<close]
        }
        while let first = text.first, first == " " || first == "\t" { text = text.dropFirst() }
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        guard let colon = text.firstIndex(of: ":") else { return text.lowercased() }
        let scheme = text[..<colon].lowercased()
        var rest = text[text.index(after: colon)...]
        if scheme == "tel" { return "tel:" + digits(rest.prefix { $0 != ";" }) }
        guard scheme == "sip" || scheme == "sips" else { return scheme + ":" + rest }
        let isPhone = rest.lowercased().contains(";user=phone")
        let user: Substring
        if let at = rest.lastIndex(of: "@") {
            user = rest[..<at]
            rest = rest[rest.index(after: at)...]
        } else {
            user = ""
        }
        if isPhone, user.first == "+" { return "tel:" + digits(user.prefix { $0 != ";" }) }
        let host = hostPart(rest)
        let name = user.prefix { $0 != ":" }
        return name.isEmpty ? "sip:\(host)" : "sip:\(percentFolded(name))@\(host)"
    }

    private static func digits(_ number: Substring) -> String {
        String(number.filter { $0.isHexDigit || $0 == "+" || $0 == "*" || $0 == "#" })
    }

    private static func hostPart(_ text: Substring) -> String {
        var host = text.prefix { $0 != ";" && $0 != "?" && $0 != ">" }
        if host.first == "[" {
            if let close = host.firstIndex(of: "]") { host = host[...close] }
        } else {
            host = host.prefix { $0 != ":" }
        }
        return host.lowercased()
    }

    /// `%61` and `a` are the same user (RFC 3261 §19.1.4); only unreserved characters are folded.
    private static func percentFolded(_ user: Substring) -> String {
        guard user.contains("%") else { return String(user) }
        var out = [UInt8]()
        let bytes = Array(user.utf8)
        var i = 0
        while i < bytes.count {
            if bytes[i] == 0x25, i + 2 < bytes.count,
                let value = UInt8(String(decoding: bytes[(i + 1)...(i + 2)], as: UTF8.self), radix: 16)
            {
                let unreserved = (0x30...0x39).contains(value) || (0x41...0x5A).contains(value)
                    || (0x61...0x7A).contains(value) || [0x2D, 0x5F, 0x2E, 0x21, 0x7E, 0x2A, 0x27, 0x28, 0x29].contains(value)
                if unreserved {
                    out.append(value)
                } else {
                    out += String(decoding: bytes[i...(i + 2)], as: UTF8.self).uppercased().utf8
                }
                i += 3
            } else {
                out.append(bytes[i])
                i += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
