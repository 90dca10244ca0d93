import Actors
import Connections
import Diagnostics
import NIOCore
import Playing
import TestCases
import UpperTester

/// Whether a client under test can be met: the harness's port and certificate, the upper tester, and the client's way on-line.
struct TesterTrial {
    let client: ForeignClient
    let eventLoop: any EventLoop

    private var listeningPlace: String { client.listeningPlace }

    func perform(_ examination: inout Examination) async {
        let listening = ListeningTrial(place: client.place, name: listeningPlace) { () async throws(Diagnostic) in
            try await client.tryListening()
        }
        let canListen = await listening.perform(&examination)
        guard await tryTester(&examination) else {
            return examination.left("registration", "since the upper tester has to take the client on-line")
        }
        guard canListen else { return examination.left("registration", "since the client would find nobody") }
        await tryRegistration(&examination)
    }

    private func tryTester(_ examination: inout Examination) async -> Bool {
        let step = "upper tester"
        do throws(Diagnostic) {
            let identity = try await client.askIdentity()
            let name = [identity.clientName, identity.clientVersion].filter { !$0.isEmpty }.joined(separator: " ")
            let polls = identity.features.contains(UpperTesterIdentity.longPoll) ? "long polls" : "no long polls"
            examination.passed(
                step, "\(client.tester.baseURL) speaks for \(escapedPeerText(name, limit: 100)), with \(polls)")
            examination.passed(
                "token", client.tester.credentials == nil ? "none is asked for" : "it is accepted")
            return true
        } catch {
            let isAboutToken = error.what.contains("status 401")
            examination.failed(
                isAboutToken ? "token" : step, error.what,
                mend: isAboutToken ? "give the right token by 'token: { env: NAME }' under 'ixit.upper-tester'" : error.instead,
                as: .unreachable)
            return false
        }
    }

    /// The client goes on-line and off-line again, towards an enabler of which nothing is recorded.
    private func tryRegistration(_ examination: inout Examination) async {
        let step = "registration"
        do throws(Diagnostic) {
            try await client.bringOffline(on: eventLoop)
        } catch {
            return examination.failed(step, error.what, mend: error.instead, as: .unreachable)
        }
        let enabler = client.makeEnabler(on: eventLoop)
        do throws(ActorFailure) {
            _ = try await enabler.start()
        } catch {
            return examination.failed(step, "\(error)", as: .unreachable)
        }
        do throws(UpperTesterFailure) {
            _ = try await client.ask { tester throws(UpperTesterFailure) in try await tester.setOnline(true) }
            if await enabler.isRegistered("client") {
                examination.passed(step, "\(user) registered at \(listeningPlace), and goes off-line again")
            } else {
                examination.failed(
                    step, "the upper tester says that the client is on-line, and \(user) has not registered at \(listeningPlace)",
                    mend: "let the client use \(listeningPlace) as its outbound proxy, and \(user) as its user", as: .unreachable)
            }
            _ = try await client.ask { tester throws(UpperTesterFailure) in try await tester.setOnline(false) }
        } catch {
            examination.failed(
                step, "\(error)", mend: "see the client's log; it has to use \(listeningPlace) as its outbound proxy"
                    + (client.place.tls == nil ? "" : " over TLS, and to trust its certificate"), as: .unreachable)
        }
        await enabler.stop()
    }

    private var user: String { client.description.ixit.users.first?.uri ?? "" }
}
