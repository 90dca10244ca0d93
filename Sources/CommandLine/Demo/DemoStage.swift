import ClientReference
import Diagnostics
import EnablerReference
import Foundation
import NIOCore
import NIOPosix
import UpperTester

/// The reference enabler and the clients of alice, bob and carol, over real sockets in this process.
struct DemoStage: Sendable {
    static let names = ["alice", "bob", "carol"]

    let enabler: ReferenceEnabler
    let clients: [String: ReferenceClient]

    /// - Throws: `Diagnostic` when a port or a store cannot be opened.
    static func open(_ defects: Set<Defect>, carol: Set<ClientDefect>) async throws(Diagnostic) -> DemoStage {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var settings = EnablerSettings()
        settings.noAnswer = 1_200
        settings.lossRecognition = 3_000
        let enabler = ReferenceEnabler(eventLoop: loop, settings: settings, defects: defects, variations: [])
        var clients: [String: ReferenceClient] = [:]
        do {
            let addresses = try await enabler.start()
            for name in names {
                var settings = ReferenceClientSettings(
                    address: address(of: name), domain: "cpm.example", factoryURI: "sip:factory@cpm.example",
                    outboundHost: addresses.sipHost, outboundPort: addresses.sipPort)
                settings.displayName = name.capitalized
                let client = ReferenceClient(eventLoop: loop, settings: settings, defects: name == "carol" ? carol : [])
                try await client.start()
                clients[name] = client
            }
        } catch {
            for client in clients.values { await client.stop() }
            await enabler.stop()
            throw Diagnostic(.harness, "demo.start", "the references cannot start: \(error)")
        }
        return DemoStage(enabler: enabler, clients: clients)
    }

    func close() async {
        for client in clients.values { await client.stop() }
        await enabler.stop()
    }

    static func address(of name: String) -> String { "sip:\(name)@cpm.example" }
    static func name(of address: String) -> String {
        String(address.drop { $0 != ":" }.dropFirst().prefix { $0 != "@" })
    }
}
