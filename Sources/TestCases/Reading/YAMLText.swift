internal import Diagnostics
import Foundation
import Yams

/// Turns YAML into `DocumentNode`s within bounds: bytes, aliases, nodes after expansion, depth.
enum YAMLText {
    /// More aliases than this are refused before anything is composed: with so few, no nesting of them can
    /// expand to more than some ten thousand nodes, even where the composer hashes them as keys.
    static let maximumAliases = 32
    static let maximumNodes = 200_000
    static let maximumDepth = 64

    /// Reads a file. Nil when it cannot be read or is no YAML; the findings say why.
    static func read(file: String, limits: Limits, findings: Findings) -> DocumentNode? {
        let place = SourcePlace(file: file)
        guard let handle = FileHandle(forReadingAtPath: file) else {
            findings.add("input.unreadable", place, "the file cannot be opened", "check its name and its permissions")
            return nil
        }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: limits.yaml + 1) ?? Data() else {
            findings.add("input.unreadable", place, "the file cannot be read", "name a regular file")
            return nil
        }
        guard data.count <= limits.yaml else {
            findings.add("yaml.too-large", place, "the file is larger than \(limits.yaml) bytes", "split it")
            return nil
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            findings.add("yaml.encoding", place, "the file is not UTF-8", "save it as UTF-8")
            return nil
        }
        return parse(text, file: file, limits: limits, findings: findings)
    }

    /// Reads a text that is known under the name `file`.
    static func parse(_ text: String, file: String, limits: Limits, findings: Findings) -> DocumentNode? {
        let place = SourcePlace(file: file)
        guard text.utf8.count <= limits.yaml else {
            findings.add("yaml.too-large", place, "the text is larger than \(limits.yaml) bytes", "split it")
            return nil
        }
        guard aliasCount(in: text) <= maximumAliases else {
            findings.add(
                "yaml.too-many-aliases", place, "the file has more than \(maximumAliases) aliases",
                "write the repeated parts out, or use a matrix")
            return nil
        }
        do {
            guard let root = try Parser(yaml: text, encoding: .utf8).singleRoot() else {
                findings.add("yaml.empty", place, "the file is empty")
                return nil
            }
            var builder = Builder(file: file, findings: findings)
            return builder.node(root, depth: 0)
        } catch let error as YamlError {
            add(error, file: file, to: findings)
        } catch {
            findings.add("yaml.syntax", place, "the YAML cannot be read")
        }
        return nil
    }

    /// Places where an alias may stand: an asterisk at the beginning of a word, followed by what may be a name.
    private static func aliasCount(in text: String) -> Int {
        var count = 0
        var previous = UInt8(ascii: " ")
        var afterAsterisk = false
        for byte in text.utf8 {
            if afterAsterisk, byte > 0x20 { count += 1 }
            let opens = previous <= 0x20 || "[{,:?-".utf8.contains(previous)
            afterAsterisk = byte == UInt8(ascii: "*") && opens
            previous = byte
        }
        return count
    }

    private static func add(_ error: YamlError, file: String, to findings: Findings) {
        func place(_ mark: Mark) -> SourcePlace { SourcePlace(file: file, line: mark.line, column: mark.column) }
        switch error {
        case .scanner(let context, let problem, let mark, let text), .parser(let context, let problem, let mark, let text),
            .composer(let context, let problem, let mark, let text):
            let wording = YAMLWording(context: context, problem: problem, mark: mark, text: text)
            findings.add("yaml.syntax", place(wording.mark), wording.what, wording.instead)
        case .duplicatedKeysInMapping(let duplicates, let context):
            findings.add(
                "yaml.duplicate-key", place(context.mark),
                "the key '\(escapedPeerText(duplicates.first ?? ""))' is written twice in one mapping",
                "keep one of them")
        case .reader:
            findings.add(
                "yaml.syntax", SourcePlace(file: file), "the file holds characters that YAML does not know",
                "remove control characters")
        default:
            findings.add("yaml.syntax", SourcePlace(file: file), "the YAML cannot be read")
        }
    }
}

/// Copies a Yams tree, so that Yams stays in this file and aliases are counted as they expand.
private struct Builder {
    let file: String
    let findings: Findings
    var nodes = 0

    init(file: String, findings: Findings) {
        self.file = file
        self.findings = findings
    }

    private func place(_ mark: Mark?) -> SourcePlace {
        SourcePlace(file: file, line: mark?.line ?? 0, column: mark?.column ?? 0)
    }

    mutating func node(_ node: Node, depth: Int) -> DocumentNode? {
        nodes += 1
        guard nodes <= YAMLText.maximumNodes else {
            findings.add(
                "yaml.too-many-nodes", SourcePlace(file: file),
                "the file expands to more than \(YAMLText.maximumNodes) values", "use fewer aliases, or split it")
            return nil
        }
        guard depth <= YAMLText.maximumDepth else {
            findings.add(
                "yaml.too-deep", place(node.mark), "this is nested deeper than \(YAMLText.maximumDepth) levels")
            return nil
        }
        switch node {
        case .scalar(let scalar):
            return DocumentNode(
                content: .scalar(scalar.string, plain: scalar.style == .plain), place: place(scalar.mark))
        case .sequence(let sequence):
            var elements: [DocumentNode] = []
            for element in sequence {
                guard let copy = self.node(element, depth: depth + 1) else { return nil }
                elements.append(copy)
            }
            return DocumentNode(content: .sequence(elements), place: place(sequence.mark))
        case .mapping(let mapping):
            return self.mapping(mapping, depth: depth)
        case .alias(let alias):
            findings.add("yaml.syntax", place(alias.mark), "this alias is not known")
            return nil
        }
    }

    private mutating func mapping(_ mapping: Node.Mapping, depth: Int) -> DocumentNode? {
        var entries: [DocumentNode.Entry] = []
        for (key, value) in mapping {
            guard case .scalar(let name) = key else {
                findings.add("yaml.key", place(key.mark), "a key must be a word", "write a word before the colon")
                return nil
            }
            guard let copy = node(value, depth: depth + 1) else { return nil }
            entries.append(DocumentNode.Entry(key: name.string, keyPlace: place(name.mark), value: copy))
        }
        return DocumentNode(content: .mapping(entries), place: place(mapping.mark))
    }
}
