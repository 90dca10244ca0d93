internal import Diagnostics
import Yams

/// What is wrong with a text that is no YAML, in words for its author; the parser's own are for who knows its grammar.
struct YAMLWording {
    let what: String
    let instead: String?
    let mark: Mark

    /// - Parameters:
    ///   - context: what the parser was reading, and where that begins.
    ///   - problem: in the parser's words, which are only compared here.
    ///   - text: the whole text, for looking at the character that stands there.
    init(context: YamlError.Context?, problem: String, mark: Mark, text: String) {
        func said(_ what: String, _ instead: String? = nil, at other: Mark? = nil) -> (String, String?, Mark) {
            (what, instead, other ?? mark)
        }
        let reading = context?.text ?? ""
        let found: (String, String?, Mark)
        switch problem {
        case _ where reading.contains("quoted scalar"):
            found = said(
                "a quotation mark opens here and is not closed", "close it on the same line", at: context?.mark)
        case _ where problem.contains("cannot start any token"):
            found = Self.odd(Self.character(at: mark, in: text), mark)
        case _ where problem.contains("',' or ']'"):
            found = said("a list that begins with '[' is not closed, or lacks a comma", "close it with ']'")
        case _ where problem.contains("',' or '}'"):
            found = said("a mapping that begins with '{' is not closed, or lacks a comma", "close it with '}'")
        case _ where problem.contains("mapping values are not allowed"):
            found = said(
                "a colon stands where no key can be", "put a text that holds ': ' into quotation marks, and mend the indentation")
        case _ where problem.contains("could not find expected ':'"):
            found = said("a key stands here without its colon", "write 'key: value'", at: context?.mark)
        case _ where problem.contains("expected key"), _ where problem.contains("block entry"),
            _ where problem.contains("expected '-'"):
            found = said("this fits nothing above", "indent it as its neighbours, with spaces")
        case _ where problem.contains("another document"):
            found = said("a second document begins", "keep one document in a file")
        case _ where problem.contains("undefined alias"): found = said("this alias is nowhere defined", "write the value out")
        default: found = said("this is not YAML", "see the lines above for a bracket or a quotation mark that is left open")
        }
        (what, instead, self.mark) = found
    }

    private static func odd(_ character: Character?, _ mark: Mark) -> (String, String?, Mark) {
        switch character {
        case "\t": ("a tab stands here", "indent with spaces", mark)
        case let other?:
            ("a value cannot begin with '\(escapedPeerText(String(other)))'", "put it into quotation marks", mark)
        case nil: ("this is not YAML", nil, mark)
        }
    }

    private static func character(at mark: Mark, in text: String) -> Character? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(mark.line - 1) else { return nil }
        return lines[mark.line - 1].dropFirst(max(0, mark.column - 1)).first
    }
}
