import Diagnostics
import Foundation
import Testing

@testable import TestCases

private let folder = packageRoot + "/Fixtures/lint"

private func names() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
}

/// Each fixture says at its end what must be found in it: `#! line:column code: what; instead`.
@Test("each mistake is found at its place, with the right word", arguments: names())
func lintFixture(name: String) throws {
    let file = folder + "/" + name
    let text = try #require(FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) })
    let expected = text.split(separator: "\n").filter { $0.hasPrefix("#! ") }.map { String($0.dropFirst(3)) }
    let found = SuiteLoader.check(file: file, root: folder + "/root", environment: [:], words: noWords).map { diagnostic in
        let place = diagnostic.place
        let where_ = place.map { $0.line == 0 ? "-" : "\($0.line):\($0.column)" } ?? "-"
        let text = diagnostic.what + (diagnostic.instead.map { "; \($0)" } ?? "")
        return "\(where_) \(diagnostic.code): \(text.replacing(folder + "/", with: ""))"
    }
    #expect(!expected.isEmpty)
    #expect(found == expected, "found:\n\(found.map { "#! " + $0 }.joined(separator: "\n"))")
}

/// What is not wrong with one file by itself, and needs bytes that are no text file or more than a fixture holds: by the
/// code, shown by other tests of this room.
private let elsewhere: Set<String> = [
    // About a folder of suites, or about a file beside its suites.
    "input.no-suites", "profile.duplicate", "iut.too-few-users", "proof.contradiction", "proof.unknown-case",
    "coverage.axes-open", "coverage.case-about-nothing", "coverage.idle-reason", "coverage.statement-open",
    "coverage.statement-unseen",
    // About the header of a recording.
    "case.recorded",
    // About files that cannot be read, and large ones.
    "input.unreadable", "yaml.encoding", "yaml.too-large", "yaml.too-many-nodes", "case.matrix-too-large",
]

/// The codes that the sources of this room write, whatever they hand them to.
private func codesInSources() throws -> Set<String> {
    let sources = packageRoot + "/Sources/TestCases"
    let names = FileManager.default.enumerator(atPath: sources)?.compactMap { $0 as? String } ?? []
    var codes: Set<String> = []
    for name in names where name.hasSuffix(".swift") {
        let text = try String(contentsOfFile: "\(sources)/\(name)", encoding: .utf8)
        for match in text.matches(of: /"((?:axes|binding|case|catalogue|coverage|input|iut|profile|proof|yaml)\.[a-z-]+)"/) {
            if !match.1.hasSuffix(".yaml") { codes.insert(String(match.1)) }
        }
    }
    return codes
}

@Test("there is a fixture for every kind of mistake, or a test that says where it is shown")
func everyCodeHasAFixture() throws {
    var shown: Set<String> = []
    let marked = #/#! \S+ (?<code>[a-z.-]+): .*/#
    for name in names() {
        let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        for line in text.split(separator: "\n") {
            if let match = line.wholeMatch(of: marked) { shown.insert(String(match.code)) }
        }
    }
    let codes = try codesInSources()
    #expect(codes.count > 140)
    #expect(codes.subtracting(elsewhere).subtracting(shown) == [], "no fixture")
    #expect(elsewhere.subtracting(codes) == [], "said to be shown elsewhere, and not there any more")
    #expect(elsewhere.intersection(shown) == [])

    let tests = packageRoot + "/Tests/TestCasesTests"
    let others = try FileManager.default.contentsOfDirectory(atPath: tests).filter { $0 != "LintFixtureTests.swift" }
    let text = try others.map { try String(contentsOfFile: "\(tests)/\($0)", encoding: .utf8) }.joined()
    for code in elsewhere { #expect(text.contains("\"\(code)\""), "\(code)") }
}
