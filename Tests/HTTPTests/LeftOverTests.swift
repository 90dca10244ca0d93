import Foundation
import Testing

@testable import HTTP

/// In a process of its own, in which nobody else opens or closes anything.
@Suite(.timeLimit(.minutes(2)))
struct LeftOverTests {
    @Test("after answers, failures, cancellations and shutdowns no descriptor, thread or waiting task is left")
    func nothingLeft() async {
        let ended = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            // What is made once and kept for all is made before the count.
            try await LeftOverTests.play()
            let before = LeftOverTests.openDescriptors
            for _ in 0..<5 { try await LeftOverTests.play() }
            _ = await eventually(within: .seconds(3)) {
                LeftOverTests.openDescriptors.count <= before.count && LeftOverTests.threads.isEmpty
            }
            let after = LeftOverTests.openDescriptors
            #expect(after.count <= before.count, "before: \(before)\nafter: \(after)")
            #expect(LeftOverTests.threads.isEmpty, "\(LeftOverTests.threads)")
        }
        let said = String(decoding: ended?.standardErrorContent ?? [], as: UTF8.self)
        #expect(!said.contains("CONTINUATION MISUSE"), "\(said)")
        #expect(!said.contains("Cannot schedule tasks on an EventLoop"), "\(said)")
    }

    static func play() async throws {
        try await withServer(handler: { request in
            if request.target == "/slow" { try? await Task.sleep(for: .seconds(60)) }
            return HTTPServerResponse(status: 200)
        }) { server, client in
            let quick = try HTTPURL("http://\(server.address)/")
            let slow = try HTTPURL("http://\(server.address)/slow")
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask { _ = await failure(client, HTTPRequest(.get, quick)) }
                    group.addTask { _ = await failure(client, HTTPRequest(.get, slow)) }
                    var hasty = HTTPRequest(.post, slow, body: [])
                    hasty.totalTime = .milliseconds(50)
                    group.addTask { [hasty] in _ = await failure(client, hasty) }
                }
                try? await Task.sleep(for: .milliseconds(200))
                group.cancelAll()
            }
            // One is still under way when client and server are stopped.
            Task { _ = await failure(client, HTTPRequest(.get, slow)) }
            try? await Task.sleep(for: .milliseconds(50))
        }
        // A client that nobody shuts down goes by itself.
        _ = HTTPClient()
    }

    /// Timers are left out: the system's dispatch library keeps some of its own.
    static var openDescriptors: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0) }
            .filter { $0 != "anon_inode:[timerfd]" }.sorted()
    }

    /// Threads of clients, and of event loops that somebody made.
    static var threads: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return names.compactMap { try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8) }
            .filter { $0.hasPrefix("cpmcheck-http") || $0.hasPrefix("NIO-ELT") }
    }
}
