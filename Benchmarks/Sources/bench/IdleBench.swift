import Actors
import EnablerReference
import Foundation
import NIOCore
import NIOPosix

/// Many registered actors that do nothing, and the enabler they are registered with, all on one event loop.
struct IdleBench {
    let count: Int
    let seconds: Int
    let rounds: Int

    func run(_ report: (Figure) -> Void) async throws {
        Self.allowManySockets()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let enabler = ReferenceEnabler(eventLoop: loop)
        let addresses = try await enabler.start()
        let began = cpuSeconds()
        let actors = (1...count).map { Self.actor($0, addresses, loop) }
        for actor in actors { try await actor.register() }
        let registering = (cpuSeconds() - began) / Double(count) * 1e6
        // What a registration leaves to be done is done before it counts.
        try await Task.sleep(for: .seconds(1))
        var used: [Double] = []
        for _ in 0..<rounds {
            let before = cpuSeconds()
            try await Task.sleep(for: .seconds(seconds))
            used.append((cpuSeconds() - before) * 1000 * 10 / Double(seconds))
        }
        let section = "\(count) registered actors and the reference enabler"
        report(Figure(section, "CPU in 10 s of doing nothing", used, "ms").aiming(.atMost(50)))
        report(Figure(section, "CPU for one registration, sockets and both ends", [registering], "µs"))
        for actor in actors { await actor.stop() }
        await enabler.stop()
        try await group.shutdownGracefully()
    }

    private static func actor(_ number: Int, _ addresses: EnablerAddresses, _ loop: any EventLoop) -> SIPClientActor {
        let settings = ClientSettings(
            address: "sip:user-\(number)@cpm.example", domain: "cpm.example", factoryURI: "sip:factory@cpm.example",
            outboundHost: addresses.sipHost, outboundPort: addresses.sipPort)
        return SIPClientActor(
            name: "user-\(number)", settings: settings,
            environment: ActorEnvironment(eventLoop: loop, recorder: nil, seed: UInt64(number)) {
                Int64(Date().timeIntervalSince1970 * 1000)
            })
    }

    /// Four sockets an actor: two listeners and both ends of a connection.
    private static func allowManySockets() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
