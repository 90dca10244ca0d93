import Diagnostics
import Foundation
public import Judging
public import Playing
public import Recordings
import TestCases

/// Plays a plan in one pool and judges what was recorded.
public struct Prover: Sendable {
    public var settings: PlaySettings
    public var jobs: Int
    /// Keeps the recording of a cell and returns its file name; nil keeps none.
    public var keep: @Sendable (Recording, ProofCell) async -> String?

    /// - Parameter keep: asked for every cell that is striking; decides itself where.
    public init(
        settings: PlaySettings, jobs: Int,
        keep: @escaping @Sendable (Recording, ProofCell) async -> String? = { _, _ in nil }
    ) {
        self.settings = settings
        self.jobs = jobs
        self.keep = keep
    }

    /// Plays everything and returns what was found; what was not begun when the task was cancelled is missing.
    ///
    /// - Parameter progress: called with each cell as it ends, never at the same time.
    public func cells(
        _ pairs: [ProofPlan.Pair], progress: @escaping @Sendable (ProofCell) async -> Void = { _ in }
    ) async -> [ProofCell] {
        let bookings = pairs.map { pair in
            Booking(pair.testCase, against: pair.subject.implementation(under: pair.profile), settings: settings)
        }
        return await outcomes(of: bookings, isLate: \.wasLate) { place, played, attempt in
            await cell(pairs[place].subject, played, attempt.number)
        } ended: { cell, attempt in
            if attempt.isLast || !cell.wasLate { await progress(cell) }
        }.compactMap(\.self)
    }

    /// What is made of each booking; a harness that was late has seen nothing: it looks again, with less at once.
    ///
    /// - Returns: nil for what was not begun or interrupted.
    func outcomes<Outcome: Sendable>(
        of bookings: [Booking], isLate: (Outcome) -> Bool,
        finish: @escaping @Sendable (Int, PlayedCase, Attempts.Attempt) async -> Outcome?,
        ended: @escaping @Sendable (Outcome, Attempts.Attempt) async -> Void = { _, _ in }
    ) async -> [Outcome?] {
        var outcomes = [Outcome?](repeating: nil, count: bookings.count)
        var open = Array(bookings.indices)
        for attempt in Attempts(jobs: jobs) where !open.isEmpty && !Task.isCancelled {
            let asked = open
            let played = await CasePool(jobs: attempt.jobs).play(
                asked.map { bookings[$0] }, finish: { place, played in await finish(asked[place], played, attempt) },
                ended: { _, outcome in if let outcome { await ended(outcome, attempt) } })
            for (place, outcome) in zip(asked, played) { outcomes[place] = outcome ?? outcomes[place] }
            open = asked.filter { outcomes[$0].map(isLate) == true }
        }
        return outcomes
    }

    /// Pairs at once when nobody says how many: fewer than a run has, since the defects make many cases wait longer.
    public static var defaultJobs: Int { min(CasePool.defaultJobs, max(8, 8 * ProcessInfo.processInfo.activeProcessorCount)) }

    /// Nil for a case that was interrupted: it says nothing of its subject.
    private func cell(_ subject: ProofSubject, _ played: PlayedCase, _ attempt: Int) async -> ProofCell? {
        guard played.end != .interrupted, let recording = played.recording else { return nil }
        var cell = ProofCell(subject, await Self.result(of: played, recording))
        cell.attempts = attempt
        cell.wasLate = cell.verdict.isLate(in: recording)
        if cell.isStriking { cell.recording = await keep(recording, cell) }
        return cell
    }

    /// What the judge says of a played case; an error when it cannot be judged at all.
    public static func result(of played: PlayedCase, _ recording: Recording) async -> CaseResult {
        await LongWork.outcome { judged(played, recording) }
    }

    private static func judged(_ played: PlayedCase, _ recording: Recording) -> CaseResult {
        do {
            return try Judge().judge(recording)
        } catch {
            var result = CaseResult.notFinished(played.testCase, reason: "")
            result.verdict = .error
            result.reasons = [Reason(.error, code: "harness", error.all.map(\.description).joined(separator: "; "))]
            return result
        }
    }
}
