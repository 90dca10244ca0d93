import EnablerReference
import Judging
import TestCases
import Testing

@testable import Proving

@Suite("Marks of the kill matrix")
struct ProofMarkTests {
    private let lost = ProofSubject.defect(.messageLost)

    @Test("caught means: the declared check, for a declared requirement, and nothing undeclared")
    func caught() {
        let declared = Samples.failed("messages.complete", ["CPM-CONV-058", "CPM-CONV-058a"])
        #expect(Samples.cell(lost, 0, .fail, [declared]).mark == .caught)
        let collateral = Samples.failed("messages.order", ["CPM-CONV-058a"])
        #expect(Samples.cell(lost, 0, .fail, [collateral, declared]).mark == .caught)
        #expect(Samples.cell(lost, 0, .fail, [collateral]).mark == .otherCheck)
        let undeclared = Samples.failed("roster.initial", ["CPM-CONV-058b"])
        #expect(Samples.cell(lost, 0, .fail, [declared, undeclared]).mark == .wrong)
        #expect(Samples.cell(lost, 0, .fail, [undeclared]).mark == .wrong)
    }

    @Test("the declared check that fails an undeclared requirement blames wrongly")
    func wrongRequirement() {
        let wrong = Samples.failed("messages.complete", ["CPM-CONV-058b"])
        #expect(Samples.cell(lost, 0, .fail, [wrong]).mark == .wrong)
        let mixed = Samples.failed("messages.complete", ["CPM-CONV-058", "CPM-CONV-058b"])
        #expect(Samples.cell(lost, 0, .fail, [mixed]).mark == .wrong)
    }

    @Test("warnings neither catch nor blame")
    func warnings() {
        let declared = Samples.failed("messages.complete", ["CPM-CONV-058", "CPM-CONV-058a"])
        let warning = Samples.failed("roster.initial", ["CPM-CONV-058b"], weight: .warning)
        #expect(Samples.cell(lost, 0, .fail, [declared, warning]).mark == .caught)
        #expect(Samples.cell(lost, 0, .pass, [warning]).mark == .pass)
    }

    @Test("doubt and trouble never count as caught, whatever failed beside them")
    func doubt() {
        let declared = Samples.failed("messages.complete", ["CPM-CONV-058", "CPM-CONV-058a"])
        #expect(Samples.cell(lost, 0, .inconclusive).mark == .inconclusive)
        #expect(Samples.cell(lost, 0, .error, [declared]).mark == .error)
        #expect(Samples.cell(lost, 0, .notJudged).mark == .error)
    }

    @Test(
        "what is legal raises an alarm when it fails",
        arguments: [ProofSubject.conformant, .variation(.compactHeaders), .condition(.ipv6)])
    func alarm(_ subject: ProofSubject) {
        #expect(Samples.cell(subject, 0, .fail, [Samples.failed("messages.complete", ["CPM-CONV-058"])]).mark == .alarm)
        #expect(Samples.cell(subject, 0, .pass).mark == .pass)
        #expect(Samples.cell(subject, 0, .inconclusive).mark == .inconclusive)
    }

    @Test("each mark has a letter of its own")
    func letters() { #expect(Set(ProofMark.allCases.map(\.letter)).count == ProofMark.allCases.count) }
}

@Suite("The gate of the proof")
struct GateTests {
    private let subjects: [ProofSubject] = [.conformant, .defect(.messageLost), .variation(.headerOrder)]

    private func matrix(_ cells: [ProofCell]) -> KillMatrix {
        KillMatrix(.full(subjects: subjects, cases: Samples.profiled(2)), cells: cells)
    }

    private var good: [ProofCell] {
        [
            Samples.cell(.conformant, 0, .pass), Samples.cell(.conformant, 1, .pass), Samples.caught(.messageLost, 0),
            Samples.cell(.defect(.messageLost), 1, .pass), Samples.cell(.variation(.headerOrder), 0, .pass),
            Samples.cell(.variation(.headerOrder), 1, .pass),
        ]
    }

    /// The good matrix with one cell put in the place of another.
    private func with(_ cell: ProofCell) -> KillMatrix {
        matrix(good.filter { $0.subject != cell.subject || $0.caseID != cell.caseID } + [cell])
    }

    @Test("holds when every defect is caught somewhere and nothing legal is flagged")
    func holds() {
        #expect(matrix(good).isProven, "\(matrix(good).missing)")
        var interrupted = matrix(good)
        interrupted.isInterrupted = true
        #expect(!interrupted.isProven)
        #expect(!matrix([]).isProven)
    }

    @Test("falls when a defect is caught by no case, and says by what check it should have been")
    func uncaught() {
        let missing = with(Samples.cell(.defect(.messageLost), 0, .pass)).missing
        #expect(missing.count == 1)
        #expect(missing.first?.contains("messages.complete") == true)
    }

    @Test("falls when an undeclared requirement fails anywhere, though the defect is caught elsewhere")
    func wrong() {
        let blamed = Samples.cell(.defect(.messageLost), 1, .fail, [Samples.failed("roster.final", ["CPM-CONV-058b"])])
        #expect(with(blamed).missing.count == 1)
        #expect(!with(blamed).ruling(.defect(.messageLost)).isProven)
    }

    @Test("an inconclusive defect is only shown, an inconclusive variation or reference is an alarm")
    func doubts() {
        #expect(with(Samples.cell(.defect(.messageLost), 1, .inconclusive)).isProven)
        #expect(with(Samples.cell(.variation(.headerOrder), 1, .inconclusive)).missing.count == 1)
        #expect(with(Samples.cell(.conformant, 1, .error)).missing.count == 1)
        #expect(with(Samples.cell(.conformant, 1, .fail)).missing.count == 1)
    }

    @Test("cases that catch nothing are listed, once all defects were played")
    func idle() {
        #expect(matrix(good).idleCases.isEmpty)
        let cases = Array(Samples.cases.prefix(2))
        let plan = ProofPlan.full(subjects: [.conformant] + Defect.allCases.map(ProofSubject.defect), cases: Samples.profiled(2))
        let cells = cases.indices.map { Samples.cell(.conformant, $0, .pass) }
        let whole = KillMatrix(plan, cells: cells + Defect.allCases.map { Samples.caught($0, 1) })
        #expect(whole.idleCases.map(\.id) == [cases[0].id])
    }
}
