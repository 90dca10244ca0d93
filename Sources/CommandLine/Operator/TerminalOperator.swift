import Facts
import Playing
import Reporting

/// A person at a terminal, or whatever writes lines to the program's input.
actor TerminalOperator: ClientOperator {
    private let console: Console
    private let journal: OperatorJournal
    private let ended: AsyncStream<Void>
    private let end: AsyncStream<Void>.Continuation

    init(console: Console, journal: OperatorJournal) {
        self.console = console
        self.journal = journal
        (ended, end) = AsyncStream.makeStream(of: Void.self)
    }

    func tell(_ text: String) { console.line(text) }

    func ask(_ prompt: OperatorPrompt) async throws -> OperatorReply {
        console.line("\n" + prompt.text)
        while true {
            console.out(AnswerReading.choices(prompt.words))
            switch await console.input() {
            case nil: throw CancellationError()
            case .end: try await giveUp()
            case .tooLong: console.line("\nThat is too long. \(AnswerReading.help(prompt.words))")
            case .line(let text):
                // On a terminal it stands there already.
                if !console.isTerminal { console.line(safeText(text)) }
                guard let reply = AnswerReading.reply(text, to: prompt.words) else {
                    console.line(AnswerReading.help(prompt.words))
                    continue
                }
                journal.answered(prompt, reply)
                return reply
            }
        }
    }

    /// Nobody answers any more: the run is called off, and with it this wait.
    private func giveUp() async throws -> Never {
        console.line("\nThe input has ended.")
        end.yield()
        while true { try await Task.sleep(for: .seconds(3_600)) }
    }

    /// Returns when nobody answers any more, or when the task is cancelled.
    nonisolated func departure() async {
        for await _ in ended { return }
    }
}

/// Makes answers of lines.
enum AnswerReading {
    /// Characters of a remark that are kept.
    private static let longestRemark = 400

    static func choices(_ words: [OperatorAnswer.Word]) -> String { "[\(words.map(text).joined(separator: " / "))] > " }

    static func help(_ words: [OperatorAnswer.Word]) -> String {
        words.contains(.done)
            ? "Write done once it is done, or could not; why may follow, as in: could not, the button is grey"
            : "Write yes, no or unclear; what you see may follow, as in: no, the second one is missing"
    }

    private static func text(_ word: OperatorAnswer.Word) -> String { word == .couldNot ? "could not" : word.rawValue }

    /// Nil for a line that is no answer.
    static func reply(_ line: String, to words: [OperatorAnswer.Word]) -> OperatorReply? {
        let line = line.drop { $0.isWhitespace }
        let folded = line.lowercased()
        for (spelling, word) in spellings where words.contains(word) && folded.hasPrefix(spelling) {
            let rest = line.dropFirst(spelling.count)
            // `nothing` is no `no`.
            if let next = rest.first, next.isLetter || next.isNumber { continue }
            let remark = rest.drop { $0.isWhitespace || ",;:.-!".contains($0) }
            let kept = String(remark.reversed().drop { $0.isWhitespace }.reversed())
            return OperatorReply(word, remark: kept.isEmpty ? nil : safeText(kept, limit: longestRemark))
        }
        return nil
    }

    private static let spellings: [(String, OperatorAnswer.Word)] = [
        ("yes", .yes), ("y", .yes), ("no", .no), ("n", .no), ("unclear", .unclear), ("u", .unclear), ("?", .unclear),
        ("done", .done), ("d", .done), ("could not", .couldNot), ("could-not", .couldNot), ("couldn't", .couldNot), ("c", .couldNot),
    ]
}
