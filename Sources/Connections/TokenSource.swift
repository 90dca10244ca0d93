/// Makes the identifiers of one case or server: branches, tags, call and message ids, nonces.
///
/// Two sources with the same seed make the same tokens in the same order, so that a run can be repeated.
/// Confined to one event loop or task; it is not Sendable on purpose.
public final class TokenSource {
    private var state: UInt64

    /// - Parameter seed: any number; tokens are unique for one seed and not secret.
    public init(seed: UInt64) { state = seed }

    /// A source for one actor or part, independent of how many tokens the others draw.
    public func child(_ name: String) -> TokenSource {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return TokenSource(seed: state ^ hash)
    }

    /// The next 64 bits (SplitMix64).
    public func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Lower-case letters and digits, starting with a letter: fit for a SIP tag, an MSRP transaction or a file name.
    public func token(length: Int = 16) -> String {
        var out = [UInt8]()
        out.reserveCapacity(length)
        var bits: UInt64 = 0
        var left = 0
        while out.count < length {
            if left < 5 { bits = next(); left = 60 }
            let value = UInt8(bits & 31)
            bits >>= 5
            left -= 5
            out.append(out.isEmpty ? 97 + value % 26 : (value < 26 ? 97 + value : 48 + value - 26))
        }
        return String(decoding: out, as: UTF8.self)
    }
}
