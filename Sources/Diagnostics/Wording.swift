/// The nearest of the right words to a wrong one, by edit distance; nil when none is near enough to be meant.
public func nearestWord(to wrong: String, among right: some Sequence<String>) -> String? {
    let folded = Array(wrong.lowercased().utf8)
    var best: (word: String, distance: Int)?
    for word in right {
        let distance = editDistance(folded, Array(word.lowercased().utf8))
        if distance < best?.distance ?? Int.max { best = (word, distance) }
    }
    guard let best, best.distance <= max(2, folded.count / 3) else { return nil }
    return best.word
}

private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var row = Array(0...b.count)
    for i in 1...a.count {
        var diagonal = row[0]
        row[0] = i
        for j in 1...b.count {
            let replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)
            diagonal = row[j]
            row[j] = min(replaced, row[j] + 1, row[j - 1] + 1)
        }
    }
    return row[b.count]
}

/// Text from a peer made safe for a log line or a sentence: control characters escaped, cut at `limit` characters.
public func escapedPeerText(_ text: String, limit: Int = 200) -> String {
    var out = ""
    for scalar in text.unicodeScalars.prefix(limit) {
        switch scalar {
        case "\r": out += "\\r"
        case "\n": out += "\\n"
        case "\t": out += "\\t"
        case "\\": out += "\\\\"
        case let other where other.value < 0x20 || (0x7F...0x9F).contains(other.value) || isDirectional(other):
            out += "\\u{\(String(other.value, radix: 16))}"
        default: out.unicodeScalars.append(scalar)
        }
    }
    return text.unicodeScalars.count > limit ? out + "…" : out
}

/// Marks that reorder the text around them can make a log line say something else than it does.
private func isDirectional(_ scalar: Unicode.Scalar) -> Bool {
    (0x200E...0x200F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
        || (0x2066...0x2069).contains(scalar.value)
}
