extension WitnessBook {
    /// The book as YAML, in the order of the names, so that two ways to the same book give the same file.
    public var yaml: String {
        var out = """
            # What `cpmcheck prove --fast` plays: each defect against cases that must catch it and cases that must stay
            # green, each variation and condition against cases that must pass. `cpmcheck prove --write-witnesses` makes
            # it anew from what it played; `binding-keys` is written by hand: a value of a key of the binding profile, and
            # where it changes a verdict.
            proof: witnesses

            """
        out += Self.section("defects", defects) { "    caught:\(Self.list($0.caught, indent: 6))    green:\(Self.list($0.green, indent: 6))" }
        out += Self.section("variations", variations) { Self.items($0, indent: 4) }
        out += Self.section("conditions", conditions) { Self.items($0, indent: 4) }
        guard !keys.isEmpty else { return out }
        out += "\nbinding-keys:\n"
        for trial in keys {
            out += "  - key: \(trial.key.rawValue)\n    value: \(trial.value)\n    case: \(trial.caseID)\n"
            if let defect = trial.defect { out += "    defect: \(defect)\n" }
            if let variation = trial.variation { out += "    variation: \(variation)\n" }
        }
        return out
    }

    private static func section<Value>(
        _ name: String, _ values: [String: Value], _ text: (Value) -> String
    ) -> String {
        if values.isEmpty { return "" }
        return "\n\(name):\n"
            + values.sorted { $0.key < $1.key }.map { "  \($0.key):\n\(text($0.value))" }.joined()
    }

    private static func list(_ ids: [String], indent: Int) -> String {
        ids.isEmpty ? " []\n" : "\n" + items(ids, indent: indent)
    }

    private static func items(_ ids: [String], indent: Int) -> String {
        let blanks = String(repeating: " ", count: indent)
        return ids.isEmpty ? "\(blanks)[]\n" : ids.map { "\(blanks)- \($0)\n" }.joined()
    }
}
