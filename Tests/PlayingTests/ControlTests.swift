import Diagnostics
import Foundation
import NIOPosix
import TestCases
import Testing

@testable import Playing

@Suite("Commands that act on an implementation", .timeLimit(.minutes(1)))
struct ControlTests {
    /// A foreign implementation whose commands are these shell scripts.
    private func control(
        _ command: ControlCommand, start: String? = nil, stop: String? = nil, restart: String? = nil,
        limit: Int64 = 20_000
    ) async throws {
        var description = ImplementationDescription.embedded(address: IXITAddress(host: "127.0.0.1", port: 9))
        let words = { (script: String?) in script.map { ["sh", "-c", $0] } }
        description.ixit.control.start = words(start)
        description.ixit.control.stop = words(stop)
        description.ixit.control.restart = words(restart)
        description.ixit.timers[.case] = limit
        let prepared = try await ForeignImplementation(description).prepare(
            for: sample(.present, [creation]), on: MultiThreadedEventLoopGroup.singleton.next())
        try await prepared.control(command)
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/control-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test("each command runs its own script to the end")
    func scripts() async throws {
        try await withFolder { folder in
            let pid = folder + "/pid"
            let start = "sleep 100 & echo $! > \(pid)"
            let stop = "kill $(cat \(pid)) && rm \(pid)"
            try await control(.start, start: start, stop: stop)
            let text = try String(contentsOfFile: pid, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
            let number = try #require(Int32(text))
            #expect(kill(number, 0) == 0, "what was started runs on behind the command")
            try await control(.stop, start: start, stop: stop)
            #expect(!FileManager.default.fileExists(atPath: pid))
            try await control(.restart, restart: "touch \(folder)/again")
            #expect(FileManager.default.fileExists(atPath: folder + "/again"))
        }
    }

    @Test("a command that fails is told with its status")
    func failing() async throws {
        let error = await #expect(throws: Diagnostic.self) { try await control(.stop, stop: "exit 3") }
        #expect(error?.code == "iut.control-failed")
        #expect(error?.description.contains("status 3") == true)
    }

    @Test("a command that hangs is killed at the time limit of the case, with what it waits for")
    func hanging() async throws {
        try await withFolder { folder in
            let began = ContinuousClock.now
            let script = "echo $$ > \(folder)/shell; sleep 100 & echo $! > \(folder)/child; wait"
            let error = await #expect(throws: Diagnostic.self) {
                try await control(.stop, stop: script, limit: 1_000)
            }
            #expect(ContinuousClock.now - began < .seconds(10))
            #expect(error?.code == "iut.control-timeout")
            for name in ["shell", "child"] {
                let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
                let number = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
                #expect(await isGone(number), "\(name) still runs")
            }
        }
    }

    /// True once no such process runs; a zombie that nobody has waited for does not run.
    private func isGone(_ number: Int32) async -> Bool {
        for _ in 0..<200 {
            let stat = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
            guard let stat, stat.split(separator: ")").last?.hasPrefix(" Z") == false else { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    @Test("a command that hangs ends with the task that asked for it")
    func cancelled() async throws {
        let began = ContinuousClock.now
        let task = Task { try await control(.stop, stop: "sleep 100") }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        await #expect(throws: Diagnostic.self) { try await task.value }
        #expect(ContinuousClock.now - began < .seconds(10))
    }

    @Test("a program that is not there, and a command that is not given, are told")
    func missing() async throws {
        var description = ImplementationDescription.embedded(address: IXITAddress(host: "127.0.0.1", port: 9))
        description.ixit.control.stop = ["/no/such/program"]
        let prepared = try await ForeignImplementation(description).prepare(
            for: sample(.present, [creation]), on: MultiThreadedEventLoopGroup.singleton.next())
        let failed = await #expect(throws: Diagnostic.self) { try await prepared.control(.stop) }
        #expect(failed?.code == "iut.control-failed")
        let absent = await #expect(throws: Diagnostic.self) { try await prepared.control(.start) }
        #expect(absent?.code == "iut.no-control")
    }
}
