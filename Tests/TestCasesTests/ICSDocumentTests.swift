import Foundation
import Testing

@testable import TestCases

struct ICSDocumentTests {
    let rows: [ICSOption: String]
    let suites: LoadedSuites
    let sources: String

    init() throws {
        suites = try SuiteLoader.load(directory: suitesRoot)
        let text = try String(contentsOfFile: packageRoot + "/docs/ICS.md", encoding: .utf8)
        var rows: [ICSOption: String] = [:]
        for line in text.split(separator: "\n").map(String.init) {
            for option in ICSOption.allCases where line.hasPrefix("| `\(option.rawValue)` |") { rows[option] = line }
        }
        self.rows = rows
        sources = try Self.readers()
    }

    /// What plays and judges; the verdict on a claim itself and the honesty check read every option and prove nothing.
    private static func readers() throws -> String {
        var text = ""
        for room in ["Judging", "Playing", "Facts"] {
            let folder = packageRoot + "/Sources/" + room
            let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
            for name in names where name.hasSuffix(".swift") && !name.hasPrefix("Verdicts/") && !name.hasPrefix("Honesty") {
                text += try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            }
        }
        return text
    }

    private func isReadByCases(_ option: ICSOption) -> Bool {
        suites.cases.flatMap(\.effectiveNeeds).contains { need in
            if case .ics(option.rawValue, _) = need { true } else { false }
        }
    }

    @Test("docs/ICS.md has a row for every option with its role, its values and its meaning", arguments: ICSOption.allCases)
    func documented(option: ICSOption) throws {
        let row = try #require(rows[option])
        let values = option.values.all.map { "`\($0)`" }.joined(separator: ", ")
        #expect(row.hasPrefix("| `\(option.rawValue)` | \(option.role.rawValue) | \(values) | \(option.meaning) | "))
    }

    @Test("every option is read by a case, by a check or by the player", arguments: ICSOption.allCases)
    func isRead(option: ICSOption) {
        #expect(isReadByCases(option) || sources.contains("[.\(option)]") || sources.contains("ics.\(option)"))
    }

    @Test("docs/ICS.md names every policy item")
    func policyItems() throws {
        let text = try String(contentsOfFile: packageRoot + "/docs/ICS.md", encoding: .utf8)
        for item in PolicyItem.allCases { #expect(text.contains("`\(item.rawValue)`")) }
    }
}
