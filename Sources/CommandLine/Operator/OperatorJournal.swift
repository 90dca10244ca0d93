import Diagnostics
import Facts
import Foundation
import Playing
import Recordings
import Synchronization
import TestCases

/// What an operator has answered and which cases are finished, kept beside the reports so that a session that was interrupted, by
/// whatever, goes on. Each line is on the disk before the next question is asked.
final class OperatorJournal: Sendable {
    /// The file's name in the folder of the reports.
    static let fileName = "operator.jsonl"
    static let formatName = "cpmcheck-operator"
    static let version = "1.0"
    private static let largest = 64 * 1_024 * 1_024

    /// A case that is finished, and the recording that says how.
    struct Finished: Sendable, Hashable {
        var digest: String
        var recording: String
        /// Of the recording's footer.
        var sha256: String
    }

    private let file: FileHandle
    private let path: String
    private let failure = Mutex<Diagnostic?>(nil)

    /// The first thing that could not be written.
    var trouble: Diagnostic? { failure.withLock { $0 } }

    private init(path: String, file: FileHandle) {
        self.path = path
        self.file = file
    }

    // MARK: Beginning and going on

    /// Takes up the session in a folder, or begins one.
    ///
    /// - Parameters:
    ///   - plan: what identifies the run: its cases, its description and what bears on verdicts.
    ///   - again: forget a session that is there.
    /// - Returns: the journal, and what is finished; nil when the session is new.
    /// - Throws: `operator.changed` when the session there was begun with something else.
    static func open(
        in folder: String, plan: String, started: String, again: Bool
    ) throws(Diagnostic) -> (journal: OperatorJournal, finished: [String: Finished]?) {
        try WholeFile.makeFolder(folder)
        let path = folder.hasSuffix("/") ? folder + fileName : "\(folder)/\(fileName)"
        if !again, FileManager.default.fileExists(atPath: path) {
            let lines = try read(path)
            guard let head = lines.first, head["format"]?.string == formatName, head["plan"]?.string == plan else {
                throw Diagnostic(
                    .input, "operator.changed", at: SourcePlace(file: path),
                    "the session in this folder was begun with other cases, another description or other options",
                    instead: "go on with those, begin anew with --again, or name another folder with --reports")
            }
            return (try appending(path), finished(lines))
        }
        let head: JSONValue = [
            "kind": "session", "format": .string(formatName), "version": .string(version), "plan": .string(plan),
            "started": .string(started),
        ]
        try WholeFile.write(head.canonicalBytes + [0x0A], to: path)
        return (try appending(path), nil)
    }

    private static func appending(_ path: String) throws(Diagnostic) -> OperatorJournal {
        guard let file = FileHandle(forUpdatingAtPath: path), let end = try? file.seekToEnd() else { throw cannotWrite(path) }
        let journal = OperatorJournal(path: path, file: file)
        // A line that was cut off by a crash must not swallow the next one.
        if end > 0 { journal.write([0x0A]) }
        return journal
    }

    /// What can be read; a line that was cut off says nothing.
    private static func read(_ path: String) throws(Diagnostic) -> [JSONValue] {
        let bytes = try WholeFile.read(path, limit: largest)
        return bytes.split(separator: 0x0A).compactMap { try? JSONValue(parsing: Array($0)) }
    }

    private static func finished(_ lines: [JSONValue]) -> [String: Finished] {
        var finished: [String: Finished] = [:]
        for line in lines where line["kind"]?.string == "case" {
            guard let id = line["id"]?.string, let digest = line["digest"]?.string, let recording = line["recording"]?.string,
                let sum = line["sha256"]?.string
            else { continue }
            finished[id] = Finished(digest: digest, recording: recording, sha256: sum)
        }
        return finished
    }

    // MARK: Writing down

    func answered(_ prompt: OperatorPrompt, _ reply: OperatorReply) {
        var line: [String: JSONValue] = [
            "kind": "answer", "case": .string(prompt.caseID), "asked": .string(prompt.text), "answer": .string(reply.word.rawValue),
        ]
        if let remark = reply.remark { line["remark"] = .string(remark) }
        write(JSONValue.object(line).canonicalBytes + [0x0A])
    }

    func finished(_ testCase: TestCase, recording: String, sha256: String) {
        let line: JSONValue = [
            "kind": "case", "id": .string(testCase.id), "digest": .string(testCase.digest), "recording": .string(recording),
            "sha256": .string(sha256),
        ]
        write(line.canonicalBytes + [0x0A])
    }

    private func write(_ bytes: [UInt8]) {
        do {
            try file.write(contentsOf: bytes)
            try file.synchronize()
        } catch {
            failure.withLock { $0 = $0 ?? Self.cannotWrite(path) }
        }
    }

    private static func cannotWrite(_ path: String) -> Diagnostic {
        Diagnostic(
            .output, "output.cannot-write", at: SourcePlace(file: path), "what was answered cannot be written",
            instead: "free space or name another place with --reports")
    }
}
