import Diagnostics
import Foundation
import Judging
import Playing
import Proving
import Recordings
import Reporting
import TestCases

/// The same run several times: every case must have the same verdict each time.
struct RepeatConduct: Sendable {
    let plan: RunPlan
    let settings: PlaySettings
    let jobs: Int
    let rounds: Int
    let catalogue: RequirementCatalogue
    let reports: String

    func perform(_ console: Console) async throws -> ExitStatus {
        let folder = try ReportFolder(reports)
        let clock = ContinuousClock()
        let begun = clock.now
        let course = RunCourse(plan: plan, settings: settings, jobs: jobs, rounds: rounds)
        var run = course.planned()
        let planned = run
        try folder.begin(planned)
        let desk = RepeatDesk(plan.selected, folder, console, rounds: rounds)
        let ending = await course.play(
            console, begin: {}, news: { await desk.take($0, $1) }, close: { await desk.close($0) })
        switch ending {
        case .played: break
        case .interrupted: run.interrupted = true
        case .unreachable(let diagnostic): run.unreachable = diagnostic
        }
        let repetitions = await desk.compared()
        run.cases = repetitions.map { $0.result ?? .notFinished($0.testCase, reason: "the run ended before this case") }
        if run.unreachable == nil { RunVerdicts(catalogue, plan.parts.map(\.scope)).settle(&run) }
        run.seconds = clock.now.seconds(since: begun)
        try folder.finish(run, planned: planned)
        if let diagnostic = run.unreachable { console.problem(diagnostic.description) }
        console.out(text(of: repetitions))
        if let trouble = await desk.trouble { throw trouble }
        let status = ExitStatus(run)
        return repetitions.contains(where: \.varies) ? status.worst(with: .failed) : status
    }

    private func text(of repetitions: [Repetition]) -> String {
        let varying = repetitions.filter(\.varies)
        var out = "\n"
        for repetition in varying {
            out += "varies \(repetition.testCase.id): \(repetition.sentence)\n"
            out += "  " + (repetition.difference.map { "the wire differed: \(safeText($0, limit: 400))" } ?? "the wire was the same")
            out += "\n"
            for (verdict, file) in repetition.recordings.sorted(by: { $0.key < $1.key }) {
                out += "  \(verdict.rawValue): recordings/\(file)\n"
            }
        }
        let played = repetitions.map(\.rounds).reduce(0, +)
        let verdict = varying.isEmpty ? "every case had the same verdict each time" : "\(varying.count) of them vary"
        return out + "\(repetitions.count) \(repetitions.count == 1 ? "case" : "cases"), \(rounds) \(rounds == 1 ? "round" : "rounds"), \(played) times played: \(verdict)\n"
    }
}

/// Judges cases as they end, keeps the first recording of each verdict, and says how each round went.
private actor RepeatDesk {
    private(set) var trouble: Diagnostic?
    private var repetitions: [String: Repetition]
    private let order: [String]
    private let folder: ReportFolder
    private let console: Console
    private let rounds: Int
    private var thisRound: [Verdict: Int] = [:]
    /// Times in which the harness was held up.
    private(set) var again = 0

    init(_ cases: [TestCase], _ folder: ReportFolder, _ console: Console, rounds: Int) {
        order = cases.map(\.id)
        repetitions = Dictionary(cases.map { ($0.id, Repetition($0)) }, uniquingKeysWith: { first, _ in first })
        self.folder = folder
        self.console = console
        self.rounds = rounds
    }

    /// True when the case is to be played again, since the harness was held up in it: such a time does not count.
    func take(_ news: RunProgress, _ turn: RunCourse.Turn) async -> Bool {
        guard case .ended(let played) = news, played.end != .interrupted, let recording = played.recording else { return false }
        let result = await Prover.result(of: played, recording)
        if !turn.isLast, result.verdict.isLate(in: recording) {
            again += 1
            return true
        }
        keep(result, recording, of: played.testCase.id, round: turn.round)
        return false
    }

    private func keep(_ result: CaseResult, _ recording: Recording, of id: String, round: Int) {
        var result = result
        thisRound[result.verdict, default: 0] += 1
        guard var repetition = repetitions[id] else { return }
        // The first recording has the name that every report looks for; later ones say of which round they are.
        let isFirst = repetition.rounds == 0
        if repetition.counts[result.verdict] == nil {
            do {
                let name = try folder.write(recording, of: isFirst ? id : "\(id).round-\(round)")
                result.recording = name
                repetition.recordings[result.verdict] = name
            } catch {
                trouble = trouble ?? error
            }
        }
        repetition.add(result)
        repetitions[id] = repetition
    }

    func close(_ round: Int) {
        let counts = thisRound.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key.rawValue)" }
        let held = again == 0 ? "" : "; \(again) times the harness was held up, and played again"
        console.line("round \(round) of \(rounds): \(counts.joined(separator: ", "))\(held)")
        again = 0
        thisRound = [:]
    }

    /// All cases in their order; for those that vary, what differed on the wire.
    func compared() -> [Repetition] {
        order.compactMap { id in
            guard var repetition = repetitions[id], repetition.varies else { return repetitions[id] }
            let shapes = repetition.recordings.sorted { $0.key < $1.key }.compactMap { _, file in
                try? WireShape(RecordingReader.read("\(folder.recordings)/\(file)"))
            }
            guard let first = shapes.first else { return repetition }
            repetition.difference = shapes.dropFirst().compactMap { $0.difference(from: first) }.first
            return repetition
        }
    }
}
