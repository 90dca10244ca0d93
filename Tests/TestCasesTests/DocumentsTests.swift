import Foundation
import Recordings
import Testing

@testable import TestCases

private func file(_ name: String) throws -> String {
    String(decoding: try #require(FileManager.default.contents(atPath: packageRoot + "/" + name)), as: UTF8.self)
}

@Test("the language reference has a row for every word of the language, each step with its limit")
func reference() throws {
    let lines = try file("docs/TEST-CASES.md").split(separator: "\n")
    func row(_ word: String) -> Substring? { lines.first { $0.hasPrefix("| `\(word)") } }
    for step in StepWord.allCases {
        let row = try #require(row(step.rawValue + ":"), "\(step)")
        #expect(row.contains("`\(step.limit.rawValue)`"), "\(step)")
    }
    for word in ClientStepWord.allCases {
        #expect(lines.contains { $0.hasPrefix("| `\(word.rawValue):") && !$0.contains("`\(word.rawValue): enabler`") }, "\(word)")
    }
    for word in StrangeContent.allCases { #expect(lines.contains { $0.contains("`\(word.rawValue)`") }, "\(word)") }
    for word in ExpectationWord.allCases { #expect(row(word.rawValue + ":") != nil, "\(word)") }
    for absence in Absence.allCases {
        #expect(row(absence.rawValue + "`") != nil, "\(absence)")
    }
    for timer in TimerName.allCases { #expect(row(timer.rawValue + "`") != nil, "\(timer)") }
    let text = lines.joined(separator: "\n")
    let words: [String] =
        ExpectedStatus.allCases.map(\.rawValue) + SampleText.allCases.map(\.rawValue)
        + DispositionStatus.allCases.map(\.rawValue) + SessionEnding.allCases.map(\.rawValue)
    for word in words { #expect(text.contains("`\(word)`"), "\(word)") }
}

@Test("the examples in the language reference are cases without mistakes", arguments: [(0, 3), (1, 1)])
func referenceExample(_ place: Int, _ rows: Int) throws {
    let text = try file("docs/TEST-CASES.md")
    let examples = text.components(separatedBy: "```yaml\nsuite:").dropFirst().map { "suite:" + $0 }
    let example = try #require(examples.indices.contains(place) ? examples[place] : nil)
    let end = try #require(example.range(of: "```"))
    let (cases, diagnostics) = read(String(example[..<end.lowerBound]))
    #expect(diagnostics == [])
    #expect(cases.count == rows)
}

@Test("the schema for editors knows the same words as the code")
func schema() throws {
    let schema = try JSONValue(parsing: file("Suites/suite.schema.json"))
    let definitions = try #require(schema["definitions"])
    func words(_ value: JSONValue?) -> Set<String> { Set(value?["anyOf"]?[0]?["enum"]?.strings ?? []) }
    func keys(_ value: JSONValue?) -> Set<String> { Set(value?["properties"]?.object?.keys ?? [:].keys) }

    let actors = definitions["case"]?["properties"]?["actors"]
    #expect(
        words(actors?["additionalProperties"])
            == Set(Absence.allCases.map(\.rawValue) + ActorPart.allCases.map(\.rawValue)))
    #expect(keys(definitions["case"]) == Set(CaseReader.keys))
    #expect(keys(definitions["step"]) == Set(StepWord.allCases.map(\.rawValue)))
    let clientStep = definitions["client-step"]
    #expect(keys(clientStep) == Set(ClientStepWord.allCases.map(\.rawValue)))
    let properties = clientStep?["properties"]
    #expect(words(properties?["hand"]?["properties"]?["what"]) == Set(StrangeContent.allCases.map(\.rawValue)))
    #expect(words(properties?["invite"]?["properties"]?["setup"]) == Set(InviteStep.Setup.allCases.map(\.rawValue)))
    #expect(words(properties?["list"]?["properties"]?["by"]) == Set(ListStep.Carriage.allCases.map(\.rawValue)))
    #expect(keys(definitions["expect"]?["items"]) == Set(ExpectationWord.allCases.map(\.rawValue)))
    #expect(words(definitions["status"]) == Set(ExpectedStatus.allCases.map(\.rawValue)))
    #expect(Set(definitions["ics"]?["enum"]?.strings ?? []) == Set(ICSOption.allCases.map(\.rawValue)))
    #expect(Set(definitions["timer"]?["enum"]?.strings ?? []) == Set(TimerName.allCases.map(\.rawValue)))
    let send = definitions["step"]?["properties"]?["send"]
    #expect(words(send?["properties"]?["sample"]) == Set(SampleText.allCases.map(\.rawValue)))
    let row = definitions["case"]?["properties"]?["rows"]?["items"]
    #expect(keys(row) == Set(MatrixExpansion.replaceable + ["for"]))
}
