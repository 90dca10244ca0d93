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
        var run = planned()
        let planned = run
        try folder.begin(planned)
        let desk = RepeatDesk(plan.selected, folder, console, rounds: rounds)
        switch await play(desk, console) {
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

    private func planned() -> RunResult {
        let party = plan.implementation.description.iut
        return RunResult(
            command: "run", started: RecordingHeader.timestamp(milliseconds: settings.wallClock()), seconds: 0,
            implementation: party.version.isEmpty ? party.name : "\(party.name) \(party.version)",
            cases: plan.selected.map { .notFinished($0, reason: "the run ended before this case") },
            notApplicable: plan.notApplicable.map { NotApplicableCase($0.testCase, reason: $0.reason) })
    }

    private enum Ending: Sendable {
        case played, interrupted
        case unreachable(Diagnostic)
    }

    private func play(_ desk: RepeatDesk, _ console: Console) async -> Ending {
        let implementation = plan.implementation
        let scheduler = RunScheduler(implementation: implementation, settings: settings, jobs: jobs)
        let ending = await withTaskGroup(of: Ending.self) { group in
            group.addTask {
                do throws(Diagnostic) {
                    try await implementation.probe()
                } catch {
                    return .unreachable(error)
                }
                for round in 1...rounds where !Task.isCancelled {
                    let played = await scheduler.run(plan.selected) { await desk.take($0, round) }
                    for case .unreachable(let diagnostic) in played.map(\.end) { return .unreachable(diagnostic) }
                    await desk.close(round)
                }
                return .played
            }
            group.addTask {
                await console.interruption()
                return .interrupted
            }
            let first = await group.next() ?? .played
            group.cancelAll()
            await group.waitForAll()
            return first
        }
        await implementation.finish()
        return ending
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
        return out + "\(repetitions.count) cases, \(rounds) rounds, \(played) times played: \(verdict)\n"
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

    init(_ cases: [TestCase], _ folder: ReportFolder, _ console: Console, rounds: Int) {
        order = cases.map(\.id)
        repetitions = Dictionary(cases.map { ($0.id, Repetition($0)) }, uniquingKeysWith: { first, _ in first })
        self.folder = folder
        self.console = console
        self.rounds = rounds
    }

    func take(_ news: RunProgress, _ round: Int) {
        guard case .ended(let played) = news, played.end != .interrupted, let recording = played.recording else { return }
        let id = played.testCase.id
        var result = Prover.result(of: played, recording)
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
        console.line("round \(round) of \(rounds): \(counts.joined(separator: ", "))")
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
