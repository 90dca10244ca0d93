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

@Test("there is a fixture for every kind of mistake")
func everyCodeHasAFixture() throws {
    #expect(names().count >= 40)
}
