import Foundation
import Testing

/// docs/EVIDENCE.md names tests; a name that is no longer there would show nothing.
@Suite("What shows it")
struct EvidenceTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test("every test and fixture that docs/EVIDENCE.md names is there")
    func named() throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/EVIDENCE.md"), encoding: .utf8)
        var looked = 0
        for match in text.matches(of: /`((?:[A-Za-z]+Tests|Fixtures)[A-Za-z\/-]*)`/) {
            let name = String(match.1)
            let place = name.hasPrefix("Fixtures") ? name : "Tests/\(name)"
            let isThere = ["", ".swift"].contains {
                FileManager.default.fileExists(atPath: Self.root.appending(path: place + $0).path)
            }
            #expect(isThere, "\(name)")
            looked += 1
        }
        #expect(looked > 30)
    }
}
