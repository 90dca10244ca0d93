/// Named texts, so that a case can ask for a script without an editor that shows it.
public enum SampleText: String, Sendable, Hashable, CaseIterable {
    case ascii
    case cyrillic
    case emoji
    case arabic
    case cjk
    /// Not empty, but nothing is seen of it: a no-break space, a zero-width space and a word joiner.
    case emptyLooking = "empty-looking"

    public var text: String {
        switch self {
        case .ascii: "Hello & <goodbye>; \"quoted\" \\ 100%"
        case .cyrillic: "Встретимся в семь у ёлки"
        case .emoji: "👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 e\u{301}"
        case .arabic: "نلتقي الساعة ٧ مساءً (OK?)"
        case .cjk: "七時に駅前で会おう。再見！안녕"
        case .emptyLooking: "\u{A0}\u{200B}\u{2060}"
        }
    }
}

extension SendStep {
    /// The bytes that are sent, the same at every run.
    ///
    /// A `size` gives letters and digits for a text type, and for any other type bytes that are awkward for a
    /// transport: zeros, line ends and rows of hyphens.
    public var body: [UInt8] {
        switch content {
        case .text(let text): Array(text.utf8)
        case .sample(let sample): Array(sample.text.utf8)
        case .size(let size): generatedBody(size)
        }
    }

    private func generatedBody(_ size: Int) -> [UInt8] {
        let seed = label.utf8.reduce(UInt64(size)) { ($0 &* 31) &+ UInt64($1) }
        var state = seed | 1
        let textual = contentType.lowercased().hasPrefix("text/")
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789 ".utf8)
        let awkward = Array("\r\n-------\u{0}$+#\r\n\r\n".utf8)
        var body: [UInt8] = []
        body.reserveCapacity(size)
        for index in 0..<max(0, size) {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let random = Int(state >> 33)
            if textual {
                body.append(alphabet[random % alphabet.count])
            } else if index % 97 < awkward.count {
                body.append(awkward[index % 97])
            } else {
                body.append(UInt8(truncatingIfNeeded: random))
            }
        }
        return body
    }
}
