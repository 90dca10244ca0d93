import Facts
import Recordings
import TestCases

/// Whether what a case owes may have grown older than the policy keeps it while the case was played.
///
/// Cases are chosen so that it would not; on a machine that is slow, or with an implementation that is, it may be so
/// all the same, and then nobody can be blamed for what did not come.
struct PolicyTime {
    /// Words on it; nil when nothing can have expired, or when the policy states no retention.
    private let excuse: String?

    /// Checks that something came.
    private static let ofArrival: Set<String> = [
        "messages.complete", "messages.in-the-window", "dispositions.complete", "roster.final", "roster.initial",
        "roster.intermediate",
    ]

    init(_ evidence: Evidence, _ header: RecordingHeader) {
        guard let retention = header.iut["policy"]?["retention-ms"]?.int64 else {
            excuse = nil
            return
        }
        func end(of index: Int?) -> Int64? {
            evidence.acts.first { $0.act.step == "done" && $0.act.index == index }?.fact.at
        }
        // What a case lets expire on purpose, it does not expect.
        let outlasted = evidence.acts.filter { $0.act.step == "outlast" }.compactMap { end(of: $0.act.index) }.max()
        let begun = outlasted ?? evidence.acts.first { $0.act.step == "create" }?.fact.at ?? 0
        let returned = evidence.acts.filter { $0.act.step == "return" || $0.act.step == "rejoin" }
            .compactMap { end(of: $0.act.index) }.max()
        let passed = ((returned ?? begun) - begun) / 1_000_000
        excuse = passed >= retention
            ? "the case took \(passed) ms, and the policy keeps what is missed for \(retention) ms" : nil
    }

    /// The check, with its failure taken back where what it misses may have expired.
    func tempered(_ check: CheckResult) -> CheckResult {
        guard let excuse, check.outcome == .fail, Self.ofArrival.contains(check.id) else { return check }
        return check.takenBack(excuse)
    }
}
