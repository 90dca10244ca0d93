import Diagnostics
import Foundation
import Recordings
import Testing

@testable import TestCases

/// Mistakes that show only in view of other files, or of a folder.
struct LintBesideTests {
    private func withFolder(_ work: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "lint-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try work(path)
    }

    private func codes(_ text: String, words: WitnessBook.Vocabulary = noWords) throws -> [String] {
        var codes: [String] = []
        try withFolder { folder in
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/file.yaml"))
            codes = SuiteLoader.check(file: folder + "/file.yaml", root: suitesRoot, environment: [:], words: words).map(\.code)
        }
        return codes
    }

    @Test("a book of witnesses is held against the words and cases that there are")
    func witnesses() throws {
        let words = WitnessBook.Vocabulary(defects: ["message-lost"], variations: ["any"], conditions: ["proxy"])
        let book = """
            proof: x
            defects:
              message-lost: { caught: [058a-content-intact, 058a-content-intakt], green: [058a-content-intact] }
              mesage-lost: { caught: [058a-content-intact] }
            variations: { anny: [058a-content-intact] }
            conditions: { prox: [058a-content-intact] }
            """
        #expect(
            try Set(codes(book, words: words)) == [
                "proof.contradiction", "proof.unknown-case", "proof.unknown-defect", "proof.unknown-variation",
                "proof.unknown-condition",
            ])
    }

    @Test("users that are too few for a case of the suites are said where they are listed")
    func tooFewUsers() throws {
        let text = """
            iut: { name: x }
            role: enabler
            ixit:
              address: { host: localhost }
              factory: sip:factory@example.com
              users: { template: "sip:u{n}@example.com", count: COUNT }
            """
        #expect(try codes(text.replacing("COUNT", with: "1")) == ["iut.too-few-users"])
        #expect(try codes(text.replacing("COUNT", with: "8")) == [])
    }

    @Test("a folder without suites, and two profiles of one name, are mistakes of the folder")
    func folders() throws {
        try withFolder { folder in
            for name in ["requirements.yaml", "binding.yaml"] {
                try FileManager.default.copyItem(atPath: "\(suitesRoot)/\(name)", toPath: "\(folder)/\(name)")
            }
            #expect(SuiteLoader.check(directory: folder).map(\.code) == ["input.no-suites"])
        }
        try withFolder { folder in
            let suites = folder + "/Suites"
            try FileManager.default.copyItem(atPath: suitesRoot, toPath: suites)
            let profile = try #require(
                try FileManager.default.contentsOfDirectory(atPath: suites + "/profiles").sorted().first)
            try FileManager.default.copyItem(
                atPath: "\(suites)/profiles/\(profile)", toPath: "\(suites)/profiles/z-\(profile)")
            #expect(SuiteLoader.check(directory: suites).map(\.code).contains("profile.duplicate"))
        }
    }

    @Test("a case in a recording needs its ID")
    func recorded() throws {
        let testCase = try #require(SuiteLoader.load(directory: suitesRoot).cases.first)
        var members = testCase.json.object ?? [:]
        members["id"] = ""
        do {
            _ = try TestCase(json: .object(members))
            Issue.record("a case without an ID was read")
        } catch {
            #expect(error.all.map(\.code) == ["case.recorded"])
        }
    }
}
