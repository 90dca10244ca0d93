import Diagnostics
import Foundation
import Judging
import Recordings
import TestCases
import TestSupport
import Testing

@testable import Reporting

struct ResultsReportTests {
    @Test("The whole document looks as it did when it was last read by a person")
    func snapshot() throws {
        let text = ResultsReport().text(of: SampleRun.everyKind)
        #expect(text == (try Fixture.snapshot("reports/results.json", of: text)))
    }

    @Test("It says of every case, check and requirement what was found")
    func content() throws {
        let json = try JSONValue(parsing: ResultsReport().text(of: SampleRun.everyKind))
        #expect(json["format"] == "cpmcheck-results")
        #expect(json["version"] == "1.1")
        let cases = try #require(json["cases"]?.array)
        #expect(cases.map { $0["verdict"] } == ["pass", "pass", "fail", "error", "inconclusive", "not finished"])
        #expect(cases[2]["checks"]?[0]?["outcome"] == "fail")
        #expect(cases[2]["checks"]?[0]?["lines"] == [12, 40])
        #expect(cases[4]["checks"]?[0]?["because"] == "the preamble failed")
        #expect(cases[0]["recording"] == "recordings/058a-passed.ndjson")
        #expect(json["totals"]?["not applicable"] == 1)
        #expect(json["requirements"]?[1]?["verdict"] == "fail")
        #expect(json["notApplicable"]?[0]?["reason"] == "ICS intermediate-lists is not claimed")
    }

    @Test("A diagnostic of a peer that could not be reached is in it")
    func unreachable() throws {
        var run = SampleRun.run([])
        run.unreachable = Diagnostic(.iut, "iut.unreachable", "nobody answers at tcp 192.0.2.1:5060")
        let json = try JSONValue(parsing: ResultsReport().text(of: run))
        #expect(json["unreachable"]?["what"] == "nobody answers at tcp 192.0.2.1:5060")
    }

    @Test("Times that are no times are written as none")
    func times() {
        for (seconds, text) in [
            (0.0005, "0.001"), (1.9996, "2.000"), (-1, "0.000"), (.nan, "0.000"), (.infinity, "0.000"), (75.25, "75.250"),
        ] as [(Double, String)] {
            #expect(secondsText(seconds) == text)
        }
    }
}

struct TerminalReportTests {
    @Test("Progress and table look as they did when they were last read by a person")
    func snapshot() throws {
        let text = TerminalReport(coloured: false).text(of: SampleRun.everyKind)
        #expect(text == (try Fixture.snapshot("reports/terminal.txt", of: text)))
    }

    @Test("A warning is told once, with the number of its cases, passed ones too")
    func warnings() {
        let warned = ["058-a", "058-b"].map {
            SampleRun.result(
                $0, .pass,
                checks: [SampleRun.check(), SampleRun.check("wire.sip-tags", .fail, weight: .warning), SampleRun.check("wire.msrp", .pass, weight: .warning)])
        }
        let text = TerminalReport(coloured: false).text(of: SampleRun.run(warned))
        #expect(text.contains("warnings:\n  wire.sip-tags in 2 cases, such as 058-a\n    carol got m1\n\n"), "\(text)")
        #expect(text.split(separator: "wire.").count == 2, "\(text)")
    }

    @Test("A check that could only have warned and had no occasion to is not told")
    func silentWarnings() {
        let result = SampleRun.result(
            "058-a", .inconclusive, reasons: [Reason(.inconclusive, code: "preamble", "nobody came")],
            checks: [
                SampleRun.check("roster.user-count", .notReached("the preamble failed"), weight: .warning),
                SampleRun.check("messages.complete", .notReached("the preamble failed")),
            ])
        let text = TerminalReport(coloured: false).text(of: SampleRun.run([result]))
        #expect(!text.contains("roster.user-count"), "\(text)")
        #expect(text.contains("check messages.complete at carol: not reached"), "\(text)")
    }

    @Test("An item whose cases all stopped short says why, and stands once")
    func itemsWithoutCases() {
        var run = SampleRun.run([])
        run.requirements = [
            RequirementResult(
                id: "CPM-CONV-058", verdict: .inconclusive, cases: [],
                reasons: [
                    Reason(.inconclusive, code: "preamble", "058-a: nobody came"),
                    Reason(.inconclusive, code: "preamble", "058-b: nobody came"),
                ])
        ]
        run.missing = ["2 cases inconclusive"] + run.itemsWithoutPass
        let text = TerminalReport(coloured: false).text(of: run)
        #expect(!text.contains("in 0 cases"))
        #expect(text.contains("CPM-CONV-058  inconclusive: 058-a: nobody came (and 1 more)\n"), "\(text)")
        #expect(text.contains("  2 cases inconclusive\n  1 of the requirements and claims above did not pass\n"), "\(text)")
        #expect(text.split(separator: "CPM-CONV-058").count == 2, "\(text)")
    }

    @Test("Colours come only when asked for, and nothing of a peer's can steer the terminal")
    func colours() {
        var run = SampleRun.everyKind
        run.cases[2].reasons[0].text = SampleRun.hostile
        run.cases[2].title = SampleRun.hostile
        run.cases[2].waits = [TimedWait(what: SampleRun.hostile, seconds: 1)]
        run.cases[2].seconds = 99
        run.implementation = SampleRun.hostile
        let plain = TerminalReport(coloured: false).text(of: run)
        #expect(!plain.contains("\u{1B}") && !plain.contains("\u{202E}") && !plain.contains("\u{7}"))
        let coloured = TerminalReport(coloured: true).text(of: run)
        #expect(coloured.contains("\u{1B}[31mfail"))
        let codes = ["[31m", "[32m", "[33m", "[35m", "[0m"]
        let withoutCodes = codes.reduce(coloured) { $0.replacingOccurrences(of: "\u{1B}\($1)", with: "") }
        #expect(withoutCodes == plain)
    }

    @Test("A case gets its line when it ends, and the longest case is told with its waits")
    func progress() {
        var report = TerminalReport(coloured: false)
        var text = ""
        report.begin(SampleRun.run([SampleRun.result("a", .pass), SampleRun.result("b", .pass)]), to: &text)
        #expect(text == "2 cases, against embedded reference 1.0\n")
        text = ""
        report.write(SampleRun.result("b", .fail, reasons: [Reason(.fail, code: "x", "bad")]), to: &text)
        #expect(text.hasPrefix("[1/2] fail "))
        #expect(text.hasSuffix(" s  b\n        bad\n"))
        text = ""
        var slow = SampleRun.result("a", .pass)
        slow.seconds = 20
        report.finish(SampleRun.run([slow, SampleRun.result("b", .pass)]), to: &text)
        #expect(text.contains("longest case: a, 20.000 s\n  waited 0.750 s: carol's return\n"))
        #expect(text.hasSuffix("2 pass; 4.500 s\n"))
    }
}

struct ReportFolderTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cpmcheck-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    @Test("From the first moment on the reports say that nothing has ended, and at the end what was found")
    func life() throws {
        try withFolder { path in
            let folder = try ReportFolder(path + "/deep/er")
            let planned = SampleRun.run([.notFinished(SampleRun.testCase("a"), reason: "not begun")])
            try folder.begin(planned)
            var root = try #require(ParsedXML.root(of: String(contentsOfFile: folder.junit, encoding: .utf8)))
            #expect(root.all("error").first?.attributes["type"] == "not-finished")
            try folder.finish(SampleRun.run([SampleRun.result("a", .pass)]), planned: planned)
            root = try #require(ParsedXML.root(of: String(contentsOfFile: folder.junit, encoding: .utf8)))
            #expect(root.all("error").isEmpty)
            let json = try JSONValue(parsing: WholeFile.read(folder.results, limit: 1 << 20))
            #expect(json["totals"]?["pass"] == 1)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                    == ["junit.xml", "recordings", "results.json"])
        }
    }

    @Test("A recording is written under its case's name and reads back")
    func recordings() throws {
        try withFolder { path in
            let folder = try ReportFolder(path)
            let header = RecordingHeader(start: "", case: ["id": "a"], iut: [:], binding: [:], seed: 1)
            let name = try folder.write(Recording(header: header, lines: []), of: "058a--absence.joins-late")
            #expect(name == "058a--absence.joins-late.ndjson")
            #expect(try RecordingReader.read("\(folder.recordings)/\(name)").header == header)
        }
    }

    @Test(
        "No ID leads out of the folder",
        arguments: [
            ("../../etc/passwd", "_.._.._etc_passwd.ndjson"), ("a/b", "a_b.ndjson"), ("", "_.ndjson"),
            (".hidden", "_.hidden.ndjson"), ("é\u{0}\n", "___.ndjson"),
        ])
    func names(id: String, name: String) {
        #expect(ReportFolder.fileName(for: id) == name)
    }

    @Test("A folder that cannot be made or written is told at once, as trouble with the output")
    func unwritable() throws {
        try withFolder { path in
            _ = try ReportFolder(path)
            try WholeFile.write([], to: path + "/file")
            let made = #expect(throws: Diagnostic.self) { try ReportFolder(path + "/file") }
            #expect(made?.family == .output)
            // A folder where the report should go: the other report is written all the same.
            let folder = try ReportFolder(path)
            try FileManager.default.createDirectory(atPath: folder.junit + "/x", withIntermediateDirectories: true)
            let written = #expect(throws: Diagnostic.self) {
                try folder.finish(SampleRun.run([]), planned: SampleRun.run([]))
            }
            #expect(written?.family == .output)
            #expect(written?.place?.file == folder.junit)
            #expect(FileManager.default.fileExists(atPath: folder.results))
        }
    }
}
