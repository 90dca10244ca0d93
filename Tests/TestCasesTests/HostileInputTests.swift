import Diagnostics
import Foundation
import Recordings
import Testing

@testable import TestCases

private func codes(_ text: String, limits: Limits = Limits()) -> [String] {
    let findings = Findings()
    _ = YAMLText.parse(text, file: "hostile.yaml", limits: limits, findings: findings)
    return findings.sorted.map(\.code)
}

@Test("aliases that would expand without end are refused at once, as values and as keys")
func aliasBomb() {
    var text = "a: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...40 { text += "k\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    let clock = ContinuousClock()
    let elapsed = clock.measure {
        #expect(codes(text) == ["yaml.too-many-aliases"])
        #expect(codes(text.replacing("k40: ", with: "? ")) == ["yaml.too-many-aliases"])
    }
    #expect(elapsed < .seconds(2))
}

@Test("a few aliases work and count as what they expand to")
func fewAliases() {
    let long = "[" + (0..<20_000).map(String.init).joined(separator: ", ") + "]"
    let uses = (0..<12).map { "k\($0): *all\n" }.joined()
    #expect(codes("all: &all [1, 2]\nagain: *all\n") == [])
    #expect(codes("all: &all \(long)\n\(uses)") == ["yaml.too-many-nodes"])
}

@Test("files that are too large, not UTF-8, a directory or missing are refused with the reason")
func unreadable() throws {
    var limits = Limits()
    limits.yaml = 100
    #expect(codes(String(repeating: "# comment\n", count: 20), limits: limits) == ["yaml.too-large"])

    let file = NSTemporaryDirectory() + "cpmcheck-hostile-\(UInt64.random(in: 0...UInt64.max)).yaml"
    try Data([0x61, 0x3A, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    func check(_ file: String) -> [String] {
        SuiteLoader.check(file: file, root: suitesRoot, environment: [:], words: noWords).map(\.code)
    }
    #expect(check(file) == ["yaml.encoding"])
    #expect(check(packageRoot) == ["input.unreadable"])
    #expect(check(packageRoot + "/no-such-file.yaml") == ["input.unreadable"])
    #expect(throws: DiagnosticList.self) { try SuiteLoader.load(directory: packageRoot + "/no-such-folder") }
}

@Test("words from a file cannot write to the terminal by way of a complaint")
func escapes() {
    let (_, diagnostics) = read(suite("  - id: \"c\\e[2Jx\"\n"))
    #expect(diagnostics.contains { $0.code == "case.id" })
    #expect(!diagnostics.contains { $0.description.contains("\u{1B}") })
}

@Test("a matrix cannot explode")
func hugeMatrix() {
    let axes = (0..<9).map { "      a\($0): [x1, x2, x3]\n" }.joined()
    let (cases, diagnostics) = read(suite("  - id: c1\n    title: t\n    matrix:\n\(axes)"))
    #expect(cases.isEmpty)
    #expect(diagnostics.contains { $0.code == "case.matrix-too-large" })
}

@Test("a recorded case that was tampered with is refused, not trusted")
func tamperedRecording() throws {
    let testCase = try #require(SuiteLoader.load(directory: suitesRoot).cases.first)
    var json = testCase.json
    json["steps"] = [["sned": ["by": "alice"]]]
    #expect(throws: DiagnosticList.self) { try TestCase(json: json) }
    #expect(throws: DiagnosticList.self) { try TestCase(json: .null) }
    var nameless = testCase.json
    nameless["id"] = nil
    #expect(throws: DiagnosticList.self) { try TestCase(json: nameless) }
}
