import Diagnostics
import EnablerReference
import Foundation
import Judging
import TestCases
import Testing

@testable import Proving

@Suite("Witnesses")
struct WitnessTests {
    private let ids = Samples.cases.map(\.id)

    private func load(_ text: String) throws -> WitnessBook {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("proof-\(UUID().uuidString).yaml").path
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        return try WitnessBook.load(file: file, words: WitnessBook.vocabulary, cases: ids)
    }

    private func mistakes(_ text: String) -> [Diagnostic] {
        do {
            _ = try load(text)
            return []
        } catch let list as DiagnosticList {
            return list.all
        } catch {
            Issue.record("\(error)")
            return []
        }
    }

    @Test("the shipped book is right, and names witnesses for everything that there is")
    func shipped() throws {
        let loaded = try SuiteLoader.load(directory: Samples.suites)
        let book = try WitnessBook.load(
            file: Samples.suites + "/" + WitnessBook.fileName, words: WitnessBook.vocabulary,
            cases: ProfiledCases(loaded.cases, profiles: loaded.profiles).cases.map(\.id))
        for defect in Defect.allCases {
            #expect(book.defects[defect.rawValue]?.caught.isEmpty == false, "\(defect.rawValue) has no witness")
            #expect(book.defects[defect.rawValue]?.green.isEmpty == false, "\(defect.rawValue) has no green case")
        }
        for variation in Variation.allCases {
            #expect(book.variations[variation.rawValue]?.isEmpty == false, "\(variation.rawValue) has no case")
        }
        for condition in RunCondition.allCases {
            #expect(book.conditions[condition.rawValue]?.isEmpty == false, "\(condition.rawValue) has no case")
        }
    }

    @Test("the page of the documentation is what the shipped book says")
    func page() throws {
        let loaded = try SuiteLoader.load(directory: Samples.suites)
        let book = try WitnessBook.load(
            file: Samples.suites + "/" + WitnessBook.fileName, words: WitnessBook.vocabulary,
            cases: ProfiledCases(loaded.cases, profiles: loaded.profiles).cases.map(\.id))
        let page = try String(contentsOfFile: Samples.suites + "/../docs/MATRIX.md", encoding: .utf8)
        #expect(page == book.markdown, "cpmcheck prove --table > docs/MATRIX.md")
    }

    @Test("what is written is read again as it was")
    func roundTrip() throws {
        var book = WitnessBook()
        book.defects = ["message-lost": .init(caught: [ids[0], ids[1]], green: [ids[2]]), "final-list-missing": .init()]
        book.variations = ["compact-headers": [ids[1]], "header-order": []]
        book.conditions = ["ipv6": [ids[3]]]
        book.keys = [.init(key: .itemOrder, value: "any", caseID: ids[0], defect: "message-lost")]
        var read = try load(book.yaml)
        for place in read.keys.indices { read.keys[place].place = nil }
        #expect(read == book)
    }

    @Test("unknown names are input errors with their place and the nearest right word")
    func unknown() {
        let found = mistakes(
            """
            proof: witnesses
            defects:
              mesage-lost: { caught: [\(ids[0])], green: [] }
              message-lost: { caught: [\(ids[0])x], green: [] }
            variations:
              compact-header: [\(ids[0])]
            binding-keys:
              - { key: item-ordre, value: any, case: \(ids[0]) }
              - { key: item-order, value: none, case: \(ids[0]) }
            """)
        #expect(found.map(\.code) == [
            "proof.unknown-defect", "proof.unknown-case", "proof.unknown-variation", "input.unknown-word",
            "binding.unknown-value",
        ])
        #expect(found.map { $0.place?.line } == [3, 4, 6, 8, 9])
        #expect(found.allSatisfy { ($0.place?.column ?? 0) > 0 && $0.family == .input })
        #expect(found.first?.instead == "did you mean 'message-lost'?")
    }

    @Test("a case cannot be both to catch and to stay green")
    func contradiction() {
        let found = mistakes("proof: witnesses\ndefects:\n  message-lost: { caught: [\(ids[0])], green: [\(ids[0])] }\n")
        #expect(found.map(\.code) == ["proof.contradiction"])
    }

    @Test("the choice takes cases that catch, cases that stay green, and leaves other subjects alone")
    func choice() {
        let lost = ProofSubject.defect(.messageLost)
        let cells = Samples.cases.indices.map { Samples.cell(.conformant, $0, .pass) } + [
            Samples.cell(lost, 0, .pass), Samples.caught(.messageLost, 1), Samples.cell(lost, 2, .inconclusive),
            Samples.caught(.messageLost, 3),
        ]
        let matrix = KillMatrix(.full(subjects: [.conformant, lost], cases: Samples.profiled()), cells: cells)
        var old = WitnessBook()
        old.defects = ["final-list-missing": .init(caught: [ids[2]], green: []), "message-lost": .init(caught: [ids[2]])]
        let new = old.choosing(from: matrix)
        #expect(new.defects["message-lost"] == .init(caught: [ids[1], ids[3]].sorted(), green: [ids[0]]))
        #expect(new.defects["final-list-missing"] == old.defects["final-list-missing"])
    }
}

@Suite("The fast form")
struct FastFormTests {
    private let ids = Samples.cases.map(\.id)
    private let lost = ProofSubject.defect(.messageLost)

    private func plan(_ book: WitnessBook, cases: [TestCase] = Samples.cases) -> ProofPlan {
        .fast(subjects: [.conformant, lost, .variation(.headerOrder)], cases: ProfiledCases(cases), book: book)
    }

    private var book: WitnessBook {
        WitnessBook(
            defects: ["message-lost": .init(caught: [ids[0]], green: [ids[1]])], variations: ["header-order": [ids[1]]])
    }

    @Test("plays each subject against its witnesses, and the reference against all of them")
    func pairs() {
        let pairs = Set(plan(book).pairs.map { "\($0.subject.name) \($0.testCase.id)" })
        #expect(pairs == [
            "conformant \(ids[0])", "conformant \(ids[1])", "message-lost \(ids[0])", "message-lost \(ids[1])",
            "header-order \(ids[1])",
        ])
    }

    private func missing(_ first: ProofCell, _ second: ProofCell, book: WitnessBook? = nil) -> [String] {
        let rest = [
            Samples.cell(.conformant, 0, .pass), Samples.cell(.conformant, 1, .pass),
            Samples.cell(.variation(.headerOrder), 1, .pass),
        ]
        return KillMatrix(plan(book ?? self.book), cells: rest + [first, second]).missing
    }

    @Test("each witness must catch, each green case must pass")
    func demands() {
        let (caught, green) = (Samples.caught(.messageLost, 0), Samples.cell(lost, 1, .pass))
        #expect(missing(caught, green).isEmpty)
        #expect(missing(Samples.cell(lost, 0, .pass), green).count == 1)
        #expect(missing(Samples.cell(lost, 0, .inconclusive), green).count == 1)
        #expect(missing(caught, Samples.caught(.messageLost, 1)).count == 1)
    }

    @Test("a defect without a witness, and a variation without a case, are missing")
    func without() {
        let missing = KillMatrix(plan(WitnessBook()), cells: []).missing
        #expect(missing.count == 2, "\(missing)")
    }

    @Test("what a filter leaves without cases is not asked for")
    func filtered() {
        let plan = plan(book, cases: [Samples.cases[1]])
        #expect(plan.subjects == [.conformant, lost, .variation(.headerOrder)])
        let other = self.plan(book, cases: [Samples.cases[3]])
        #expect(other.subjects == [.conformant])
        #expect(other.pairs.isEmpty)
    }
}
