import Diagnostics
import Foundation
import Recordings
import Synchronization
import Testing

@testable import CommandLine

/// Whole runs in which a scripted person answers about the embedded reference client.
@Suite("A run with an operator", .serialized, .timeLimit(.minutes(5)))
struct OperatorRunTests {
    /// Two cases with three questions between them: messages, participants, messages.
    private static let filter = ["--filter", "058c-messages-of-a-session-that-is-over", "--filter", "058c-ended-for-a-reason--cause.gone"]
    private static let first = "058c-messages-of-a-session-that-is-over"
    private static let second = "058c-ended-for-a-reason--cause.gone"

    /// Runs with a person who sees what was printed since the answer before.
    private func run(
        _ folder: String, _ more: [String] = [], interruption: (@Sendable (Captured) async -> Void)? = nil,
        _ answer: @escaping @Sendable (String) -> ConsoleInput?
    ) async -> Ended {
        let captured = Captured()
        let seen = Mutex(0)
        let input: @Sendable () async -> ConsoleInput? = {
            let out = captured.out
            let text = seen.withLock { place in
                defer { place = out.count }
                return String(out.dropFirst(place))
            }
            if let line = answer(text) { return line }
            // Nobody answers for as long as it takes.
            try? await Task.sleep(for: .seconds(1_000))
            return nil
        }
        let console =
            if let interruption {
                captured.console(input: input, interruption: { await interruption(captured) })
            } else {
                captured.console(input: input)
            }
        let arguments = ["run", "--role", "client", "--operator", "--reports", folder + "/r"] + Self.filter + more
        let code = await Cpmcheck.run(arguments, on: console)
        return Ended(code: code, out: captured.out, err: captured.err)
    }

    private func failures(_ folder: String) throws -> [String: [String]] {
        let results = try ReadResults(folder + "/r").json
        var failed: [String: [String]] = [:]
        for testCase in results["cases"]?.array ?? [] {
            failed[testCase["id"]?.string ?? "", default: []] = (testCase["checks"]?.array ?? [])
                .filter { $0["outcome"] == "fail" || $0["outcome"] == "inconclusive" }.compactMap { $0["id"]?.string }
        }
        return failed
    }

    private func rejudged(_ folder: String) async -> Ended {
        await cpmcheck("judge", folder + "/r", "--reports", folder + "/again")
    }

    @Test("who answers yes to everything ends with a pass; the recordings alone give the same")
    func yes() async throws {
        try await withFolder { folder in
            let ended = await run(folder) { _ in .line("y") }
            #expect(ended.code == 0, "\(ended.out)\(ended.err)")
            #expect(ended.out.contains("2 pass"))
            #expect(ended.out.contains("Do exactly these 3 messages stand in the group “cpmcheck group "))
            #expect(ended.out.contains("done through the client's upper tester"))
            #expect(ended.out.contains("  | sip:alice@cpm.example, "))
            #expect(await rejudged(folder).code == 0)
        }
    }

    @Test("a no to one part fails its check in its case and no other, with what was said; judging again says the same")
    func no() async throws {
        try await withFolder { folder in
            let ended = await run(folder) { text in
                let isWhole = text.contains("Do exactly these 3 messages")
                return .line(isWhole || text.contains("stand in just this order") && text.contains("“three”") ? "no, three is on top" : "yes")
            }
            #expect(ended.code == 1, "\(ended.out)\(ended.err)")
            let failed = try failures(folder)
            #expect(failed == [Self.first: ["shown.order"], Self.second: []])
            #expect(ended.out.contains("the operator says that it is not so: “three is on top”"))
            let again = await rejudged(folder)
            #expect(again.code == 1)
            #expect(again.out.contains("the operator says that it is not so: “three is on top”"))
        }
    }

    @Test("an unclear ends with 2, inconclusive in its check alone")
    func unclear() async throws {
        try await withFolder { folder in
            let ended = await run(folder) { text in .line(text.contains("show the participants") ? "unclear" : "yes") }
            #expect(ended.code == 2, "\(ended.out)\(ended.err)")
            let failed = try failures(folder)
            #expect(failed == [Self.first: ["members.shown"], Self.second: []])
            #expect(ended.out.contains("the operator could not tell"))
            #expect(await rejudged(folder).code == 2)
        }
    }

    // MARK: Ending early, and going on

    @Test("the end of the input in mid-case: 130 with reports; the same command goes on with that case, from its beginning")
    func endAndResume() async throws {
        try await withFolder { folder in
            let ended = await run(folder) { text in text.contains("the participants") ? .end : .line("y") }
            #expect(ended.code == 130, "\(ended.out)\(ended.err)")
            #expect(ended.out.contains("The same command goes on with the first case that is not finished."))
            let unfinished = try ReadResults(folder + "/r").cases
            #expect(unfinished.count == 2 && unfinished.allSatisfy { $0.verdict == "not finished" })

            let middle = await run(folder) { text in text.contains("058c-ended-for-a-reason") ? .end : .line("y") }
            #expect(middle.code == 130, "\(middle.out)\(middle.err)")
            #expect(middle.out.contains("0 of 2 cases are finished, 2 are left"))

            let last = await run(folder) { _ in .line("y") }
            #expect(last.code == 0, "\(last.out)\(last.err)")
            #expect(last.out.contains("1 of 2 cases are finished, 1 is left"))
            #expect(!last.out.contains("== \(Self.first)\n"))
            #expect(last.out.contains("[2/2]"))
            #expect(last.out.contains("2 pass"))
            #expect(recordings(in: folder + "/r").count == 2)
            #expect(await rejudged(folder).code == 0)
        }
    }

    @Test("Ctrl-C while a question stands open: 130 soon, and the session goes on; once all is finished nothing is asked")
    func interruptAndResume() async throws {
        try await withFolder { folder in
            let interruption: @Sendable (Captured) async -> Void = { captured in
                _ = await eventually(within: .seconds(60)) { captured.out.contains("== \(Self.second)") && captured.out.hasSuffix("] > ") }
            }
            let began = ContinuousClock.now
            let ended = await run(folder, interruption: interruption) { text in text.contains(Self.second) ? nil : .line("y") }
            #expect(ended.code == 130, "\(ended.out)\(ended.err)")
            #expect(began.duration(to: .now) < .seconds(30))
            let verdicts = try ReadResults(folder + "/r").verdicts
            #expect(verdicts == [Self.first: "pass", Self.second: "not finished"])
            #expect(await run(folder) { _ in .line("y") }.code == 0)
            let nothing = await run(folder) { _ in .end }
            #expect(nothing.code == 0, "\(nothing.out)\(nothing.err)")
            #expect(nothing.out.contains("2 of 2 cases are finished, 0 are left"))
        }
    }

    @Test("other cases or options are refused with 65, and begun anew when that is said")
    func changed() async throws {
        try await withFolder { folder in
            #expect(await run(folder) { _ in .line("y") }.code == 0)
            for more in [["--strict"], ["--filter", "058c-large"]] {
                let ended = await run(folder, more) { _ in .line("y") }
                #expect(ended.code == 65, "\(ended.out)")
                #expect(ended.err.contains("[operator.changed]"))
                #expect(ended.err.contains("--again"))
            }
            // What was finished is still there.
            #expect(recordings(in: folder + "/r").count == 2)
            let again = await run(folder, ["--again", "--strict"]) { _ in .line("n") }
            #expect(again.code == 1, "\(again.out)\(again.err)")
            #expect(again.out.contains("== \(Self.first)\n"))
        }
    }

    @Test("a finished case whose recording is gone or another one is played again")
    func tampered() async throws {
        try await withFolder { folder in
            #expect(await run(folder) { _ in .line("y") }.code == 0)
            let name = try #require(recordings(in: folder + "/r").first { $0.contains(Self.second) })
            let path = folder + "/r/recordings/" + URL(filePath: name).lastPathComponent
            try FileManager.default.removeItem(atPath: path)
            let other = try #require(recordings(in: folder + "/r").first { $0.contains(Self.first) })
            try FileManager.default.copyItem(atPath: folder + "/r/recordings/" + URL(filePath: other).lastPathComponent, toPath: path)
            let ended = await run(folder) { _ in .line("y") }
            #expect(ended.code == 0, "\(ended.out)\(ended.err)")
            #expect(ended.out.contains("1 of 2 cases are finished"))
            #expect(ended.out.contains("== \(Self.second)\n"))
        }
    }

    @Test("a journal that was cut off in the middle of a line loses that line and nothing else")
    func cutOff() async throws {
        try await withFolder { folder in
            #expect(await run(folder) { _ in .line("y") }.code == 0)
            let path = folder + "/r/operator.jsonl"
            let data = try Data(contentsOf: URL(filePath: path))
            try data.dropLast(20).write(to: URL(filePath: path))
            for _ in 0..<2 {
                let ended = await run(folder) { _ in .line("y") }
                #expect(ended.code == 0, "\(ended.out)\(ended.err)")
            }
            let last = await run(folder) { _ in .end }
            #expect(last.out.contains("2 of 2 cases are finished"))
        }
    }

    @Test("what makes no sense with an operator is refused with 64")
    func usage() async {
        for arguments in [
            ["run", "--operator"], ["run", "--operator", "--role", "client", "--repeat", "2"], ["run", "--role", "client", "--again"],
        ] {
            #expect(await cpmcheck(arguments).code == 64, "\(arguments)")
        }
    }

    @Test("the description of an enabler has no operator: 65")
    func enabler() async throws {
        try await withFolder { folder in
            try write(describedImplementation(port: 5060), to: folder + "/iut.yaml")
            let ended = await cpmcheck("run", "--operator", "--iut", folder + "/iut.yaml", "--reports", folder + "/r")
            #expect(ended.code == 65)
            #expect(ended.err.contains("operator.no-client"))
        }
    }
}
