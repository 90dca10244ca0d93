public import Recordings

/// What a person at a client under test was asked, and the answer.
public struct OperatorAnswer: Sendable, Hashable {
    public enum Word: String, Sendable, Hashable, CaseIterable {
        /// To a question: it is so, it is not, or that cannot be told.
        case yes, no, unclear
        /// To an instruction: it was carried out, or could not be.
        case done
        case couldNot = "could-not"
    }

    /// The user whose client it is.
    public var user: String
    /// The script's name of the group that was looked at; nil for an instruction.
    public var group: String?
    /// The ids of the checks whose claims were asked for; empty for an instruction.
    public var checks: [String]
    /// What the claims are about, as `OperatorQuestion.about` says it.
    public var about: [String]
    /// The words as they were shown.
    public var asked: String
    public var word: Word
    /// What the person said besides, escaped for printing; nil for nothing.
    public var remark: String?

    public init(
        user: String, group: String? = nil, checks: [String] = [], about: [String] = [], asked: String, word: Word,
        remark: String? = nil
    ) {
        self.user = user
        self.group = group
        self.checks = checks
        self.about = about
        self.asked = asked
        self.word = word
        self.remark = remark
    }

    /// Nil for a line whose answer is none.
    init?(_ line: RecordedLine) {
        guard let user = line.actor, let word = line["answer"]?.string.flatMap(Word.init(rawValue:)) else { return nil }
        self.init(
            user: user, group: line["group"]?.string, checks: line["checks"]?.strings ?? [], about: line["about"]?.strings ?? [],
            asked: line["asked"]?.string ?? "", word: word, remark: line["remark"]?.string)
    }

    /// The members of the line that records it.
    public var fields: [String: JSONValue] {
        var fields: [String: JSONValue] = ["asked": .string(asked), "answer": .string(word.rawValue)]
        if let group {
            fields["group"] = .string(group)
            fields["checks"] = JSONValue(strings: checks)
            fields["about"] = JSONValue(strings: about)
        }
        if let remark { fields["remark"] = .string(remark) }
        return fields
    }
}
