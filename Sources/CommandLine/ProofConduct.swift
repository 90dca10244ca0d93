import Diagnostics
import Foundation
import Playing
import Proving
import Recordings
import TestCases

/// One proof from the plan to the matrix, also when interrupted.
struct ProofConduct: Sendable {
    let plan: ProofPlan
    /// Trials of the binding profile's keys, with all cases; nil when they are not asked for.
    let trials: (all: [WitnessBook.KeyTrial], cases: [TestCase])?
    let settings: PlaySettings
    let jobs: Int
    let reports: String

    /// - Throws: `Diagnostic` when a report or a recording cannot be written.
    func perform(_ console: Console) async throws -> (KillMatrix, ExitStatus) {
        let folder = try ProofFolder(reports: reports)
        let clock = ContinuousClock()
        let begun = clock.now
        let desk = ProofDesk(plan, folder, console)
        let started = RecordingHeader.timestamp(milliseconds: settings.wallClock())
        await desk.begin()
        let isInterrupted = await console.isInterrupted { await play(desk) }
        var matrix = KillMatrix(plan, cells: await desk.cells)
        matrix.started = started
        matrix.seconds = clock.now.seconds(since: begun)
        matrix.seed = settings.seed
        matrix.isInterrupted = isInterrupted
        if let keys = await desk.keys { matrix.keys = keys }
        try folder.write(matrix)
        await desk.close(matrix)
        if let trouble = await desk.trouble { throw trouble }
        return (matrix, isInterrupted ? .interrupted : matrix.isProven ? .success : .failed)
    }

    private func play(_ desk: ProofDesk) async {
        let prover = Prover(settings: settings, jobs: jobs) { await desk.keep($0, $1) }
        _ = await prover.cells(plan.pairs) { await desk.take($0) }
        if let trials { await desk.take(prover.keys(trials.all, cases: trials.cases)) }
    }
}

/// Gathers cells as they end, keeps recordings, and says how far the proof has come.
private actor ProofDesk {
    private(set) var cells: [ProofCell] = []
    private(set) var trouble: Diagnostic?
    private(set) var keys: [KeyOutcome]?
    private let plan: ProofPlan
    private let folder: ProofFolder
    private let console: Console
    /// Cases that are still to come, by subject.
    private var open: [ProofSubject: Int]
    private var striking = 0

    init(_ plan: ProofPlan, _ folder: ProofFolder, _ console: Console) {
        self.plan = plan
        self.folder = folder
        self.console = console
        open = plan.pairs.reduce(into: [:]) { $0[$1.subject, default: 0] += 1 }
    }

    func begin() {
        console.line(
            "\(plan.subjects.count) subjects, \(plan.cases.count) cases, \(plan.pairs.count) pairs to play")
    }

    func keep(_ recording: Recording, _ cell: ProofCell) -> String? {
        do {
            return try folder.write(recording, of: cell)
        } catch {
            trouble = trouble ?? error
            return nil
        }
    }

    /// A line for each subject that is through; on a terminal also one that tells how far it is.
    func take(_ cell: ProofCell) {
        cells.append(cell)
        if cell.isStriking { striking += 1 }
        open[cell.subject, default: 1] -= 1
        if open[cell.subject] == 0 {
            let word = ProofTable.line(cell.subject, KillMatrix(plan, cells: cells.filter { $0.subject == cell.subject }))
            console.out((console.isTerminal ? "\r\u{1B}[K" : "") + word + "\n")
        }
        if console.isTerminal {
            console.out("\r\u{1B}[K\(cells.count) of \(plan.pairs.count) played, \(striking) striking")
        }
    }

    func take(_ keys: [KeyOutcome]) { self.keys = keys }

    func close(_ matrix: KillMatrix) {
        if console.isTerminal { console.out("\r\u{1B}[K") }
        console.out(ProofTable.text(of: matrix))
        console.line("matrix: \(folder.path)/matrix.html")
    }
}
