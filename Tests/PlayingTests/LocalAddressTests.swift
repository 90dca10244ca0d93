import NIOCore
import NIOPosix
import TestCases
import Testing

@testable import Playing

@Suite("The address that faces the implementation")
struct LocalAddressTests {
    @Test("loopback faces loopback, also by name, and what cannot be resolved is no reason to stop")
    func loopback() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        for (host, own) in [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("127.0.0.2", "127.0.0.1")] {
            #expect(await LocalAddress.facing(IXITAddress(host: host, port: 5060), on: loop) == own)
        }
        let named = await LocalAddress.facing(IXITAddress(host: "localhost", port: 5060), on: loop)
        #expect(named == "127.0.0.1" || named == "::1")
        let unknown = IXITAddress(host: "no-such-host.invalid", port: 5060)
        #expect(await LocalAddress.facing(unknown, on: loop) == "127.0.0.1")
        try await group.shutdownGracefully()
    }
}
