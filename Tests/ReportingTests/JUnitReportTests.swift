import Diagnostics
import Foundation
import Judging
import TestCases
import TestSupport
import Testing

@testable import Reporting

struct JUnitReportTests {
    private func root(_ run: RunResult, planned: RunResult? = nil) throws -> ParsedXML.Element {
        try #require(ParsedXML.root(of: JUnitReport().text(of: run, planned: planned)))
    }

    @Test("The whole report looks as it did when it was last read by a person")
    func snapshot() throws {
        let text = JUnitReport().text(of: SampleRun.everyKind)
        #expect(text == (try Fixture.snapshot("reports/junit.xml", of: text)))
        #expect(ParsedXML.root(of: text) != nil)
    }

    @Test(
        "Every verdict becomes the element that CI systems read for it",
        arguments: [
            (Verdict.pass, CheckOutcome.pass, nil, nil), (.fail, .fail, "failure", "messages.complete"),
            (.inconclusive, .inconclusive, "error", "inconclusive"), (.error, .pass, "error", "error"),
            (.notJudged, .notReached("why"), "error", "not-judged"),
        ] as [(Verdict, CheckOutcome, String?, String?)])
    func mapping(verdict: Verdict, outcome: CheckOutcome, element: String?, type: String?) throws {
        let reasons = verdict == .pass ? [] : [Reason(verdict, code: "messages.complete", "the reason")]
        let run = SampleRun.run([SampleRun.result("a", verdict, reasons: reasons, checks: [SampleRun.check("c", outcome)])])
        let root = try root(run)
        let testCase = try #require(root.all("testcase").first)
        let outcomes = ["failure", "error", "skipped"].flatMap(testCase.all)
        #expect(outcomes.map(\.name) == [element].compactMap { $0 })
        #expect(outcomes.first?.attributes["type"] == type)
        if element != nil {
            #expect(outcomes.first?.attributes["message"] == "the reason")
            #expect(outcomes.first?.text.contains("the reason") == true)
        }
        #expect(root.attributes["tests"] == "1")
        #expect(root.attributes["failures"] == (element == "failure" ? "1" : "0"))
        #expect(root.attributes["errors"] == (element == "error" ? "1" : "0"))
    }

    @Test("A case whose reasons or checks are worse than its verdict is never shown as a pass")
    func neverBetter() throws {
        let failing = SampleRun.result("a", .pass, checks: [SampleRun.check("x", .fail)])
        let reasoned = SampleRun.result("b", .pass, reasons: [Reason(.fail, code: "x", "bad")])
        let unchecked = SampleRun.result("c", .pass, checks: [])
        let unreached = SampleRun.result("d", .pass, checks: [SampleRun.check("x", .notReached("no"))])
        let inconclusive = SampleRun.result("e", .pass, checks: [SampleRun.check(), SampleRun.check("x", .inconclusive)])
        let cases = try root(SampleRun.run([failing, reasoned, unchecked, unreached, inconclusive])).all("testcase")
        #expect(cases.map { $0.children.last?.name } == ["failure", "failure", "error", "error", "error"])
        #expect(unchecked.mainReason.text == "no check was evaluated")
    }

    @Test("A warning is told beside whatever the verdict is, and one that found nothing makes no pass")
    func warningBesideFailure() throws {
        let warned = SampleRun.check("wire.x", .fail, weight: .warning)
        var failed = SampleRun.result("a", .fail, checks: [SampleRun.check("y", .fail), warned])
        failed.leftovers = [Leftover("messages of other groups came to carol: 1", lines: [3])]
        let idle = SampleRun.result("b", .pass, checks: [SampleRun.check("wire.x", .pass, weight: .warning)])
        let cases = try root(SampleRun.run([failed, idle])).all("testcase")
        let text = cases[0].all("system-out").first?.text
        #expect(text?.contains("warning wire.x at carol: fail") == true)
        #expect(text?.contains("left over: messages of other groups came to carol: 1 (event 3)") == true)
        #expect(text?.contains("check y") == false)
        #expect(cases[1].all("error").count == 1)
    }

    @Test("A failed warning leaves a pass a pass, and is told beside it")
    func warning() throws {
        let result = SampleRun.result("a", .pass, checks: [SampleRun.check(), SampleRun.check("wire.x", .fail, weight: .warning)])
        let testCase = try #require(try root(SampleRun.run([result])).all("testcase").first)
        #expect(testCase.all("failure").isEmpty)
        #expect(testCase.all("system-out").first?.text.contains("warning wire.x at carol: fail") == true)
    }

    @Test("What does not apply is skipped with its reason; suites are kept apart")
    func notApplicable() throws {
        let root = try root(SampleRun.everyKind)
        #expect(root.all("testsuite").map { $0.attributes["name"] } == ["Deferred delivery", "Lists", "Requirements and claims"])
        let skipped = try #require(root.all("skipped").first)
        #expect(skipped.attributes["message"] == "ICS intermediate-lists is not claimed")
        #expect(root.all("testsuite").map { $0.attributes["skipped"] } == ["0", "1", "3"])
        #expect(root.attributes["tests"] == "12")
    }

    @Test("Requirements and claims are a suite of their own, in which what was never judged is skipped and says so")
    func items() throws {
        let root = try root(SampleRun.everyKind)
        let suite = try #require(root.all("testsuite").last)
        let cases = suite.all("testcase")
        #expect(cases.map { $0.attributes["name"] } == [
            "CPM-CONV-058", "CPM-CONV-058a", "CPM-CONV-058b", "ICS survives-restart", "ICS group-imdn",
        ])
        let elements = cases.map { entry in entry.children.map(\.name).first { $0 != "properties" } ?? "pass" }
        #expect(elements == ["pass", "failure", "skipped", "skipped", "skipped"])
        #expect(cases[3].all("skipped").first?.attributes["message"]?.hasPrefix("inconclusive: it is claimed") == true)
        let properties = suite.children.first { $0.name == "properties" }?.children ?? []
        #expect(properties.contains { $0.attributes["name"] == "full-pass" && $0.attributes["value"] == "false" })
        #expect(properties.contains { $0.attributes["name"] == "difference" })
    }

    @Test("A run that could not be reached has no verdict on any claim")
    func unreachableItems() throws {
        var run = SampleRun.everyKind
        run.unreachable = Diagnostic(.iut, "iut.unreachable", "nothing answers")
        #expect(try !root(run).all("testsuite").contains { $0.attributes["name"] == "Requirements and claims" })
    }

    @Test("Cases that were planned and never ended are errors of their own type")
    func unfinished() throws {
        let planned = SampleRun.run(["a", "b", "c"].map { .notFinished(SampleRun.testCase($0), reason: "not begun") })
        var run = SampleRun.run([SampleRun.result("b", .pass)])
        run.interrupted = true
        let cases = try root(run, planned: planned).all("testcase")
        #expect(cases.count == 3)
        let unfinished = cases.filter { $0.all("error").first?.attributes["type"] == "not-finished" }
        #expect(Set(unfinished.compactMap { $0.attributes["name"] }) == ["a", "c"])
    }

    @Test("A run that judged nothing at all is no success, and neither is one that never reached its peer")
    func nothing() throws {
        var run = SampleRun.run([])
        let empty = try root(run)
        #expect(empty.attributes["errors"] == "1")
        #expect(empty.all("error").first?.attributes["message"] == "nothing was judged")
        run.unreachable = Diagnostic(.iut, "iut.unreachable", "nobody answers at tcp 192.0.2.1:5060", instead: "start it")
        let unreachable = try root(run)
        #expect(unreachable.all("error").first?.attributes["type"] == "unreachable")
        #expect(unreachable.all("error").first?.text.contains("tcp 192.0.2.1:5060") == true)
    }

    @Test("Class and name are unique, seconds have three decimals, requirements and basis are properties")
    func details() throws {
        let run = SampleRun.run([SampleRun.result("a", .pass), SampleRun.result("a", .pass), SampleRun.result("a", .pass, suite: "Other")])
        let cases = try root(run).all("testcase")
        let names = cases.map { "\($0.attributes["classname"] ?? "")/\($0.attributes["name"] ?? "")" }
        #expect(names == ["Deferred delivery/a", "Deferred delivery/a (2)", "Other/a"])
        #expect(cases.allSatisfy { $0.attributes["time"] == "1.235" })
        #expect(cases[0].property("requirements") == "CPM-CONV-058 CPM-CONV-058a")
        #expect(cases[0].property("basis") == "clause")
        #expect(try root(run).attributes["time"] == "4.500")
    }

    @Test("Whatever a peer sent, the report stays well-formed and says no more than it should")
    func hostile() throws {
        var result = SampleRun.result(SampleRun.hostile, .fail, reasons: [Reason(.fail, code: SampleRun.hostile, SampleRun.hostile)])
        result.title = SampleRun.hostile
        result.suite = SampleRun.hostile
        result.recording = SampleRun.hostile
        var check = SampleRun.check(SampleRun.hostile, .fail)
        check.observed = SampleRun.hostile
        check.requirements = [.init(SampleRun.hostile)]
        result.checks = [check]
        var run = SampleRun.run([result])
        run.implementation = SampleRun.hostile
        let text = JUnitReport().text(of: run)
        let root = try #require(ParsedXML.root(of: text))
        #expect(root.all("testcase").count == 1)
        #expect(root.all("b").isEmpty)
        #expect(!text.contains("]]>"))
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || isVisible($0) })
        #expect(root.all("failure").first?.attributes["message"]?.contains("]]> ]]&gt; %s %n") == true)
        #expect(root.all("failure").first?.text.contains("😀 é") == true)
    }

    private func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        ![.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
    }
}
