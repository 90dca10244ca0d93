import Diagnostics
import Judging

/// What the exit code of the program says; `worst(with:)` follows the precedence that the documentation gives.
public enum ExitStatus: Int32, Sendable, CaseIterable {
    case interrupted = 130
    case cannotWrite = 73
    case internalError = 70
    case unreachable = 69
    case badInput = 65
    case usage = 64
    case failed = 1
    case harnessError = 3
    case nothingJudged = 4
    case inconclusive = 2
    case success = 0

    /// The one of the two that stands first in the order of precedence, which is the order of the cases.
    func worst(with other: ExitStatus) -> ExitStatus {
        for status in ExitStatus.allCases where status == self || status == other { return status }
        return self
    }

    /// The status for trouble that was said as a diagnostic.
    init(_ family: Diagnostic.Family) {
        switch family {
        case .input: self = .badInput
        case .iut: self = .unreachable
        case .harness: self = .internalError
        case .output: self = .cannotWrite
        }
    }

    /// The status for a run or a re-judging that got to its end.
    init(_ result: RunResult) {
        var status = ExitStatus.success
        if result.interrupted { status = status.worst(with: .interrupted) }
        if result.unreachable != nil { status = status.worst(with: .unreachable) }
        for verdict in result.cases.map(\.verdict) {
            switch verdict {
            case .fail: status = status.worst(with: .failed)
            case .error: status = status.worst(with: .harnessError)
            case .inconclusive: status = status.worst(with: .inconclusive)
            case .pass, .notJudged: break
            }
        }
        if !result.cases.contains(where: { $0.verdict != .notJudged }) { status = status.worst(with: .nothingJudged) }
        self = status
    }
}
