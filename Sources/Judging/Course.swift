import Facts
import Recordings

/// How the script itself went: what it could not reach, where the harness was held up, and how long it waited.
struct Course {
    /// False when the preamble failed, or the harness was in trouble: the checks are then not reached.
    private(set) var reachesChecks = true
    private(set) var reasons: [Reason] = []
    private(set) var waits: [TimedWait] = []
    private(set) var closing: [String] = []
    /// Steps after the preamble that should have made something happen and did not get there.
    private var failedStimuli: [String] = []

    /// The player gave up before the end: what is missing might still have come.
    private var isCutShort = false

    /// The implementation did not answer when the case was over: what did not come may not have come for that.
    private var isGone = false
    /// Checks that pass by what did not come.
    private static let ofSilence: Set<String> = ["messages.right", "messages.declined", "policy.withheld"]

    /// A check with its failure taken back to inconclusive where the script itself had not got there, and with what it makes of silence
    /// where nobody was there to break it.
    func tempered(_ check: CheckResult) -> CheckResult {
        if isGone, check.outcome == .pass, Self.ofSilence.contains(check.id) {
            return check.takenBack("the implementation did not answer at the end of the case")
        }
        guard check.outcome == .fail else { return check }
        let standing = CheckCatalogue[check.id]?.standing ?? .firm
        if isCutShort, standing != .firm { return check.takenBack("the case was cut short") }
        guard let step = failedStimuli.first, standing == .onTheScript else { return check }
        return check.takenBack("\(step) had not got there")
    }

    init(_ evidence: Evidence, _ recording: Recording) {
        takeSteps(evidence)
        takeUnfinished(evidence)
        takeGarbage(evidence)
        takeWaits(evidence)
        takeNotes(recording)
        takeLimit(recording)
        if recording.truncated {
            isCutShort = true
            reasons.append(
                Reason(.inconclusive, code: "not-finished", "the recording ends before the case does"))
        }
        if !evidence.acts.contains(where: { $0.act.index != nil }), reasons.isEmpty {
            reachesChecks = false
            reasons.append(Reason(.inconclusive, code: "preamble", "no step of the script was played"))
        }
    }

    private mutating func takeSteps(_ evidence: Evidence) {
        let stalled = evidence.stalls.map(\.at)
        for (fact, act) in evidence.acts + evidence.closingActs where act.step == "done" && act.text("result") == "unmet" {
            let awaited = act.texts("awaited").joined(separator: "; ")
            let step = act.index.map { "step \($0 + 1)" } ?? "a step"
            let text = "\(step) did not get there: \(awaited.isEmpty ? "its goal was not reached" : awaited)"
            let begin = evidence.begin(ofStep: act.index)
            let began = begin?.fact.at ?? 0
            let kind = begin?.act.step ?? ""
            if act.phase == "closing" {
                closing.append(text)
            } else if stalled.contains(where: { $0 >= began && $0 <= fact.at }) {
                reachesChecks = false
                reasons.append(Reason(.error, code: "stall", "harness stalled: \(text)", lines: fact.lines))
            } else if act.phase == "preamble" {
                reachesChecks = false
                reasons.append(Reason(.inconclusive, code: "preamble", "in the preamble, \(text)", lines: fact.lines))
            } else {
                reasons.append(Reason(.inconclusive, code: "unmet", text, lines: fact.lines))
                if kind != "return" { failedStimuli.append(step) }
            }
        }
    }

    /// Whoever begins a message and never ends it has not answered nothing: where a step got nowhere meanwhile, that is
    /// said first. By itself it is no reason, since a connection may break in the middle of a message.
    private mutating func takeUnfinished(_ evidence: Evidence) {
        let unmet = (evidence.acts + evidence.closingActs).filter {
            $0.act.step == "done" && $0.act.text("result") == "unmet" && $0.act.phase != "closing"
        }
        for entry in evidence.unfinished.reversed() {
            guard unmet.contains(where: { entry.since <= $0.fact.at && $0.fact.at <= entry.closed }) else { continue }
            let open = (entry.closed - entry.since) / 1_000_000
            reasons.insert(
                Reason(
                    .inconclusive, code: "unfinished",
                    "\(entry.user) got the beginning of a message that never ended, \(open) ms before its connection was "
                        + "closed", lines: entry.lines), at: 0)
        }
    }

    private mutating func takeGarbage(_ evidence: Evidence) {
        for entry in evidence.garbage {
            reasons.append(
                Reason(
                    .inconclusive, code: "garbage", "\(entry.user) got bytes that cannot be read: \(entry.reason)",
                    lines: entry.lines))
        }
    }

    private mutating func takeWaits(_ evidence: Evidence) {
        var begun: [String: (at: Int64, what: String)] = [:]
        for (fact, wait) in evidence.waits {
            let key = "\(wait.index ?? -1) \(wait.limit)"
            if wait.state == .begun {
                begun[key] = (fact.at, wait.awaited.joined(separator: "; "))
            } else if let start = begun.removeValue(forKey: key) {
                waits.append(TimedWait(what: start.what, seconds: Double(fact.at - start.at) / 1e9))
            }
        }
        waits.sort { $0.seconds > $1.seconds }
    }

    /// What came after the recording was full is missing, whoever sent it: nothing that is owed, and nothing that was not to
    /// come, can be judged.
    private mutating func takeLimit(_ recording: Recording) {
        guard let note = recording.fullNote else { return }
        reachesChecks = false
        let text = note.fields["text"]?.string ?? "the recording reached its limit; what happened after this is missing"
        reasons.insert(Reason(.inconclusive, code: "recording-full", text, lines: [note.n]), at: 0)
    }

    /// The player says in notes what only it can know: that it was cancelled, or that a deadline passed.
    private mutating func takeNotes(_ recording: Recording) {
        for line in recording.lines where line.kind == .note {
            guard let code = line.fields["trouble"]?.string else { continue }
            let text = line.fields["text"]?.string ?? code
            let lines = [line.n]
            switch code {
            case "harness":
                reachesChecks = false
                reasons.append(Reason(.error, code: code, text, lines: lines))
            case "closing": closing.append(text)
            case "not-finished", "deadline", "cancelled":
                isCutShort = true
                reasons.append(Reason(.inconclusive, code: code, text, lines: lines))
            default:
                if code == "unreachable" { isGone = true }
                reasons.append(Reason(.inconclusive, code: code, text, lines: lines))
            }
        }
    }
}

extension CheckResult {
    /// The same check as inconclusive, because of the script.
    func takenBack(_ cause: String) -> CheckResult {
        var check = self
        check.outcome = .inconclusive
        check.observed += "; but \(cause), so that this shows nothing"
        return check
    }
}
