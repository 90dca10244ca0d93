public import Diagnostics

/// What the fast form of the proof plays: `Suites/proof.yaml`.
public struct WitnessBook: Sendable, Hashable {
    /// The cases that one defect is played against.
    public struct Witnesses: Sendable, Hashable {
        /// Cases in which it must be caught.
        public var caught: [String]
        /// Cases that must pass all the same, since the defect does not touch what they look at.
        public var green: [String]

        public init(caught: [String] = [], green: [String] = []) {
            self.caught = caught
            self.green = green
        }

        public var all: [String] { caught + green }
    }

    /// One value of a key of the binding profile that makes a verdict differ from that under the default.
    public struct KeyTrial: Sendable, Hashable {
        public var key: BindingKey
        public var value: String
        public var caseID: String
        public var defect: String?
        public var variation: String?
        public var place: SourcePlace?

        public init(
            key: BindingKey, value: String, caseID: String, defect: String? = nil, variation: String? = nil
        ) {
            self.key = key
            self.value = value
            self.caseID = caseID
            self.defect = defect
            self.variation = variation
        }
    }

    public var defects: [String: Witnesses]
    /// Cases that must pass, by variation.
    public var variations: [String: [String]]
    /// Cases that must pass, by condition of a run.
    public var conditions: [String: [String]]
    public var keys: [KeyTrial]

    public init(
        defects: [String: Witnesses] = [:], variations: [String: [String]] = [:], conditions: [String: [String]] = [:],
        keys: [KeyTrial] = []
    ) {
        self.defects = defects
        self.variations = variations
        self.conditions = conditions
        self.keys = keys
    }

    /// The words that a book may use.
    public struct Vocabulary: Sendable {
        public var defects: [String]
        public var variations: [String]
        public var conditions: [String]

        public init(defects: [String], variations: [String], conditions: [String]) {
            self.defects = defects
            self.variations = variations
            self.conditions = conditions
        }
    }
}

extension WitnessBook {
    /// The name of the file in the folder of the suites.
    public static let fileName = "proof.yaml"

    /// Reads a book and throws all that is wrong with it, each mistake with its place: unknown defects, variations,
    /// conditions and cases, and whatever the YAML itself has wrong.
    public static func load(
        file: String, words: Vocabulary, cases: [String], limits: Limits = Limits()
    ) throws(DiagnosticList) -> WitnessBook {
        let findings = Findings()
        var book = WitnessBook()
        if let node = YAMLText.read(file: file, limits: limits, findings: findings) {
            book = WitnessReader(words: words, cases: Set(cases), findings: findings).read(node)
        }
        guard findings.all.isEmpty else { throw DiagnosticList(findings.sorted) }
        return book
    }

    /// Reads what can be read of a book, names that are none left out: to write it anew.
    public static func salvage(
        file: String, words: Vocabulary, cases: [String], limits: Limits = Limits()
    ) -> WitnessBook {
        let findings = Findings()
        guard let node = YAMLText.read(file: file, limits: limits, findings: findings) else { return WitnessBook() }
        return WitnessReader(words: words, cases: Set(cases), findings: findings).read(node)
    }
}
