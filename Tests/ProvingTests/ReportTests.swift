import EnablerReference
import Foundation
import Judging
import Recordings
import TestCases
import Testing

@testable import Proving

@Suite("Forms of the matrix")
struct MatrixReportTests {
    private var matrix: KillMatrix {
        let subjects: [ProofSubject] = [.conformant, .defect(.messageLost), .variation(.headerOrder)]
        var matrix = KillMatrix(
            .full(subjects: subjects, cases: Samples.profiled(3)),
            cells: [
                Samples.cell(.conformant, 0, .pass), Samples.cell(.conformant, 1, .inconclusive),
                Samples.caught(.messageLost, 0), Samples.cell(.variation(.headerOrder), 2, .fail, [Samples.failed("a.b", [])]),
            ])
        matrix.started = "2026-01-01T00:00:00Z"
        return matrix
    }

    @Test("the page escapes what it quotes, needs nothing from elsewhere, and every link leads somewhere")
    func html() throws {
        let page = matrix.html
        #expect(!page.contains("<b>it</b>") && page.contains("&lt;b&gt;it&lt;/b&gt; is not &amp; never was"))
        #expect(!page.contains("because <it>"))
        #expect(!page.contains("http") && !page.contains("<script") && !page.contains("src="))
        let targets = page.matches(of: /href="#([a-z0-9]+)"/).map { String($0.1) }
        #expect(targets.count >= 3)
        for target in targets { #expect(page.contains("id=\"\(target)\""), "no \(target)") }
        for mark in [ProofMark.caught, .pass, .alarm, .inconclusive] { #expect(page.contains(">\(mark.letter)<")) }
    }

    @Test("every row of the tables in the text has as many cells as its head")
    func markdown() {
        var columns: Int?
        for line in matrix.markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                columns = nil
                continue
            }
            let count = line.replacing("\\|", with: "").count { $0 == "|" }
            #expect(columns ?? count == count, "\(line)")
            columns = count
        }
        #expect(matrix.markdown.contains("## What is missing"))
    }

    @Test("the JSON says what is proved, what is missing, and every cell")
    func json() throws {
        let json = matrix.json
        #expect(json["format"]?.string == "cpmcheck-proof")
        #expect(json["proven"]?.bool == false)
        let subjects = try #require(json["subjects"]?.array)
        #expect(subjects.compactMap { $0["kind"]?.string } == ["conformant", "defect", "variation"])
        #expect(subjects[1]["caughtBy"]?.array?.compactMap(\.string) == [Samples.cases[0].id])
        #expect(subjects[1]["cells"]?.array?.first?["checks"]?.array?.first?["id"]?.string == "messages.complete")
        #expect(subjects[0]["cells"]?.array?.first?["why"] == nil)
    }
}
