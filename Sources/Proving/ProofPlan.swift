import Playing
public import TestCases

/// What is played to prove the suite: subjects against cases.
public struct ProofPlan: Sendable {
    /// Which form of the proof it is.
    public enum Form: String, Sendable, Hashable {
        /// Every subject against every case.
        case full
        /// Every subject against its witnesses.
        case fast
    }

    /// What a subject must do in a case, where the plan says so.
    public enum Demand: Sendable, Hashable {
        case caught, pass
    }

    public struct Pair: Sendable {
        public var subject: ProofSubject
        public var testCase: TestCase
        /// How the provider has set what is played against.
        public var profile = ProviderProfile.standard
    }

    public let form: Form
    /// In the order of the matrix: of each role what is conformant, defects, variations, conditions.
    public let subjects: [ProofSubject]
    /// The columns of the matrix, in the order of the suites.
    public let cases: [TestCase]
    public private(set) var pairs: [Pair] = []
    /// What is known before anything is played: of the fast form only.
    public private(set) var demands: [ProofSubject: [String: Demand]] = [:]
    /// Demands that cannot be played, each as a sentence.
    public private(set) var unplayable: [String] = []

    /// Every subject against every case that applies to it.
    public static func full(subjects: [ProofSubject], cases: ProfiledCases) -> ProofPlan {
        var plan = ProofPlan(form: .full, subjects: subjects, cases: cases.cases)
        for subject in subjects {
            var stage = Stage(subject, cases)
            plan.pairs += cases.cases.filter { stage.reasonNotApplicable($0) == nil }.map { stage.pair($0) }
        }
        return plan
    }

    /// A subject under each profile that its cases want.
    private struct Stage {
        private let subject: ProofSubject
        private let cases: ProfiledCases
        private var descriptions: [String: ImplementationDescription] = [:]

        init(_ subject: ProofSubject, _ cases: ProfiledCases) {
            self.subject = subject
            self.cases = cases
        }

        func pair(_ testCase: TestCase) -> Pair {
            Pair(subject: subject, testCase: testCase, profile: cases.profile(of: testCase.id))
        }

        mutating func reasonNotApplicable(_ testCase: TestCase) -> String? {
            let profile = cases.profile(of: testCase.id)
            let description = descriptions[profile.name] ?? subject.implementation(under: profile).description
            descriptions[profile.name] = description
            return testCase.reasonNotApplicable(to: description)
        }
    }

    /// Every subject against the cases that the book names for it, and the conformant references against all of those.
    ///
    /// - Parameter cases: those that a filter lets through; a witness that is not among them is not played.
    public static func fast(subjects: [ProofSubject], cases: ProfiledCases, book: WitnessBook) -> ProofPlan {
        let byID = Dictionary(cases.cases.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var demands: [ProofSubject: [String: Demand]] = [:]
        for subject in subjects { demands[subject] = book.demands(on: subject).filter { byID[$0.key] != nil } }
        // One whose witnesses the filter leaves out is not asked for; one without any stays, to be complained of.
        let subjects = subjects.filter {
            $0.isConformant || demands[$0]?.isEmpty == false || book.demands(on: $0).isEmpty
        }
        let named = Set(demands.values.flatMap(\.keys))
        for subject in subjects where subject.isConformant {
            let own = named.filter { byID[$0]?.role == subject.role }
            demands[subject] = Dictionary(uniqueKeysWithValues: own.map { ($0, .pass) })
        }
        let used = cases.cases.filter { named.contains($0.id) }
        var plan = ProofPlan(form: .fast, subjects: subjects, cases: used)
        plan.demands = demands
        for subject in subjects {
            var stage = Stage(subject, cases)
            for testCase in used where demands[subject]?[testCase.id] != nil {
                if let reason = stage.reasonNotApplicable(testCase) {
                    plan.unplayable.append("\(subject.name): \(testCase.id) does not apply to it: \(reason)")
                } else {
                    plan.pairs.append(stage.pair(testCase))
                }
            }
        }
        return plan
    }

    private init(form: Form, subjects: [ProofSubject], cases: [TestCase]) {
        self.form = form
        self.subjects = subjects
        self.cases = cases
    }
}

extension WitnessBook {
    /// What the book wants of a subject, by case.
    func demands(on subject: ProofSubject) -> [String: ProofPlan.Demand] {
        if subject.isConformant { return [:] }
        let witnesses = defects[subject.name]
        let passing = subject.fault != nil ? witnesses?.green : (variations[subject.name] ?? conditions[subject.name])
        let demands = (passing ?? []).map { ($0, ProofPlan.Demand.pass) }
            + (witnesses?.caught ?? []).map { ($0, ProofPlan.Demand.caught) }
        return Dictionary(demands, uniquingKeysWith: { _, last in last })
    }

    /// The words of the subjects that there are.
    public static var vocabulary: Vocabulary {
        func names(_ kind: String) -> [String] { ProofSubject.all(kind).map(\.name) }
        return Vocabulary(defects: names("defect"), variations: names("variation"), conditions: names("condition"))
    }
}
