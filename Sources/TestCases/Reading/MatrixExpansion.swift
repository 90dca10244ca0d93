internal import Diagnostics

/// One row of a case's matrix: the values, the ID and the case with everything filled in.
struct ExpandedRow {
    var id: String
    var values: [String: String]
    var node: DocumentNode
}

/// Fills in a case's matrix: `${axis}` stands for the row's value, `rows` may replace whole parts of the case.
struct MatrixExpansion {
    struct Axis {
        var name: String
        var place: SourcePlace?
        var values: [DocumentNode]
        /// The row with this value keeps the plain ID.
        var standard: String?
    }

    static let maximumRows = 256
    /// The parts of a case that a row may replace.
    static let replaceable = ["title", "purpose", "needs", "steps", "expect"]

    let findings: Findings
    let axes: [Axis]
    private let overrides: [(values: [String: String], parts: [DocumentNode.Entry])]
    private let base: [DocumentNode.Entry]
    private let place: SourcePlace?

    /// Reads `matrix` and `rows` of a case and checks the use of the axes.
    init(_ node: DocumentNode, findings: Findings) {
        self.findings = findings
        place = node.place
        base = (node.mapping ?? []).filter { $0.key != "matrix" && $0.key != "rows" }
        axes = Self.axes(node["matrix"], findings)
        overrides = Self.overrides(node["rows"], axes, findings)
        checkUse()
    }

    /// All rows, the axes varying in alphabetical order with the last one fastest.
    func rows(id: String) -> [ExpandedRow] {
        let count = axes.reduce(1) { min($0 * max(1, $1.values.count), Self.maximumRows + 1) }
        guard count <= Self.maximumRows else {
            findings.add(
                "case.matrix-too-large", place, "the matrix has more than \(Self.maximumRows) rows",
                "split the case, or leave out combinations that teach nothing")
            return []
        }
        var combinations: [[String: DocumentNode]] = [[:]]
        for axis in axes.sorted(by: { $0.name < $1.name }) {
            combinations = combinations.flatMap { row in
                axis.values.map { value in row.merging([axis.name: value]) { $1 } }
            }
        }
        return combinations.map { row(id: id, $0) }
    }

    private func row(id: String, _ nodes: [String: DocumentNode]) -> ExpandedRow {
        let values = nodes.compactMapValues(\.scalar)
        let suffix = axes.sorted { $0.name < $1.name }.compactMap { axis -> String? in
            guard let value = values[axis.name], value != axis.standard else { return nil }
            return "--\(axis.name).\(value)"
        }
        var entries = base
        for override in overrides where override.values.allSatisfy({ values[$0.key] == $0.value }) {
            for part in override.parts {
                entries.removeAll { $0.key == part.key }
                entries.append(part)
            }
        }
        let node = DocumentNode(content: .mapping(entries), place: place)
        return ExpandedRow(id: id + suffix.joined(), values: values, node: Self.fill(node, nodes))
    }

    // MARK: - Reading

    private static func axes(_ node: DocumentNode?, _ findings: Findings) -> [Axis] {
        guard let node, !node.isEmpty else { return [] }
        guard let entries = node.mapping else {
            findings.add(
                "input.wrong-type", node.place, "'matrix' must be a mapping, not \(node.typeInWords)",
                "write 'matrix: { axis: [value, value] }'")
            return []
        }
        return entries.compactMap { axis($0, findings) }
    }

    private static func axis(_ entry: DocumentNode.Entry, _ findings: Findings) -> Axis? {
        guard isSlug(entry.key) else {
            findings.add(
                "case.axis-name", entry.keyPlace, "'\(escapedPeerText(entry.key))' cannot be the name of an axis",
                "use small letters, digits and single hyphens, since it becomes part of an ID")
            return nil
        }
        var list = entry.value
        var standard: String?
        if entry.value.mapping != nil {
            guard
                let section = Section(
                    entry.value, "the axis '\(entry.key)'", keys: ["values", "default"], required: ["values"],
                    findings: findings), let values = section["values"]
            else { return nil }
            standard = section.string("default")
            list = values
            if let standard, !(values.sequence ?? []).contains(where: { $0.scalar == standard }) {
                findings.addUnknown(
                    "case.axis-default", section.place("default"), standard, is: "value of the axis '\(entry.key)'",
                    of: (values.sequence ?? []).compactMap(\.scalar))
            }
        }
        guard let values = list.sequence, !values.isEmpty else {
            findings.add(
                "input.wrong-type", list.place, "the axis '\(entry.key)' needs a list of values",
                "write '\(entry.key): [value, value]'")
            return nil
        }
        return Axis(
            name: entry.key, place: entry.keyPlace, values: usable(values, of: entry.key, findings), standard: standard)
    }

    /// The values that can be part of an ID; the findings have the others.
    private static func usable(_ values: [DocumentNode], of axis: String, _ findings: Findings) -> [DocumentNode] {
        var seen: Set<String> = []
        return values.filter { value in
            guard let text = value.scalar, isSlug(text) else {
                findings.add(
                    "case.axis-value", value.place, "a value of the axis '\(axis)' must be a word",
                    "use small letters, digits and single hyphens, since it becomes part of an ID")
                return false
            }
            if seen.insert(text).inserted { return true }
            findings.add(
                "case.axis-value", value.place, "'\(text)' is listed twice on the axis '\(axis)'", "remove one of them")
            return false
        }
    }

    private static func overrides(
        _ node: DocumentNode?, _ axes: [Axis], _ findings: Findings
    ) -> [(values: [String: String], parts: [DocumentNode.Entry])] {
        guard let node, !node.isEmpty else { return [] }
        guard let rows = node.sequence else {
            findings.add(
                "input.wrong-type", node.place, "'rows' must be a list, not \(node.typeInWords)",
                "write '- for: { axis: value }' and what to replace")
            return []
        }
        return rows.compactMap { row in
            guard
                let section = Section(
                    row, "a row", keys: ["for"] + replaceable, required: ["for"], findings: findings),
                let which = section["for"]
            else { return nil }
            let parts = (row.mapping ?? []).filter { replaceable.contains($0.key) }
            if parts.isEmpty {
                findings.add(
                    "case.row-replaces-nothing", row.place, "this row replaces nothing",
                    "add \(replaceable.joined(separator: ", ")), or remove the row")
            }
            return (condition(which, axes, findings), parts)
        }
    }

    private static func condition(_ node: DocumentNode, _ axes: [Axis], _ findings: Findings) -> [String: String] {
        guard let entries = node.mapping, !entries.isEmpty else {
            findings.add(
                "input.wrong-type", node.place, "'for' must name an axis and its value", "write '{ axis: value }'")
            return [:]
        }
        var condition: [String: String] = [:]
        for entry in entries {
            guard let axis = axes.first(where: { $0.name == entry.key }) else {
                findings.addUnknown(
                    "case.unknown-axis", entry.keyPlace, entry.key, is: "axis of this matrix", of: axes.map(\.name))
                continue
            }
            let values = axis.values.compactMap(\.scalar)
            let value = entry.value.scalar ?? ""
            if !values.contains(value) {
                findings.addUnknown(
                    "case.unknown-axis-value", entry.value.place, value, is: "value of the axis '\(axis.name)'",
                    of: values)
            }
            condition[entry.key] = value
        }
        return condition
    }

    // MARK: - Substituting

    private func checkUse() {
        var used = Set(overrides.flatMap(\.values.keys))
        for node in base.map(\.value) + overrides.flatMap(\.parts).map(\.value) { check(node, &used) }
        for axis in axes where !used.contains(axis.name) {
            findings.add(
                "case.unused-axis", axis.place,
                "the axis '\(axis.name)' is not used, so its rows would be the same case",
                "write '${\(axis.name)}' where it matters, or remove it")
        }
    }

    private func check(_ node: DocumentNode, _ used: inout Set<String>) {
        switch node.content {
        case .sequence(let nodes): for node in nodes { check(node, &used) }
        case .mapping(let entries): for entry in entries { check(entry.value, &used) }
        case .scalar(let text, _):
            for name in Self.placeholders(text) {
                guard let name else {
                    findings.add("case.placeholder", node.place, "'${' without its '}'", "write '${axis}'")
                    continue
                }
                used.insert(name)
                if !axes.contains(where: { $0.name == name }) {
                    findings.addUnknown(
                        "case.unknown-axis", node.place, name, is: "axis of this matrix", of: axes.map(\.name))
                }
            }
        }
    }

    /// The names in `${…}`; nil for one that does not end.
    private static func placeholders(_ text: String) -> [String?] {
        var names: [String?] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(of: "}") else { return names + [nil] }
            names.append(String(rest[..<end]))
            rest = rest[end...]
        }
        return names
    }

    private static func fill(_ node: DocumentNode, _ values: [String: DocumentNode]) -> DocumentNode {
        var filled = node
        switch node.content {
        case .sequence(let nodes):
            filled.content = .sequence(nodes.map { fill($0, values) })
        case .mapping(let entries):
            filled.content = .mapping(
                entries.map { entry in
                    DocumentNode.Entry(key: entry.key, keyPlace: entry.keyPlace, value: fill(entry.value, values))
                })
        case .scalar(let text, let plain):
            guard text.contains("${") else { return node }
            if text.hasPrefix("${"), text.hasSuffix("}"), let value = values[String(text.dropFirst(2).dropLast())] {
                // With the place of the value: a mistake in it is mended in the matrix.
                return value
            }
            var words = text
            // A value is a word without '${', so the order of the replacements does not matter.
            for (name, value) in values { words = words.replacing("${\(name)}", with: value.scalar ?? "") }
            filled.content = .scalar(words, plain: plain)
        }
        return filled
    }

    /// Small letters, digits and single hyphens between them: safe in file names, and `--` and `.` stay separators.
    static func isSlug(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 100 && !text.hasPrefix("-") && !text.hasSuffix("-") && !text.contains("--")
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
    }
}
