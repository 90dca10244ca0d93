import Foundation
import NIOCore
import NIOPosix
import Recordings
import Testing

@testable import CommandLine

/// `serve client` in this process, until it is stopped.
struct ServedClientProcess: Sendable {
    /// What it printed after `ready`.
    let ready: JSONValue
    let url: String
    private let served: Task<Int32, Never>

    init(_ arguments: [String]) async throws {
        let captured = Captured()
        served = Task { [captured] in await Cpmcheck.run(["serve", "client"] + arguments, on: captured.console()) }
        _ = await eventually(within: .seconds(60)) { captured.out.contains("\n") || !captured.err.isEmpty }
        let line = try #require(captured.out.split(separator: "\n").first, "\(captured.err)")
        ready = try JSONDecoder().decode(JSONValue.self, from: Data(line.dropFirst("ready ".count).utf8))
        url = try #require(ready["upper-tester"]?.string)
    }

    /// Returns its exit code.
    @discardableResult func stop() async -> Int32 {
        served.cancel()
        return await served.value
    }
}

/// A port of this machine on which nobody listens just now.
func freePort() throws -> Int {
    let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).wait()
    defer { try? channel.close().wait() }
    return try #require(channel.localAddress?.port)
}

/// A description of a client, with short times.
func describedClient(
    port: Int, url: String, listen: String = "", tester: String = "", user: String = "", answer: Int = 2000,
    case limit: Int = 20_000
) -> String {
    """
    iut: { name: strange client, version: "1" }
    role: client
    ics: { processes-intermediate-lists: true, restarts-from-final-list: true, shows-audience: true, sends-reports: delivered-and-displayed }
    ixit:
      listen: { host: 127.0.0.1, port: \(port)\(listen) }
      upper-tester: { url: "\(url)"\(tester) }
      domain: cpm.example
      factory: sip:factory@cpm.example
      users: [{ uri: "sip:cpm-1@cpm.example"\(user) }]
      timers: { answer: \(answer)ms, delivery-within: \(answer)ms, quiet: 300ms, longest-wait: \(limit - 1000)ms, case: \(limit)ms }
    """
}
