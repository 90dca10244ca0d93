internal import Judging
internal import TestCases

/// One `<testsuite>`: the cases of one suite, or what went wrong outside of all cases.
struct JUnitSuite {
    var name: String
    var entries: [JUnitEntry]

    /// The suite of requirements and ICS items.
    static let claimsName = "Requirements and claims"

    /// In the order in which the suites first occur, what is outside of all cases first.
    static func all(of run: RunResult) -> [JUnitSuite] {
        var suites: [JUnitSuite] = []
        var places: [String: Int] = [:]
        func add(_ entry: JUnitEntry, to name: String) {
            let place = places[name] ?? suites.count
            if place == suites.count {
                suites.append(JUnitSuite(name: name, entries: []))
                places[name] = place
            }
            suites[place].entries.append(entry)
        }
        for entry in JUnitEntry.outsideOfCases(run) { add(entry, to: "cpmcheck") }
        for result in run.cases { add(JUnitEntry(result), to: result.suite) }
        for result in run.notApplicable { add(JUnitEntry(result), to: result.suite) }
        for entry in JUnitEntry.items(of: run) { add(entry, to: claimsName) }
        for place in suites.indices { suites[place].makeNamesUnique() }
        return suites
    }

    /// Readers drop one of two cases with the same class and name; judging one recording twice makes such a pair.
    private mutating func makeNamesUnique() {
        var used: Set<String> = []
        for place in entries.indices {
            let name = entries[place].name
            var copy = 1
            while !used.insert(entries[place].name).inserted {
                copy += 1
                entries[place].name = "\(name) (\(copy))"
            }
        }
    }
}

/// One `<testcase>`.
struct JUnitEntry {
    struct Outcome {
        /// `failure`, `error` or `skipped`.
        var element: String
        var type: String
        var message: String
        var body: [String]
    }

    var name: String
    var seconds = 0.0
    var properties: [(name: String, value: String)] = []
    /// Nil only for a pass.
    var outcome: Outcome?
    /// Warnings and what is left over from other groups; of a pass also how the clean-up went.
    var remarks: [String] = []

    init(_ result: CaseResult) {
        name = result.id
        seconds = result.seconds
        let shown = result.shown
        properties = [
            ("title", result.title), ("verdict", shown.rawValue),
            ("requirements", result.requirements.map(\.rawValue).joined(separator: " ")),
        ]
        let bases = Self.bases(of: result)
        if !bases.isEmpty { properties.append(("basis", bases)) }
        if let recording = result.recording { properties.append(("recording", "recordings/\(recording)")) }
        let reason = result.mainReason
        let body = [safeText(result.title)] + story(of: result)
        func outcome(_ element: String, _ type: String) -> Outcome {
            Outcome(element: element, type: type, message: reason.text, body: body)
        }
        remarks = shown == .pass ? story(of: result, namingRecording: false) : Reporting.remarks(of: result)
        switch shown {
        case .pass: break
        case .fail: self.outcome = outcome("failure", reason.code)
        case .inconclusive: self.outcome = outcome("error", "inconclusive")
        case .error: self.outcome = outcome("error", "error")
        case .notFinished: self.outcome = outcome("error", "not-finished")
        case .notJudged, .notApplicable: self.outcome = outcome("error", "not-judged")
        }
    }

    init(_ result: NotApplicableCase) {
        name = result.id
        properties = [
            ("title", result.title), ("verdict", ShownVerdict.notApplicable.rawValue),
            ("requirements", result.requirements.map(\.rawValue).joined(separator: " ")),
        ]
        outcome = Outcome(element: "skipped", type: "", message: result.reason, body: [])
    }

    init(named name: String) { self.name = name }

    private init(error type: String, name: String, message: String) {
        self.name = name
        outcome = Outcome(element: "error", type: type, message: message, body: [message])
    }

    /// A run that judged nothing has no case that could show it: without these it would look like a success.
    static func outsideOfCases(_ run: RunResult) -> [JUnitEntry] {
        if let unreachable = run.unreachable {
            return [JUnitEntry(error: "unreachable", name: "set-up", message: "\(unreachable)")]
        }
        if run.cases.isEmpty { return [JUnitEntry(error: "not-judged", name: "run", message: "nothing was judged")] }
        return []
    }

    /// The bases of the checks that decided: of a pass all of them, else those that did not pass.
    private static func bases(of result: CaseResult) -> String {
        let counting = result.checks.filter { $0.weight == .requirement }
        let notPassed = counting.filter { $0.outcome == .fail || $0.outcome == .inconclusive }
        let bases = (notPassed.isEmpty ? counting : notPassed).map(\.basis.description)
        var seen: Set<String> = []
        return bases.filter { seen.insert($0).inserted }.joined(separator: ", ")
    }
}
