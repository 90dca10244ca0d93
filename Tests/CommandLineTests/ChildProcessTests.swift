import Foundation
import Recordings
import Synchronization
import Testing

/// The program itself, with real signals.
@Suite(.timeLimit(.minutes(2)))
struct ChildProcessTests {
    @Test("Ctrl-C in mid-run: 130 within two seconds, with a report of what was judged", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) async throws {
        try await withFolder { folder in
            let child = try Child(["run", "--jobs", "3", "--reports", folder + "/r"], in: folder)
            defer { child.kill() }
            #expect(await eventually(within: .seconds(60)) { hasEnded(2, in: child.out) }, "\(child.err)")
            let told = ContinuousClock.now
            child.send(signal)
            #expect(await child.ends(within: .seconds(20)))
            let ended = try #require(child.ended)
            #expect(told.duration(to: ended) < .seconds(2))
            #expect(child.status == 130)
            let results = try ReadResults(folder + "/r")
            #expect(results.isInterrupted)
            #expect(results.cases.contains { $0.verdict == "not finished" })
            #expect(results.cases.count { $0.verdict != "not finished" } >= 2)
            #expect(try ReadJUnit(folder + "/r").applicable.count == results.cases.count)
        }
    }

    @Test("killed without a chance to say anything: the reports of this run are there, and nothing passed in them")
    func killed() async throws {
        try await withFolder { folder in
            let child = try Child(["run", "--jobs", "1", "--reports", folder + "/r"], in: folder)
            defer { child.kill() }
            #expect(await eventually(within: .seconds(60)) { hasEnded(1, in: child.out) }, "\(child.err)")
            child.kill()
            #expect(await child.ends(within: .seconds(20)))
            #expect(try ReadJUnit(folder + "/r").passed.isEmpty)
            #expect(try ReadResults(folder + "/r").cases.allSatisfy { $0.verdict == "not finished" })
        }
    }

    @Test("a reader that wants no more is no trouble: the run goes on in silence and its report is written")
    func closedOutput() async throws {
        try await withFolder { folder in
            let pipe = Pipe()
            let child = try Child(
                ["run", "--filter", "058a-content-intact", "--reports", folder + "/r"], in: folder,
                output: pipe.fileHandleForWriting)
            defer { child.kill() }
            try pipe.fileHandleForReading.close()
            #expect(await child.ends(within: .seconds(60)))
            #expect(child.status == 0, "\(child.err)")
            #expect(child.err.isEmpty)
            #expect(try ReadResults(folder + "/r").verdicts == ["058a-content-intact": "pass"])
        }
    }

    @Test(
        "a full device under standard output: 73 and why, and what does not depend on it is done",
        arguments: [["list"], ["explain", "058a-content-intact"], ["run", "--filter", "058a-content-intact"]])
    func fullOutput(arguments: [String]) async throws {
        try await withFolder { folder in
            let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
            let isRun = arguments[0] == "run"
            let child = try Child(
                arguments + (isRun ? ["--reports", folder + "/r"] : []), in: folder, output: full)
            defer { child.kill() }
            #expect(await child.ends(within: .seconds(60)))
            #expect(child.status == 73, "\(child.err)")
            #expect(child.err.contains("cannot write to standard output: "), "\(child.err)")
            #expect(!child.err.contains("atal error"))
            if isRun { #expect(try ReadResults(folder + "/r").verdicts == ["058a-content-intact": "pass"]) }
        }
    }

    @Test("serve enabler prints one line of JSON and ends with 0 when it is told to", arguments: [SIGTERM, SIGINT])
    func serve(signal: Int32) async throws {
        try await withFolder { folder in
            let child = try Child(["serve", "enabler", "--store", folder + "/store.sqlite"], in: folder)
            defer { child.kill() }
            #expect(await eventually(within: .seconds(60)) { child.out.hasSuffix("\n") }, "\(child.err)")
            let lines = child.out.split(separator: "\n")
            #expect(lines.count == 1)
            #expect(child.out.hasPrefix("ready {"))
            let json = try JSONDecoder().decode(JSONValue.self, from: Data(child.out.dropFirst("ready ".count).utf8))
            #expect(json["sip"]?.string != nil)
            #expect(json["msrp"]?.string != nil)
            child.send(signal)
            #expect(await child.ends(within: .seconds(20)))
            #expect(child.status == 0)
            #expect(child.out.split(separator: "\n").count == 1)
        }
    }
}

/// The built program as a process, with its output in files.
private final class Child: @unchecked Sendable {
    private let process = Process()
    /// Noted by a thread of its own, since the tests beside this one may keep the others busy.
    private let end = Mutex<ContinuousClock.Instant?>(nil)
    private let outPath: String
    private let errPath: String

    /// - Parameter output: what takes standard output instead of the file.
    init(_ arguments: [String], in folder: String, output: FileHandle? = nil) throws {
        outPath = folder + "/out.txt"
        errPath = folder + "/err.txt"
        for path in [outPath, errPath] { try write("", to: path) }
        process.executableURL = URL(fileURLWithPath: Built.program)
        process.arguments = arguments
        process.standardOutput = output ?? FileHandle(forWritingAtPath: outPath)
        process.standardError = FileHandle(forWritingAtPath: errPath)
        process.standardInput = FileHandle.nullDevice
        process.terminationHandler = { [self] _ in end.withLock { $0 = .now } }
        try process.run()
    }

    /// When it ended.
    var ended: ContinuousClock.Instant? { end.withLock { $0 } }

    var out: String { (try? String(contentsOfFile: outPath, encoding: .utf8)) ?? "" }
    var err: String { (try? String(contentsOfFile: errPath, encoding: .utf8)) ?? "" }
    /// -1 for one that has not ended, which cannot be asked.
    var status: Int32 { process.isRunning ? -1 : process.terminationStatus }

    func send(_ signal: Int32) { _ = Foundation.kill(process.processIdentifier, signal) }

    /// For one that does not end by itself.
    func kill() { if process.isRunning { send(SIGKILL) } }

    func ends(within limit: Duration) async -> Bool { await eventually(within: limit) { ended != nil } }
}
