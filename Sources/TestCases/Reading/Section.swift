internal import Diagnostics

/// A mapping with known keys, read with complaints about all others.
struct Section {
    let node: DocumentNode
    /// What it is, for sentences: "a 'send' step".
    let title: String
    let findings: Findings
    private let entries: [String: DocumentNode.Entry]
    /// Keys that a misspelt one probably stands for.
    private let misspelt: Set<String>

    /// Nil when the node is no mapping; the findings then say so.
    ///
    /// - Parameter suggesting: keys that may be written in place of an unknown one; nil suggests all.
    init?(
        _ node: DocumentNode, _ title: String, keys: [String], suggesting: [String]? = nil, required: [String] = [],
        findings: Findings
    ) {
        let known = suggesting ?? keys
        self.node = node
        self.title = title
        self.findings = findings
        guard let mapping = node.mapping else {
            findings.add(
                "input.wrong-type", node.place, "\(title) must be a mapping, not \(node.typeInWords)",
                "write its keys: \(known.joined(separator: ", "))")
            return nil
        }
        var entries: [String: DocumentNode.Entry] = [:]
        var misspelt: Set<String> = []
        for entry in mapping {
            guard keys.contains(entry.key) else {
                findings.addUnknown("input.unknown-key", entry.keyPlace, entry.key, is: "key of \(title)", of: known)
                if let meant = nearestWord(to: entry.key, among: known) { misspelt.insert(meant) }
                continue
            }
            entries[entry.key] = entry
        }
        self.entries = entries
        self.misspelt = misspelt
        for key in required where entries[key].map(\.value.isEmpty) ?? true {
            // One mistake is said once.
            if entries[key] == nil, misspelt.contains(key) { continue }
            findings.add("input.missing-key", node.place, "\(title) has no '\(key)'", "add '\(key)'")
        }
    }

    /// The value of a key; nil when it is missing or empty.
    subscript(key: String) -> DocumentNode? {
        guard let value = entries[key]?.value, !value.isEmpty else { return nil }
        return value
    }

    /// A key that is there, rightly spelt or not: what would follow from its absence is then no mistake of its own.
    func seemsPresent(_ key: String) -> Bool { entries[key] != nil || misspelt.contains(key) }

    /// Keys that are there, with something or nothing after them.
    var present: Set<String> { Set(entries.keys) }

    /// The place of a key's value, or of the whole.
    func place(_ key: String) -> SourcePlace? { entries[key]?.value.place ?? node.place }

    private func wrongType(_ key: String, _ node: DocumentNode, _ wanted: String) {
        findings.add(
            "input.wrong-type", node.place, "'\(key)' must be \(wanted), not \(node.typeInWords)")
    }

    func string(_ key: String) -> String? {
        guard let node = self[key] else { return nil }
        guard let text = node.scalar else {
            wrongType(key, node, "a word or a text")
            return nil
        }
        return text
    }

    /// - Parameter words: as the key is usually written.
    func bool(_ key: String, words: String = "true or false") -> Bool? {
        guard let node = self[key] else { return nil }
        guard let value = node.bool else {
            wrongType(key, node, words)
            return nil
        }
        return value
    }

    func int(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = self[key] else { return nil }
        guard let value = node.int else {
            wrongType(key, node, "a whole number")
            return nil
        }
        guard range.contains(value) else {
            findings.add(
                "input.out-of-range", node.place, "'\(key)' is \(value)",
                "write a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    /// Milliseconds from `500ms`, `3s`, `2m`, `1h` or `4d`.
    ///
    /// - Parameter range: milliseconds; ten years are more than any policy states and less than what can be counted in
    ///   nanoseconds.
    func duration(_ key: String, in range: ClosedRange<Int64> = 0...3_650 * 86_400_000) -> Int64? {
        guard let node = self[key] else { return nil }
        guard let text = node.scalar, let value = Self.milliseconds(text) else {
            wrongType(key, node, "a time with its unit, such as 500ms, 3s, 2m, 1h or 4d")
            return nil
        }
        guard range.contains(value) else {
            let most = range.upperBound / 86_400_000
            findings.add(
                "input.out-of-range", node.place, "'\(key)' is \(escapedPeerText(text, limit: 20))",
                value < range.lowerBound ? "write at least \(range.lowerBound)ms" : "write at most \(most)d")
            return nil
        }
        return value
    }

    static func milliseconds(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number <= 1_000_000_000 else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": return number
        case "s": return number * 1000
        case "m": return number * 60_000
        case "h": return number * 3_600_000
        case "d": return number * 86_400_000
        default: return nil
        }
    }

    /// One of the raw values of an enum.
    func word<Word: RawRepresentable & CaseIterable>(
        _ key: String, _ type: Word.Type, is what: String, code: String = "input.unknown-word"
    ) -> Word? where Word.RawValue == String {
        guard let node = self[key] else { return nil }
        return findings.word(node, type, is: what, code: code)
    }

    /// A list; a single scalar counts as a list of one.
    func list(_ key: String) -> [DocumentNode]? {
        guard let node = self[key] else { return nil }
        if let nodes = node.sequence { return nodes }
        if node.scalar != nil { return [node] }
        wrongType(key, node, "a list")
        return nil
    }

    /// A list of texts.
    func strings(_ key: String) -> [String]? {
        list(key)?.compactMap { node in
            if node.scalar == nil { wrongType(key, node, "a list of words") }
            return node.scalar
        }
    }
}

extension Findings {
    /// One of the raw values of an enum, or a complaint with the nearest.
    func word<Word: RawRepresentable & CaseIterable>(
        _ node: DocumentNode, _ type: Word.Type, is what: String, code: String = "input.unknown-word"
    ) -> Word? where Word.RawValue == String {
        guard let text = node.scalar else {
            add("input.wrong-type", node.place, "the \(what) must be a word, not \(node.typeInWords)")
            return nil
        }
        if let value = Word(rawValue: text) { return value }
        addUnknown(code, node.place, text, is: what, of: type.allCases.map(\.rawValue))
        return nil
    }
}
