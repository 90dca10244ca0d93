import Foundation
import Synchronization
import Testing
import UpperTester

@testable import CommandLine

/// A client whose user's side is a person alone: the description names no upper tester.
@Suite("A client that is played by hand", .serialized, .timeLimit(.minutes(2)))
struct ByHandTests {
    private static let filter = ["--filter", "058c-messages-of-a-session-that-is-over"]

    private func description(_ folder: String, port: Int) throws -> String {
        let text = describedClient(port: port, url: "http://127.0.0.1:1")
            .split(separator: "\n").filter { !$0.contains("upper-tester:") }.joined(separator: "\n")
        try write(text, to: folder + "/iut.yaml")
        return folder + "/iut.yaml"
    }

    @Test("its person is told what to do and asked what is seen, and the wire says the rest")
    func played() async throws {
        try await withFolder { folder in
            let port = try freePort()
            let file = try description(folder, port: port)
            // The hands of the person; the harness knows nothing of them.
            let client = try await ServedClientProcess(["--outbound", "127.0.0.1:\(port)"])
            let hands = try UpperTesterClient(UpperTesterSettings(baseURL: client.url))
            let captured = Captured()
            let seen = Mutex(0)
            let asked = Mutex<[String]>([])
            let console = captured.console(input: {
                let out = captured.out
                let text = seen.withLock { place in
                    defer { place = out.count }
                    return String(out.dropFirst(place))
                }
                asked.withLock { $0.append(text) }
                if text.contains("Go on-line") { _ = try? await hands.setOnline(true) }
                if text.contains("Go off-line") { _ = try? await hands.setOnline(false) }
                return .line(text.contains("[done") ? "done" : "yes")
            })
            let code = await Cpmcheck.run(
                ["run", "--iut", file, "--operator", "--reports", folder + "/r"] + Self.filter, on: console)
            await hands.shutdown()
            await client.stop()
            #expect(code == 0, "\(captured.out)\(captured.err)")
            let orders = asked.withLock { $0 }
            #expect(orders.first?.contains("Its proxy is 127.0.0.1, port \(port), over TCP.") == true)
            #expect(orders.contains { $0.contains("Go on-line: let the client sign in") })
            #expect(orders.contains { $0.contains("Do exactly these 3 messages stand in the group") })
            let again = await cpmcheck("judge", folder + "/r", "--reports", folder + "/again")
            #expect(again.code == 0, "\(again.out)\(again.err)")
        }
    }

    @Test("a person who does not do it leaves the preamble unreached, and nothing is charged")
    func notDone() async throws {
        try await withFolder { folder in
            let file = try description(folder, port: try freePort())
            let captured = Captured()
            let console = captured.console(input: { .line("could not") })
            let code = await Cpmcheck.run(
                ["run", "--iut", file, "--operator", "--reports", folder + "/r"] + Self.filter, on: console)
            #expect(code == 2, "\(captured.out)\(captured.err)")
            #expect(captured.out.contains("what the operator was asked for and could not do"))
        }
    }

    @Test("without --operator the run says what is missing, and does not begin: 65")
    func withoutPerson() async throws {
        try await withFolder { folder in
            let file = try description(folder, port: try freePort())
            let ended = await cpmcheck(["run", "--iut", file, "--reports", folder + "/r"] + Self.filter)
            #expect(ended.code == 65)
            #expect(ended.err.contains("add 'upper-tester' under 'ixit', or ask a person with 'run --operator'"), "\(ended.err)")
        }
    }
}
