import Testing

@testable import ClientReference

@Suite("Defects and variations of the reference client", .timeLimit(.minutes(5)))
struct DeviationTests {
    @Test("each defect says what is wrong, by which check it is caught, and which requirements it breaks")
    func described() {
        for defect in ClientDefect.allCases {
            #expect(!defect.summary.isEmpty, "\(defect.rawValue) is described by no family")
            #expect(!defect.check.isEmpty)
            #expect(!defect.requirements.isEmpty)
        }
        #expect(ClientDefect.allCases.count >= 35)
        #expect(Set(ClientDefect.allCases.map(\.summary)).count == ClientDefect.allCases.count)
    }

    @Test("each variation says what is otherwise, and what allows it")
    func allowed() {
        for variation in ClientVariation.allCases {
            #expect(!variation.summary.isEmpty, "\(variation.rawValue) is described by no family")
            #expect(!variation.allowedBy.isEmpty)
        }
        #expect(ClientVariation.allCases.count >= 15)
    }

    @Test("every defect is seen from outside or by the user, and a conformant client is seen the same twice")
    func defectsAct() async throws {
        let conformant = try await Tour.go()
        #expect(try await Tour.go() == conformant)
        try await forEach(ClientDefect.allCases) { defect in
            let seen = try await Tour.go(defects: [defect])
            #expect(seen != conformant, "\(defect.rawValue) is not seen")
        }
    }

    @Test("one that processes no intermediate lists shows all messages, and nobody come or gone")
    func withoutIntermediateLists() async throws {
        let conformant = try await Tour.go()
        let seen = try await Tour.go(variations: [.noIntermediateLists])
        func said(_ lines: [String]) -> [String] { lines.filter { $0.hasPrefix("said") } }
        #expect(said(seen) == said(conformant) && !said(seen).isEmpty)
        for word in ["joined", "left"] {
            #expect(conformant.contains { $0.hasPrefix(word) } && !seen.contains { $0.hasPrefix(word) })
        }
    }

    @Test("no variation changes what matters")
    func variationsAreHarmless() async throws {
        // Whether it subscribes and what it makes of intermediate lists, a client declares.
        @Sendable func mattering(_ seen: [String]) -> [String] { seen.filter { !$0.hasPrefix("subscribed") } }
        let conformant = mattering(try await Tour.go())
        try await forEach(ClientVariation.allCases.filter { $0 != .noIntermediateLists }) { variation in
            let difference = mattering(try await Tour.go(variations: [variation])).difference(from: conformant)
            #expect(difference.isEmpty, "\(variation.rawValue): \(difference)")
        }
    }

    /// Several at once, but not all: a tour waits for what a defective client never does, and a busy machine must not
    /// make a conformant one wait.
    private func forEach<Subject: Sendable>(
        _ all: [Subject], _ body: @escaping @Sendable (Subject) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = all[...]
            for subject in rest.prefix(12) { group.addTask { try await body(subject) } }
            rest = rest.dropFirst(12)
            while try await group.next() != nil {
                if let subject = rest.popFirst() { group.addTask { try await body(subject) } }
            }
        }
    }
}
