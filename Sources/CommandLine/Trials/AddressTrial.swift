import Connections
import Diagnostics
import NIOCore
import NIOPosix
import Playing
import TestCases

/// Whether the address of a description can be found, connected to and trusted.
struct AddressTrial {
    private let implementation: ForeignImplementation

    init(_ implementation: ForeignImplementation) { self.implementation = implementation }

    private var address: IXITAddress { implementation.description.ixit.address }
    private var place: String { implementation.place }

    /// True when a client can go on from here.
    func perform(_ examination: inout Examination) async -> Bool {
        guard await resolve(&examination) else { return false }
        var step = "connection"
        do throws(Diagnostic) {
            try await implementation.tryConnection()
            examination.passed(step, "\(place) accepts TCP")
            guard implementation.tls != nil else { return true }
            step = "certificate"
            try await implementation.tryCertificate()
            examination.passed(step, "verified for \(address.serverName ?? address.host)")
            return true
        } catch {
            examination.failed(step, error.what, mend: error.instead, as: .unreachable)
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
}
