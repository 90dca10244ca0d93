import Diagnostics
import Foundation
import Judging
import NIOCore
import NIOPosix
import Recordings
import TestCases
import Testing

@testable import CommandLine

/// How a run ends when it does not get through: nobody there, or nobody wants it any more.
@Suite(.timeLimit(.minutes(2)))
struct RunEndingTests {
    /// A port of this machine on which nothing listens.
    private func freePort() async throws -> Int {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = server.localAddress?.port ?? 0
        try await server.close()
        return port
    }

    @Test("nothing listens: 69, which address was tried and how, and valid reports in which nothing passed")
    func nothingListens() async throws {
        try await withFolder { folder in
            let port = try await freePort()
            try write(describedImplementation(port: port), to: folder + "/iut.yaml")
            let ended = await cpmcheck("run", "--iut", folder + "/iut.yaml", "--reports", folder + "/r")
            #expect(ended.code == 69)
            #expect(ended.err.contains("127.0.0.1:\(port) over TCP"))
            #expect(ended.err.contains("refused"), "\(ended.err)")
            let results = try ReadResults(folder + "/r")
            #expect(results.cases.count >= 15)
            #expect(results.cases.allSatisfy { $0.verdict == "not finished" })
            #expect(results.json["unreachable"]?["what"]?.string?.contains("127.0.0.1:\(port)") == true)
            let junit = try ReadJUnit(folder + "/r")
            #expect(junit.cases.count >= 15)
            #expect(junit.passed.isEmpty)
            #expect(recordings(in: folder + "/r").isEmpty)

            let doctor = await cpmcheck("doctor", "--iut", folder + "/iut.yaml")
            #expect(doctor.code == 69)
            #expect(doctor.out.contains("✗ connection: 127.0.0.1:\(port) over TCP failed: "))
            #expect(doctor.out.contains("to mend: start the implementation, or correct 'ixit.address'"))
            #expect(doctor.out.contains("- OPTIONS, users, factory: not tried"))
        }
    }

    @Test("a name that nobody knows: 69 with the name")
    func unknownName() async throws {
        try await withFolder { folder in
            try write(describedImplementation(port: 5060, host: "no-such-host.invalid"), to: folder + "/iut.yaml")
            let ended = await cpmcheck("run", "--iut", folder + "/iut.yaml", "--reports", folder + "/r")
            #expect(ended.code == 69)
            #expect(ended.err.contains("no-such-host.invalid:5060"))
            let doctor = await cpmcheck("doctor", "--iut", folder + "/iut.yaml")
            #expect(doctor.code == 69)
            #expect(doctor.out.contains("✗ address: the name no-such-host.invalid is not known here"))
        }
    }

    @Test("the implementation goes in mid-run: 69 soon, what was judged stays judged, the rest is not finished")
    func goesAway() async throws {
        try await withFolder { folder in
            let file = folder + "/iut.yaml"
            let server = try await ServedEnabler(["--describe", file])
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try write(text.replacing("count: 48", with: "count: 10").replacing("answer: 5000ms", with: "answer: 2s"), to: file)
            let captured = Captured()
            let killer = Task { [captured] in
                _ = await eventually(within: .seconds(60)) { hasEnded(1, in: captured.out) }
                await server.stop()
                return ContinuousClock.now
            }
            let code = await Cpmcheck.run(
                ["run", "--iut", folder + "/iut.yaml", "--reports", folder + "/r"], on: captured.console())
            #expect(await killer.value.duration(to: .now) < .seconds(45))
            #expect(code == 69, "\(captured.out)\(captured.err)")
            #expect(captured.out.contains("2 cases at once, since there are 10 users"), "\(captured.out)")
            #expect(captured.err.contains("127.0.0.1:\(server.port) over TCP failed: Connection refused"), "\(captured.err)")
            let results = try ReadResults(folder + "/r")
            #expect(results.cases.contains { $0.verdict == "pass" })
            #expect(results.cases.count { $0.verdict == "not finished" } > results.cases.count / 2)
            #expect(results.json["unreachable"]?["what"]?.string?.contains("127.0.0.1:\(server.port)") == true)
            #expect(captured.out.contains("not finished"), "the table is printed")
        }
    }

    @Test("a wrong password is said before the first case: 69, with the user")
    func wrongPassword() async throws {
        try await withFolder { folder in
            try write("cpm-1:right\ncpm-2:right\n", to: folder + "/passwords")
            let server = try await ServedEnabler(["--passwords", folder + "/passwords"])
            let file = folder + "/iut.yaml"
            try write(
                describedImplementation(port: server.port, answer: 2000).replacing(
                    "count: 8", with: "count: 8, password: { env: CPM_TEST_PASSWORD }"), to: file)
            let ended = await cpmcheck(
                ["run", "--iut", file, "--reports", folder + "/r"], environment: ["CPM_TEST_PASSWORD": "wrong"])
            await server.stop()
            #expect(ended.code == 69, "\(ended.out)")
            #expect(ended.err.hasPrefix("\(file):9:3: "), "\(ended.err)")
            #expect(ended.err.contains("refuses to register sip:cpm-1@cpm.example: 401"), "\(ended.err)")
            #expect(ended.err.contains("correct the password"))
            #expect(ended.out.isEmpty)
            #expect(try ReadJUnit(folder + "/r").passed.isEmpty)
        }
    }

    @Test("an address that cannot be reached is pointed at where it is written")
    func placeOfAddress() async throws {
        try await withFolder { folder in
            let file = folder + "/iut.yaml"
            try write(describedImplementation(port: try await freePort()), to: file)
            let ended = await cpmcheck("run", "--iut", file, "--reports", folder + "/r")
            #expect(ended.err.hasPrefix("\(file):6:3: "), "\(ended.err)")
        }
    }

    @Test("interrupted after some cases: 130, those are reported as judged, the rest as not finished")
    func interrupted() async throws {
        try await withFolder { folder in
            let captured = Captured()
            let code = await Cpmcheck.run(
                ["run", "--jobs", "3", "--reports", folder],
                on: captured.console(interruption: { [captured] in
                    _ = await eventually(within: .seconds(60)) { hasEnded(2, in: captured.out) }
                }))
            #expect(code == 130, "\(captured.err)")
            #expect(captured.out.contains("The run was interrupted."))
            let results = try ReadResults(folder)
            #expect(results.isInterrupted)
            let judged = results.cases.filter { $0.verdict != "not finished" }
            #expect(judged.count >= 2)
            #expect(judged.count < results.cases.count)
            for result in judged { #expect(captured.out.contains(result.id)) }
            // Judged again, the cases that have a recording come out as the run said.
            let again = await cpmcheck("judge", folder, "--reports", folder + "/again")
            #expect(again.code == 130, "\(again.out)\(again.err)")
            let judgedAgain = try ReadResults(folder + "/again")
            #expect(judgedAgain.isInterrupted)
            #expect(judgedAgain.cases.count > judged.count, "some were interrupted and have a recording")
            for result in judgedAgain.cases { #expect(result.verdict == results.verdicts[result.id], "\(result.id): \(result.said)") }
            let junit = try ReadJUnit(folder)
            #expect(junit.applicable.count == results.cases.count)
            #expect(
                Set(junit.passed) == Set(judged.filter { $0.verdict == "pass" }.map(\.id)),
                "JUnit shows as passed what was judged so and nothing else")
        }
    }

    @Test("interrupted at once: 130, and every case not finished")
    func interruptedAtOnce() async throws {
        try await withFolder { folder in
            let captured = Captured()
            let code = await Cpmcheck.run(["run", "--reports", folder], on: captured.console(interruption: {}))
            #expect(code == 130)
            let results = try ReadResults(folder)
            #expect(results.cases.count >= 15)
            let judged = results.cases.filter { $0.verdict != "not finished" }
            #expect(judged.isEmpty, "\(judged.first?.said ?? "")")
            #expect(try ReadJUnit(folder).passed.isEmpty)
        }
    }

    // MARK: - Exit codes

    @Test("of two exit codes the one that stands first in the documentation is taken")
    func precedence() {
        let documented: [Int32] = [130, 73, 70, 69, 65, 64, 1, 3, 4, 2, 0]
        #expect(ExitStatus.allCases.map(\.rawValue) == documented)
        for (place, code) in documented.enumerated() {
            for other in documented[place...] {
                guard let first = ExitStatus(rawValue: code), let second = ExitStatus(rawValue: other) else { continue }
                #expect(first.worst(with: second) == first)
                #expect(second.worst(with: first) == first)
            }
        }
    }

    struct Ending: Sendable, CustomTestStringConvertible {
        var verdicts: [Verdict]
        var interrupted = false
        var unreachable = false
        var code: Int32
        var testDescription: String { "\(verdicts.map(\.rawValue)) \(interrupted) \(unreachable): \(code)" }
    }

    @Test(
        "the exit code of a run follows from its verdicts and from how it ended",
        arguments: [
            Ending(verdicts: [.pass, .pass], code: 0),
            Ending(verdicts: [.pass, .inconclusive], code: 2),
            Ending(verdicts: [.pass, .inconclusive, .error], code: 3),
            Ending(verdicts: [.error, .fail, .inconclusive], code: 1),
            Ending(verdicts: [.pass, .notJudged], code: 0),
            Ending(verdicts: [.notJudged, .notJudged], code: 4),
            Ending(verdicts: [], code: 4),
            Ending(verdicts: [.fail], interrupted: true, code: 130),
            Ending(verdicts: [.pass], interrupted: true, code: 130),
            Ending(verdicts: [.notJudged], unreachable: true, code: 69),
            Ending(verdicts: [.fail], unreachable: true, code: 69),
            Ending(verdicts: [.fail], interrupted: true, unreachable: true, code: 130),
        ])
    func exitCode(ending: Ending) {
        var run = RunResult(command: "run", started: "", seconds: 0, implementation: "", cases: [])
        run.cases = ending.verdicts.enumerated().map { number, verdict in
            CaseResult(id: "\(number)", title: "", suite: "", requirements: [], verdict: verdict)
        }
        run.interrupted = ending.interrupted
        if ending.unreachable { run.unreachable = Diagnostic(.iut, "iut.unreachable", "nobody there") }
        #expect(ExitStatus(run).rawValue == ending.code)
    }
}
