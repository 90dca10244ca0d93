import Actors
import Connections
public import Diagnostics
internal import Foundation
import NIOCore
import NIOPosix
import TestCases

/// Whether an implementation that somebody else runs can be reached, one thing after the other.
extension ForeignImplementation {
    /// `host:port`, IPv6 in brackets.
    public var place: String {
        let address = description.ixit.address
        return "\(address.host.contains(":") ? "[\(address.host)]" : address.host):\(address.port)"
    }

    /// Opens and closes one connection, without TLS.
    public func tryConnection() async throws(Diagnostic) {
        do {
            try await connect(tls: nil)
        } catch {
            throw unreachable(
                "\(place) over TCP failed: \(failureSentence(error))", "start the implementation, or correct 'ixit.address'")
        }
    }

    /// Opens and closes one connection with TLS; nothing where the address is without.
    public func tryCertificate() async throws(Diagnostic) {
        guard let tls else { return }
        let address = description.ixit.address
        let name = address.serverName ?? address.host
        do {
            try await connect(tls: tls)
        } catch {
            var why = failureSentence(error)
            if why.hasPrefix("the certificate cannot be verified") {
                let untimely = await CertificateLook.untimeliness(
                    host: address.host, port: address.port, serverName: name, timeout: connectTimeout,
                    on: MultiThreadedEventLoopGroup.singleton.next())
                why = untimely ?? "the certificate cannot be verified: its authority is not among those trusted"
            }
            throw unreachable(
                "TLS with \(place) for the name \(name) failed: \(why)",
                why.contains("does not speak TLS")
                    ? "write 'transport: tcp' under 'ixit.address', or correct the port"
                    : "correct 'ca' and 'server-name' under 'ixit.address', or the certificate")
        }
    }

    /// Registers the first user and takes the registration away again. A refusal of the user is told apart, since no case
    /// could begin. One that answers garbage or nothing is there: its cases say what it does.
    func tryRegistration() async throws(Diagnostic) {
        guard let user = description.ixit.users.first else { return }
        try await asClient { client throws(ActorFailure) in
            try await client.register()
            // What does not go away now is drained before the first case that has this user.
            try? await client.deregister()
        } failing: { failure in
            let uri = escapedPeerText(user.uri)
            return switch failure {
            case .refused(_, let status, let reason) where [401, 403, 404, 407].contains(status):
                Diagnostic(
                    .iut, "iut.refuses-registration", at: usersPlace,
                    "\(place) refuses to register \(uri): \(status) \(escapedPeerText(reason, limit: 100))",
                    instead: status == 401 || status == 407
                        ? "correct the password or the authentication-name under 'ixit.users'"
                        : "see that the implementation has this subscriber, and that 'ixit.domain' is right")
            case .connectionLost(_, let cause) where cause.contains("TLS") && tls == nil:
                unreachable(
                    "\(place) over \(transport): \(cause)", "write 'transport: tls' under 'ixit.address', or correct the port")
            default: nil
            }
        }
    }

    // MARK: - Parts

    private var transport: String { description.ixit.address.transport.rawValue.uppercased() }

    private var usersPlace: SourcePlace? { description.usersPlace ?? description.place }

    private var connectTimeout: TimeAmount { .milliseconds(min(description.ixit.timers[.answer], 5000)) }

    private func unreachable(_ what: String, _ instead: String) -> Diagnostic {
        Diagnostic(
            .iut, "iut.unreachable", at: description.addressPlace ?? description.place, what, instead: instead)
    }

    private func connect(tls: TLSClient?) async throws {
        let (address, timeout) = (description.ixit.address, connectTimeout)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let connected = loop.flatSubmit {
            Sockets(eventLoop: loop, protocolName: "sip", tap: nil)
                .connect(host: address.host, port: address.port, tls: tls, timeout: timeout) { _ in }
        }
        // An attempt that nobody waits for any more ends by its own time-out.
        let done = loop.makePromise(of: Void.self)
        connected.map { $0.close(promise: nil) }.cascade(to: done)
        try await withTaskCancellationHandler {
            try await done.futureResult.get()
        } onCancel: {
            done.fail(CancellationError())
        }
    }

    /// Lets a user agent of the first user do something that is not recorded.
    ///
    /// - Parameter diagnosis: what to say of a failure; nil when the implementation can be reached all the same.
    private func asClient(
        _ verb: (SIPClientActor) async throws(ActorFailure) -> Void, failing diagnosis: (ActorFailure) -> Diagnostic?
    ) async throws(Diagnostic) {
        guard let user = description.ixit.users.first else { return }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let own = await LocalAddress.facing(description.ixit.address, on: loop)
        let client = SIPClientActor(
            name: user.uri, settings: ClientSettings(user, of: description, tls: tls, from: own),
            environment: ActorEnvironment(
                eventLoop: loop, recorder: nil, seed: UInt64.random(in: 1...UInt64(UInt32.max)),
                wallClock: { Int64(Date().timeIntervalSince1970 * 1000) }))
        var found: Diagnostic?
        do throws(ActorFailure) {
            try await verb(client)
        } catch {
            found = diagnosis(error)
        }
        await client.stop()
        if let found { throw found }
    }
}
