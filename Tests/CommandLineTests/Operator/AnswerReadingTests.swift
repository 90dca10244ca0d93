import Facts
import Foundation
import Playing
import Testing

@testable import CommandLine

@Suite("What a person writes")
struct AnswerReadingTests {
    private let question: [OperatorAnswer.Word] = [.yes, .no, .unclear]
    private let order: [OperatorAnswer.Word] = [.done, .couldNot]

    @Test("answers are taken in full, in short, in any case, with a remark behind them")
    func answers() {
        #expect(AnswerReading.reply("yes", to: question) == OperatorReply(.yes))
        #expect(AnswerReading.reply("  Y ", to: question) == OperatorReply(.yes))
        #expect(AnswerReading.reply("NO", to: question) == OperatorReply(.no))
        #expect(AnswerReading.reply("n", to: question) == OperatorReply(.no))
        #expect(AnswerReading.reply("?", to: question) == OperatorReply(.unclear))
        #expect(AnswerReading.reply("no, the second one is missing ", to: question) == OperatorReply(.no, remark: "the second one is missing"))
        #expect(AnswerReading.reply("unclear: it is too small", to: question) == OperatorReply(.unclear, remark: "it is too small"))
        #expect(AnswerReading.reply("done", to: order) == OperatorReply(.done))
        #expect(AnswerReading.reply("could not - it crashed", to: order) == OperatorReply(.couldNot, remark: "it crashed"))
        #expect(AnswerReading.reply("Couldn't", to: order) == OperatorReply(.couldNot))
    }

    @Test("anything else is no answer", arguments: ["", " ", "ja", "nothing", "yesterday", "none of them", "done", "no2", "1"])
    func noAnswer(_ line: String) {
        #expect(AnswerReading.reply(line, to: question) == nil)
    }

    @Test("a yes is no answer to an instruction, so that nobody says by habit that something was done")
    func yesToOrder() {
        #expect(AnswerReading.reply("yes", to: order) == nil)
        #expect(AnswerReading.reply("n", to: order) == nil)
    }

    @Test("a remark is bounded, and steers no terminal")
    func remark() {
        let reply = AnswerReading.reply("no \u{1B}[2J" + String(repeating: "x", count: 1_900), to: question)
        #expect(reply?.remark?.hasPrefix("\\u{1b}[2Jxxx") == true)
        #expect((reply?.remark?.count ?? 0) < 420)
    }

    // MARK: The terminal

    private func ask(_ inputs: [ConsoleInput], _ kind: OperatorPrompt.Kind = .question([.order])) async throws -> (OperatorReply, String) {
        try await withFolder { folder in
            let lines = ScriptedLines(inputs)
            let captured = Captured()
            let journal = try OperatorJournal.open(in: folder, plan: "p", started: "now", again: false).journal
            let terminal = TerminalOperator(console: captured.console(input: { await lines.next() }), journal: journal)
            let reply = try await terminal.ask(OperatorPrompt(caseID: "c", kind: kind, text: "Is it so?"))
            return (reply, captured.out)
        }
    }

    @Test("what is no answer is asked again, with what to write")
    func askedAgain() async throws {
        let (reply, out) = try await ask([.line("ja"), .tooLong, .line("no, not at all")])
        #expect(reply == OperatorReply(.no, remark: "not at all"))
        #expect(out.components(separatedBy: "[yes / no / unclear] > ").count == 4)
        #expect(out.components(separatedBy: "Write yes, no or unclear").count == 3)
        #expect(out.contains("That is too long."))
        let (done, text) = try await ask([.line("yes"), .line("done")], .order)
        #expect(done == OperatorReply(.done))
        #expect(text.contains("Write done once it is done, or could not"))
    }

    @Test("the end of the input is told to whoever can call the run off, and is no answer")
    func end() async throws {
        try await withFolder { folder in
            let captured = Captured()
            let journal = try OperatorJournal.open(in: folder, plan: "p", started: "now", again: false).journal
            let terminal = TerminalOperator(console: captured.console(), journal: journal)
            let asking = Task { try await terminal.ask(OperatorPrompt(caseID: "c", kind: .order, text: "Do it.")) }
            await terminal.departure()
            asking.cancel()
            await #expect(throws: CancellationError.self) { try await asking.value }
            #expect(captured.out.contains("The input has ended."))
        }
    }
}

/// Lines of input that stand there, and then the end.
actor ScriptedLines {
    private var rest: ArraySlice<ConsoleInput>

    init(_ lines: [ConsoleInput]) { rest = lines[...] }

    func next() -> ConsoleInput { rest.popFirst() ?? .end }
}

@Suite("Standard input", .timeLimit(.minutes(1)))
struct StandardInputTests {
    private func read(_ bytes: [UInt8], _ count: Int) async throws -> [ConsoleInput?] {
        let pipe = Pipe()
        let writer = Task.detached {
            try pipe.fileHandleForWriting.write(contentsOf: bytes)
            try pipe.fileHandleForWriting.close()
        }
        let input = StandardInput(pipe.fileHandleForReading.fileDescriptor)
        var lines: [ConsoleInput?] = []
        for _ in 0..<count { lines.append(await input.line()) }
        try await writer.value
        return lines
    }

    @Test("lines come one by one, also the last one without an end, and then the end for ever")
    func lines() async throws {
        #expect(try await read(Array("yes\n\nno, ä\nunclear".utf8), 6) == [.line("yes"), .line(""), .line("no, ä"), .line("unclear"), .end, .end])
        #expect(try await read([], 2) == [.end, .end])
    }

    @Test("a line that is too long is thrown away whole, without being kept, and the next one is read")
    func tooLong() async throws {
        let long = [UInt8](repeating: 0x78, count: 1_000_000)
        #expect(try await read(long + Array("\nyes\n".utf8), 3) == [.tooLong, .line("yes"), .end])
        #expect(try await read(Array(long.prefix(2_001)) + Array("\nyes\n".utf8), 2) == [.tooLong, .line("yes")])
        #expect(try await read(Array(long.prefix(2_000)) + Array("\n".utf8), 1) == [.line(String(repeating: "x", count: 2_000))])
        #expect(try await read(long, 2) == [.tooLong, .end])
    }

    @Test("bytes that are no text make no trouble")
    func noText() async throws {
        #expect(try await read([0xFF, 0x00, 0x0A], 2) == [.line("\u{FFFD}\0"), .end])
    }

    @Test("a wait ends when it is cancelled, and what comes later is for the next one")
    func cancelled() async throws {
        let pipe = Pipe()
        let input = StandardInput(pipe.fileHandleForReading.fileDescriptor)
        let waiting = Task { await input.line() }
        try await Task.sleep(for: .milliseconds(50))
        waiting.cancel()
        #expect(await waiting.value == nil)
        try pipe.fileHandleForWriting.write(contentsOf: Array("yes\n".utf8))
        #expect(await input.line() == .line("yes"))
    }
}
