public import Facts
import TestCases

/// A person who does what a client's user does and says what the user sees, where the client has no upper tester. Asked one thing
/// at a time, and by one case at a time.
public protocol ClientOperator: Sendable {
    /// Says something that needs no answer; may have several lines.
    func tell(_ text: String) async

    /// Asks until there is an answer that can be understood, however long that takes.
    ///
    /// Throws `CancellationError` when the run ends meanwhile.
    func ask(_ prompt: OperatorPrompt) async throws -> OperatorReply
}

/// What an operator is asked.
public struct OperatorPrompt: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// To be answered by `yes`, `no` or `unclear`.
        case question([ShownCheck])
        /// To be answered by `done` or `could-not`.
        case order
    }

    public var caseID: String
    public var kind: Kind
    /// May have several lines; nothing in it steers a terminal.
    public var text: String

    public init(caseID: String, kind: Kind, text: String) {
        self.caseID = caseID
        self.kind = kind
        self.text = text
    }

    /// The answers that can be given.
    public var words: [OperatorAnswer.Word] {
        switch kind {
        case .question: [.yes, .no, .unclear]
        case .order: [.done, .couldNot]
        }
    }
}

/// What an operator answered.
public struct OperatorReply: Sendable, Hashable {
    public var word: OperatorAnswer.Word
    /// What was said besides, safe to print; nil for nothing.
    public var remark: String?

    public init(_ word: OperatorAnswer.Word, remark: String? = nil) {
        self.word = word
        self.remark = remark
    }
}

/// How long a case with an operator may take, beside its own limit: a person reads, fetches a telephone and goes to lunch, and
/// only what was forgotten altogether is given up. Milliseconds.
let operatorPatience: Int64 = 12 * 3_600_000
