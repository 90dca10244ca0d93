import Diagnostics
import Foundation
import Proving
import Recordings

/// All runs of a study of durability, to the numbers on the terminal and in `durability.json`.
struct DurabilityConduct: Sendable {
    let plans: [DurabilityPlan]
    let seed: UInt64
    let jobs: Int
    let reports: String
    let options: [String]

    /// - Throws: `Diagnostic` when a report or a recording cannot be written.
    func perform(_ console: Console) async throws(Diagnostic) -> ExitStatus {
        let clock = ContinuousClock()
        let begun = clock.now
        let recordings = "\(reports)/durability"
        let stores = NSTemporaryDirectory() + "cpmcheck-durability-\(UUID().uuidString)"
        try WholeFile.makeFolder(recordings)
        try WholeFile.makeFolder(stores)
        defer { try? FileManager.default.removeItem(atPath: stores) }
        let study = DurabilityStudy(
            program: console.program, folder: stores, options: options, jobs: jobs,
            wallClock: { Date().millisecondsSince1970 })
        let desk = DurabilityDesk(folder: recordings, console: console)
        let isInterrupted = await console.isInterrupted { await study.run(plans) { await desk.take($0, $1) } }
        let outcomes = await desk.outcomes
        let numbers = DurabilityNumbers(outcomes)
        let seconds = clock.now.seconds(since: begun)
        try WholeFile.write(
            Array(numbers.json(seed: seed, seconds: seconds, isInterrupted: isInterrupted).canonicalText.utf8),
            to: "\(reports)/durability.json")
        console.out("\n" + numbers.text(seconds: seconds, seed: seed) + "\n")
        if let trouble = await desk.trouble { throw trouble }
        return isInterrupted ? .interrupted : numbers.status
    }
}

/// Says how each run went, and keeps the recordings of those with a fault.
private actor DurabilityDesk {
    private(set) var outcomes: [DurabilityOutcome] = []
    private(set) var trouble: Diagnostic?
    private let folder: String
    private let console: Console

    init(folder: String, console: Console) {
        self.folder = folder
        self.console = console
    }

    func take(_ outcome: DurabilityOutcome, _ recording: Recording) {
        outcomes.append(outcome)
        let word = outcome.isInterrupted ? "ended" : outcome.trouble != nil ? "error" : outcome.isKept ? "kept" : "FAULT"
        console.line(
            "\(word)  run \(outcome.plan.number): killed at \(outcome.plan.kill) ms with \(outcome.inFlight) unanswered, "
                + "\(outcome.open) owed, \(outcome.confirmed) confirmed; \(outcome.acknowledged) acknowledged, "
                + "\(outcome.redelivered) came again in doubt")
        for sentence in outcome.lost { console.line("  lost: \(sentence)") }
        for sentence in outcome.repeated { console.line("  came again after it was confirmed: \(sentence)") }
        if let why = outcome.trouble { console.line("  not played to its end: \(why)") }
        // Called off, it shows no fault that a recording could explain; what came again shows one all the same.
        guard !outcome.isKept, !outcome.isInterrupted || !outcome.repeated.isEmpty else { return }
        let file = "\(folder)/run-\(outcome.plan.number).ndjson"
        do {
            try RecordingWriter.write(recording, to: file)
            console.line("  recording: \(file)")
        } catch {
            trouble = trouble ?? error
        }
    }
}

/// The sums over all runs.
struct DurabilityNumbers: Sendable {
    let outcomes: [DurabilityOutcome]

    init(_ outcomes: [DurabilityOutcome]) {
        self.outcomes = outcomes.sorted { $0.plan.number < $1.plan.number }
    }

    private var played: [DurabilityOutcome] { outcomes.filter { $0.trouble == nil } }
    private func sum(_ part: (DurabilityOutcome) -> Int) -> Int { played.reduce(0) { $0 + part($1) } }
    private var lost: Int { sum(\.lost.count) }
    /// What was at stake in runs that did not come to where it would have been looked for.
    private var unchecked: Int { outcomes.reduce(0) { $0 + ($1.trouble == nil ? 0 : $1.acknowledged) } }
    private var repeated: Int { outcomes.reduce(0) { $0 + $1.repeated.count } }

    /// A study in which nothing was at stake shows nothing.
    var status: ExitStatus {
        if lost + repeated > 0 { return .failed }
        if played.count < outcomes.count { return .harnessError }
        return sum(\.acknowledged) > 0 && sum(\.confirmed) > 0 ? .success : .nothingJudged
    }

    func text(seconds: Double, seed: UInt64) -> String {
        let rows: [(String, Int)] = [
            ("runs played to their end", played.count), ("not played to their end", outcomes.count - played.count),
            ("acknowledged in those", unchecked),
            ("messages sent", sum(\.sent)), ("items acknowledged", sum(\.acknowledged)),
            ("unanswered when killed", sum(\.inFlight)), ("owed when killed", sum(\.open)),
            ("confirmed when killed", sum(\.confirmed)), ("came again, in doubt", sum(\.redelivered)),
            ("lost", lost), ("came again, confirmed", repeated),
        ].filter { $0.0 != "acknowledged in those" || played.count < outcomes.count }
        let lines = rows.map { name, count in
            name + String(repeating: " ", count: 28 - name.count) + String(repeating: " ", count: max(0, 8 - "\(count)".count))
                + "\(count)"
        }
        let nothing = played.isEmpty ? "\nno run was played to its end, so nothing was counted" : ""
        return lines.joined(separator: "\n") + nothing + "\n\(outcomes.count) kills in \(String(format: "%.1f", seconds)) s, seed \(seed)"
    }

    func json(seed: UInt64, seconds: Double, isInterrupted: Bool) -> JSONValue {
        [
            "format": "cpmcheck-durability", "version": "1.0", "seed": .string(String(seed)), "seconds": .number(seconds),
            "interrupted": .bool(isInterrupted), "runs": .integer(Int64(outcomes.count)),
            "played": .integer(Int64(played.count)), "sent": .integer(Int64(sum(\.sent))),
            "acknowledged": .integer(Int64(sum(\.acknowledged))), "unchecked": .integer(Int64(unchecked)), "lost": .integer(Int64(lost)),
            "repeated": .integer(Int64(repeated)), "redelivered": .integer(Int64(sum(\.redelivered))),
            "faults": .array(outcomes.filter { !$0.isKept }.map(\.json)),
        ]
    }
}

extension DurabilityOutcome {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "run": .integer(Int64(plan.number)), "killed-at-ms": .integer(plan.kill), "lost": JSONValue(strings: lost),
            "repeated": JSONValue(strings: repeated),
        ]
        if let trouble { members["trouble"] = .string(trouble) }
        return .object(members)
    }
}
