import Diagnostics
import EnablerReference
public import Judging
import Playing
public import TestCases

/// A value of a key of the binding profile tried against the default, everything else being the same.
public struct KeyOutcome: Sendable {
    public let trial: WitnessBook.KeyTrial
    /// What the case says where the description states the default.
    public let standard: Verdict
    /// What it says where the description states the value of the trial.
    public let other: Verdict
    /// Why the worse of the two is what it is.
    public let why: String

    /// The value changes the verdict, and neither verdict is trouble of the harness.
    public var isAlive: Bool {
        standard != other && ![standard, other].contains { $0 == .error || $0 == .notJudged }
    }

    init(_ trial: WitnessBook.KeyTrial, standard: CaseResult, other: CaseResult) {
        self.trial = trial
        self.standard = standard.verdict
        self.other = other.verdict
        let worse = standard.verdict > other.verdict ? standard : other
        why = worse.reasons.first?.text ?? ""
    }

    /// `item-order: any against as-happened`.
    public var name: String { "\(trial.key.rawValue): \(trial.value) against \(trial.key.permitted[0])" }
}

extension WitnessBook.KeyTrial {
    /// The enabler of the trial, described with one value of its key.
    func implementation(stating value: String) -> EmbeddedEnabler {
        EmbeddedEnabler(
            defects: Set([defect].compactMap { $0.flatMap(Defect.init) }),
            variations: Set([variation].compactMap { $0.flatMap(Variation.init) }), stated: [key: value])
    }
}

extension Prover {
    private struct Judged: Sendable {
        var result: CaseResult
        var isLate: Bool
    }

    /// Plays each trial with the default and with its value, and judges both.
    public func keys(_ trials: [WitnessBook.KeyTrial], cases: [TestCase]) async -> [KeyOutcome] {
        let byID = Dictionary(cases.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let known = trials.filter { byID[$0.caseID] != nil }
        let bookings = known.flatMap { trial -> [Booking] in
            guard let testCase = byID[trial.caseID] else { return [] }
            return [trial.key.permitted[0], trial.value].map {
                Booking(testCase, against: trial.implementation(stating: $0), settings: settings)
            }
        }
        let results = await outcomes(of: bookings, isLate: \.isLate) { _, played, _ -> Judged? in
            guard played.end != .interrupted, let recording = played.recording else { return nil }
            let result = await Self.result(of: played, recording)
            return Judged(result: result, isLate: result.verdict.isLate(in: recording))
        }
        return known.indices.compactMap { place in
            guard let standard = results[2 * place], let other = results[2 * place + 1] else { return nil }
            return KeyOutcome(known[place], standard: standard.result, other: other.result)
        }
    }
}
