import NIOCore
import NIOPosix
import Testing

@testable import Connections

@Suite("Ports that rest")
struct RecentPortsTests {
    @Test("A port rests for a minute after its listener has gone, and others do not")
    func rests() {
        let ports = RecentPorts()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        #expect(ports.take(5060, now: start))
        ports.leave(5060, now: start)
        #expect(!ports.take(5060, now: start))
        #expect(!ports.take(5060, now: start + .seconds(59)))
        #expect(ports.take(5061, now: start))
        #expect(ports.take(5060, now: start + .seconds(60)))
        ports.leave(5062, now: start + .seconds(61))
        ports.leave(5060, now: start + .seconds(62))
        #expect(!ports.take(5060, now: start + .seconds(100)), "left again, it rests again")
    }

    @Test("A port that the system gives away before its listener is known to be gone is not taken a second time")
    func taken() {
        let ports = RecentPorts()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        #expect(ports.take(5060, now: start))
        #expect(!ports.take(5060, now: start + .seconds(3_600)))
        ports.leave(5060, now: start + .seconds(3_600))
        #expect(!ports.take(5060, now: start + .seconds(3_601)))
        #expect(ports.take(5060, now: start + .seconds(3_660)))
    }

    @Test("The port of a listener that was closed rests; one asked for by its number is given at once")
    func afterListening() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let (port, again) = try await loop.flatSubmit {
            let sockets = Sockets(eventLoop: loop, protocolName: "sip", tap: nil)
            return sockets.listen(host: "127.0.0.1", port: 0, tls: nil) { _ in }.flatMap { first in
                let port = first.localAddress?.port ?? 0
                return first.close().flatMap {
                    let sockets = Sockets(eventLoop: loop, protocolName: "sip", tap: nil)
                    return sockets.listen(host: "127.0.0.1", port: port, tls: nil) { _ in }
                }.flatMap { second in
                    let again = second.localAddress?.port ?? -1
                    return second.close().map { (port, again) }
                }
            }
        }.get()
        #expect(port == again)
        #expect(!RecentPorts.shared.take(port))
    }
}
