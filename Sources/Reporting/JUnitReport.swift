public import Judging

/// JUnit XML as CI systems really read it: nothing that is not a pass can be taken for one.
///
/// A fail is `<failure>`; inconclusive, harness errors and cases without a verdict are `<error>` with a type of their
/// own; what does not apply is `<skipped>` with the ICS or policy item. One suite per suite of cases.
public struct JUnitReport: ReportFormat {
    private var planned: [CaseResult] = []

    public init() {}

    public mutating func begin(_ planned: RunResult, to stream: inout some TextOutputStream) {
        self.planned = planned.cases
    }

    /// The counts stand at the top of the file, so it is written at the end.
    public mutating func write(_ result: CaseResult, to stream: inout some TextOutputStream) {}

    public mutating func finish(_ run: RunResult, to stream: inout some TextOutputStream) {
        let suites = JUnitSuite.all(of: run.completed(with: planned))
        stream.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        let entries = suites.flatMap(\.entries)
        stream.write("<testsuites name=\"cpmcheck\"\(counts(entries)) time=\"\(secondsText(run.seconds))\">\n")
        for suite in suites { write(suite, of: run, to: &stream) }
        stream.write("</testsuites>\n")
    }

    private func counts(_ entries: [JUnitEntry]) -> String {
        func count(_ element: String) -> Int { entries.count { $0.outcome?.element == element } }
        return " tests=\"\(entries.count)\" failures=\"\(count("failure"))\" errors=\"\(count("error"))\""
            + " skipped=\"\(count("skipped"))\""
    }

    private func write(_ suite: JUnitSuite, of run: RunResult, to stream: inout some TextOutputStream) {
        let time = secondsText(suite.entries.reduce(0) { $0 + $1.seconds })
        stream.write("  <testsuite name=\"\(xmlText(suite.name))\"\(counts(suite.entries)) time=\"\(time)\"")
        stream.write(" timestamp=\"\(xmlText(timestamp(run.started)))\">\n")
        var properties = [
            ("command", run.command), ("implementation", run.implementation), ("interrupted", "\(run.interrupted)"),
        ]
        if suite.name == JUnitSuite.claimsName {
            properties.append(("full-pass", "\(run.isFullPass)"))
            properties += run.missing.map { ("full-pass-missing", $0) }
            properties += run.differences.map { ("difference", "\($0.kind.rawValue): \($0.text)") }
        }
        writeProperties(properties.map { (name: $0.0, value: $0.1) }, indent: "    ", to: &stream)
        for entry in suite.entries { write(entry, in: suite, to: &stream) }
        stream.write("  </testsuite>\n")
    }

    private func write(_ entry: JUnitEntry, in suite: JUnitSuite, to stream: inout some TextOutputStream) {
        stream.write("    <testcase classname=\"\(xmlText(suite.name))\" name=\"\(xmlText(entry.name))\"")
        stream.write(" time=\"\(secondsText(entry.seconds))\">\n")
        writeProperties(entry.properties, indent: "      ", to: &stream)
        if let outcome = entry.outcome {
            stream.write("      <\(outcome.element)")
            // Readers of the format know no type of skipped tests.
            if outcome.element != "skipped" { stream.write(" type=\"\(xmlText(outcome.type))\"") }
            stream.write(" message=\"\(xmlText(outcome.message, limit: 1000))\">")
            stream.write(xmlText(outcome.body.joined(separator: "\n"), keepingLines: true, limit: 200_000))
            stream.write("</\(outcome.element)>\n")
        }
        if !entry.remarks.isEmpty {
            let text = xmlText(entry.remarks.joined(separator: "\n"), keepingLines: true, limit: 200_000)
            stream.write("      <system-out>\(text)</system-out>\n")
        }
        stream.write("    </testcase>\n")
    }

    private func writeProperties(
        _ properties: [(name: String, value: String)], indent: String, to stream: inout some TextOutputStream
    ) {
        guard !properties.isEmpty else { return }
        stream.write("\(indent)<properties>\n")
        for property in properties {
            stream.write("\(indent)  <property name=\"\(property.name)\" value=\"\(xmlText(property.value))\"/>\n")
        }
        stream.write("\(indent)</properties>\n")
    }

    /// The format has neither fractions nor zones; our times are UTC.
    private func timestamp(_ started: String) -> String {
        started.hasSuffix("Z") && started.count >= 20 ? String(started.prefix(19)) : started
    }
}
