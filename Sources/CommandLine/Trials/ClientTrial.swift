import Actors
import Connections
import Diagnostics
import Foundation
import NIOCore
import Playing
import TestCases

/// What a client meets at an implementation: an answer at all, registration, a group, de-registration.
struct ClientTrial {
    let description: ImplementationDescription
    let tls: TLSClient?
    /// Users to try, from the first on.
    let users: Int
    let eventLoop: any EventLoop

    func perform(_ examination: inout Examination) async {
        let own = await LocalAddress.facing(description.ixit.address, on: eventLoop)
        let clients = description.ixit.users.prefix(max(1, users)).map { client($0, from: own) }
        if await ask(clients, &examination) {
            let registered = await register(clients, &examination)
            await makeGroup(registered, &examination)
            await deregister(registered, &examination)
        } else {
            examination.left("users, factory", "since nothing answers there")
        }
        for client in clients { await client.stop() }
    }

    private func client(_ user: IXITUser, from ownAddress: String) -> SIPClientActor {
        var settings = ClientSettings(user, of: description, tls: tls, from: ownAddress)
        // Patience is for cases; what has not answered by then is worth a look.
        settings.answerLimit = min(settings.answerLimit, .seconds(10))
        return SIPClientActor(
            name: user.uri, settings: settings,
            environment: ActorEnvironment(
                eventLoop: eventLoop, recorder: nil, seed: UInt64.random(in: 1...UInt64(UInt32.max)),
                wallClock: { Date().millisecondsSince1970 }))
    }

    // MARK: Steps

    /// False when the connection itself does not hold.
    private func ask(_ clients: [SIPClientActor], _ examination: inout Examination) async -> Bool {
        guard let client = clients.first else { return false }
        do throws(ActorFailure) {
            let status = try await client.probe()
            examination.passed("OPTIONS", "answered with \(status)")
            return true
        } catch {
            let mend =
                "an answer of any kind to OPTIONS for sip:\(description.ixit.domain) is how the harness knows that "
                + "the implementation still lives; see what listens there and its log"
            examination.failed("OPTIONS", sentence(error), mend: mend, as: .unreachable)
            if case .connectionLost = error { return false }
            return true
        }
    }

    private func register(_ clients: [SIPClientActor], _ examination: inout Examination) async -> [SIPClientActor] {
        var registered: [SIPClientActor] = []
        for client in clients {
            do throws(ActorFailure) {
                try await client.register()
                registered.append(client)
            } catch {
                examination.failed(
                    "registration", "\(client.name): \(sentence(error))", mend: mend(registration: error),
                    as: .unreachable)
                // Who does not answer the first keeps the others waiting as long.
                if case .timedOut = error { break }
            }
        }
        if !registered.isEmpty {
            let names = registered.map(\.name).joined(separator: ", ")
            examination.passed(
                "registration", "\(registered.count) of \(description.ixit.users.count) users tried: \(names)")
        }
        return registered
    }

    private func makeGroup(_ registered: [SIPClientActor], _ examination: inout Examination) async {
        let step = "factory"
        guard registered.count >= 2 else {
            return examination.left(step, "since it takes two registered users")
        }
        let factory = description.ixit.factory
        do throws(ActorFailure) {
            let group = try await registered[0].createGroup(GroupPlan(invitees: [registered[1].name]))
            examination.passed(step, "\(factory) made a group at \(escapedPeerText(group.focusURI, limit: 200))")
            try await registered[0].leave(group, saying: .leaves)
        } catch {
            examination.failed(step, "\(factory): \(sentence(error))", mend: mend(factory: error), as: .unreachable)
        }
    }

    private func deregister(_ registered: [SIPClientActor], _ examination: inout Examination) async {
        guard !registered.isEmpty else { return }
        var gone = 0
        for client in registered {
            do throws(ActorFailure) {
                try await client.deregister()
                gone += 1
            } catch {
                examination.failed(
                    "de-registration", "\(client.name): \(sentence(error))",
                    mend: "a REGISTER with Expires 0 takes the binding away (RFC 3261 §10.2.2)", as: .unreachable)
            }
        }
        if gone == registered.count { examination.passed("de-registration", "all of them") }
    }

    // MARK: Words

    private func sentence(_ failure: ActorFailure) -> String { escapedPeerText(failure.description, limit: 400) }

    private func mend(registration failure: ActorFailure) -> String {
        switch failure {
        case .refused(_, 401, _), .refused(_, 407, _):
            "correct the password or the authentication-name of this user under 'ixit.users'"
        case .refused(_, 403, _), .refused(_, 404, _):
            "see that the implementation has this subscriber, and that 'ixit.domain' is \(description.ixit.domain)"
        case .refused: "see the implementation's log for this registration"
        case .timedOut: "see that a registrar for \(description.ixit.domain) answers at this address"
        default: "see the implementation's log for this connection"
        }
    }

    private func mend(factory failure: ActorFailure) -> String {
        switch failure {
        case .refused(_, 403, _), .refused(_, 404, _), .refused(_, 405, _):
            "correct 'ixit.factory', and see that these users may make groups"
        case .refused: "see the implementation's log for this INVITE"
        case .timedOut: "see that 'ixit.factory' leads to a conference factory, and that MSRP can be connected"
        default: "see the implementation's log for this session"
        }
    }
}
