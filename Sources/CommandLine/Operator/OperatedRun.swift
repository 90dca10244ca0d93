import Diagnostics
import Judging
import Playing
import Recordings
import Reporting
import TestCases

/// A run in which a person is asked: who that is, what was finished before, and what is kept of it.
struct OperatedRun: Sendable {
    let journal: OperatorJournal
    let terminal: TerminalOperator
    /// What earlier parts of the session finished, judged again from its recordings.
    let kept: [String: CaseResult]
    /// nil for a session that is new.
    let remark: String?

    /// - Parameter again: forget what an earlier part of the session finished.
    init(plan: RunPlan, settings: PlaySettings, reports: String, again: Bool, console: Console) throws(Diagnostic) {
        let cases = plan.selected
        let identity: JSONValue = [
            "cases": JSONValue(strings: cases.map(\.digest).sorted()), "iut": plan.implementation.description.json,
            "strict": .bool(settings.strict),
        ]
        let session = try OperatorJournal.open(
            in: reports, plan: RecordingHeader.digest(of: identity),
            started: RecordingHeader.timestamp(milliseconds: settings.wallClock()), again: again)
        journal = session.journal
        terminal = TerminalOperator(console: console, journal: session.journal)
        guard let finished = session.finished else {
            (kept, remark) = ([:], nil)
            return
        }
        kept = Self.judged(finished, of: cases, in: reports)
        let left = cases.count - kept.count
        remark = "going on with the session in \(reports): \(kept.count) of \(cases.count) cases are finished, \(left) "
            + (left == 1 ? "is left" : "are left")
    }

    /// A recording that is not the one that was written then counts for nothing, and its case is played anew.
    private static func judged(
        _ finished: [String: OperatorJournal.Finished], of cases: [TestCase], in reports: String
    ) -> [String: CaseResult] {
        var kept: [String: CaseResult] = [:]
        for testCase in cases {
            let name = ReportFolder.fileName(for: testCase.id)
            guard let entry = finished[testCase.id], entry.digest == testCase.digest, entry.recording == name,
                let recording = try? RecordingReader.read("\(reports)/recordings/\(name)"),
                recording.footer?.sha256 == entry.sha256, recording.header.digest == testCase.digest,
                var result = try? Judge().judge(recording)
            else { continue }
            result.recording = name
            kept[testCase.id] = result
        }
        return kept
    }

    /// The console of a run that ends, too, when nobody answers any more.
    func console(_ console: Console) -> Console {
        var watched = console
        let terminal = terminal
        watched.interruption = {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await console.interruption() }
                group.addTask { await terminal.departure() }
                await group.next()
                group.cancelAll()
            }
        }
        return watched
    }

    /// Whether a case that was played need not be played again when the session goes on.
    static func isFinished(_ played: PlayedCase, _ result: CaseResult) -> Bool {
        switch played.end {
        case .played, .broken, .timedOut: result.verdict != .error && result.verdict != .notJudged
        case .unreachable, .interrupted, .notBegun: false
        }
    }
}
