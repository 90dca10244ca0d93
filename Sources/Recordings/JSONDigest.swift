import Crypto

extension JSONValue {
    /// SHA-256 of `canonicalBytes`, as 64 lower-case hexadecimal digits.
    public var digest: String {
        SHA256.hash(data: canonicalBytes).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
