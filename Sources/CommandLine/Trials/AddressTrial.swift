import Connections
import Diagnostics
import NIOCore
import NIOPosix
import Playing
import TestCases

/// Whether the address of a description can be found, connected to and trusted.
struct AddressTrial {
    private let address: IXITAddress
    private let tls: TLSClient?
    private let timeout: TimeAmount
    private let eventLoop: any EventLoop

    init(_ implementation: ForeignImplementation, on eventLoop: any EventLoop) {
        address = implementation.description.ixit.address
        tls = implementation.tls
        timeout = .milliseconds(min(implementation.description.ixit.timers[.answer], 5000))
        self.eventLoop = eventLoop
    }

    private var place: String {
        address.host.contains(":") ? "[\(address.host)]:\(address.port)" : "\(address.host):\(address.port)"
    }

    /// True when a client can go on from here.
    func perform(_ examination: inout Examination) async -> Bool {
        guard await resolve(&examination) else { return false }
        do {
            try await connect(tls: nil)
            examination.passed("connection", "\(place) accepts TCP")
        } catch {
            examination.failed(
                "connection", "\(place) over TCP failed: \(failureSentence(error))",
                mend: "start the implementation, or correct 'ixit.address'", as: .unreachable)
            return false
        }
        guard let tls else { return true }
        let name = address.serverName ?? address.host
        do {
            try await connect(tls: tls)
            examination.passed("certificate", "verified for \(name)")
            return true
        } catch {
            examination.failed(
                "certificate", "TLS with \(place) for the name \(name) failed: \(failureSentence(error))",
                mend: "correct 'ca' and 'server-name' under 'ixit.address', or the certificate", as: .unreachable)
            return false
        }
    }

    private func resolve(_ examination: inout Examination) async -> Bool {
        if (try? SocketAddress(ipAddress: address.host, port: address.port)) != nil {
            examination.passed("address", "\(place) over \(address.transport.rawValue.uppercased())")
            return true
        }
        let (host, port) = (address.host, address.port)
        do {
            // The system's resolver blocks; it has its own limits.
            let found = try await NIOThreadPool.singleton.runIfActive {
                try SocketAddress.makeAddressResolvingHost(host, port: port)
            }
            examination.passed("address", "\(place) is \(numericAddress(found))")
            return true
        } catch {
            examination.failed(
                "address", "the name \(escapedPeerText(host, limit: 200)) is not known here",
                mend: "correct 'ixit.address.host', or write a numeric address", as: .unreachable)
            return false
        }
    }

    private func connect(tls: TLSClient?) async throws {
        let (address, timeout, loop) = (address, timeout, eventLoop)
        let connected = loop.flatSubmit {
            Sockets(eventLoop: loop, protocolName: "sip", tap: nil)
                .connect(host: address.host, port: address.port, tls: tls, timeout: timeout) { _ in }
        }
        // That it closes, or has been closed already, is of no interest.
        try await connected.map { $0.close(promise: nil) }.get()
    }
}
