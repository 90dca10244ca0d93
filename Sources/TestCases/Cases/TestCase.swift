public import Diagnostics
internal import Recordings

/// A test purpose in the form of 3GPP TS 36.579: with … ensure that when … then …, in plain words.
public struct TestPurpose: Sendable, Hashable {
    public var with: String
    public var when: String
    public var then: String

    public init(with: String, when: String, then: String) {
        self.with = with
        self.when = when
        self.then = then
    }
}

/// A scripted participant and how it is absent.
public struct ActorRole: Sendable, Hashable {
    public var name: ActorName
    /// How it is absent; `present` for whoever is no scripted client.
    public var absence: Absence
    public var part = ActorPart.participant

    public init(name: ActorName, absence: Absence) {
        self.name = name
        self.absence = absence
    }

    /// Somebody of a case for a client under test.
    public init(name: ActorName, part: ActorPart) {
        self.init(name: name, absence: .present)
        self.part = part
    }

    /// What the file says of it.
    public var word: String { part == .participant ? absence.rawValue : part.rawValue }
}

/// One case with its matrix row filled in: what is played and what must be seen.
public struct TestCase: Sendable, Hashable {
    /// Unique among all suites and safe as a file name: the base ID and, for a row, `--axis.value` per axis.
    public var id: String
    /// The ID as written in the file, the same for all rows.
    public var baseID: String
    /// The values of the matrix axes in this row, by axis.
    public var row: [String: String] = [:]
    /// The heading of the file the case is in.
    public var suite: String
    public var title: String
    public var role: ImplementationRole
    public var requirements: [RequirementID]
    public var purpose: TestPurpose
    /// In the order of the file.
    public var actors: [ActorRole]
    /// As written; `effectiveNeeds` adds those that follow from the absences, requirements and steps.
    public var needs: [Need] = []
    public var steps: [TestStep]
    public var expectations: [PlacedExpectation]
    /// Where the case is written; nil when it comes from a recording.
    public var place: SourcePlace?

    /// A case made by hand; the rest is empty until it is set.
    public init(
        id: String, requirements: [RequirementID], actors: [ActorRole], steps: [TestStep],
        expectations: [PlacedExpectation]
    ) {
        self.id = id
        self.baseID = id
        self.suite = ""
        self.title = id
        self.role = .enabler
        self.requirements = requirements
        self.purpose = TestPurpose(with: "", when: "", then: "")
        self.actors = actors
        self.steps = steps
        self.expectations = expectations
    }

    /// Equality is that of the content: places are a matter of the file.
    public static func == (a: TestCase, b: TestCase) -> Bool { a.json == b.json }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }

    /// The absence of an actor; nil for one that the case does not declare.
    public func absence(of actor: ActorName) -> Absence? { actors.first { $0.name == actor }?.absence }

    /// The groups that the steps create, in order.
    public var groups: [String] {
        steps.compactMap { step in
            if case .create(let group, _, _, _) = step.kind { group } else { nil }
        }
    }

    /// The `send` step of a message.
    public func message(_ label: String) -> SendStep? {
        for case .send(let send) in steps.lazy.map(\.kind) where send.label == label { return send }
        return nil
    }

    /// The labels of single messages: one that stands for several is written out.
    public func messageLabels(_ labels: [String]) -> [String] {
        // Gathered once: looking for each among all steps would cost the square of their number.
        var written: [String: [String]] = [:]
        for case .send(let send) in steps.lazy.map(\.kind) where written[send.label] == nil {
            written[send.label] = send.labels
        }
        return labels.flatMap { written[$0] ?? [$0] }
    }

    /// The users of an implementation that the case takes: one for each actor, and for a client under test only its own.
    public var leasedUsers: Int { role == .client ? 1 : actors.count }

    /// SHA-256 over the canonical form of `json`: equal cases have equal digests wherever they were written.
    public var digest: String { json.digest }
}
