import Connections
import Payloads
import Recordings
import SIP
import TestSupport
import Testing

@testable import Actors

@Suite("The registrar of the scripted enabler")
struct EnablerRegistrarTests {
    @Test("a client registers, challenged or not, and is known", arguments: EnablerChallenge.allCases)
    func registers(_ challenge: EnablerChallenge) async throws {
        try await EnablerStage.with { $0.challenge = challenge } _: { stage in
            #expect(await stage.enabler.isRegistered("carol") == false)
            let carol = try await stage.registered()
            #expect(await stage.enabler.isRegistered("carol"))
            #expect(await stage.enabler.isRegistered("sip:carol@test.example"))
            try await stage.enabler.awaitRegistration(of: "carol")
            let challenges = await stage.messages(.sent).flatMap { $0.headers.lines("WWW-Authenticate") }
            let algorithm = challenge == .md5 ? "algorithm=MD5," : "algorithm=SHA-256,"
            #expect(challenges.count == (challenge == .none ? 0 : 1))
            #expect(challenges.allSatisfy { $0.contains(algorithm) })
            await carol.stop()
        }
    }

    @Test("a wrong password gets nobody in")
    func wrongPassword() async throws {
        try await EnablerStage.with { $0.challenge = .sha256 } _: { stage in
            let carol = stage.client { $0.password = "guessed" }
            let failure = ActorFailure.refused(awaited: "the 200 to REGISTER", status: 401, reason: "Unauthorized")
            await #expect(throws: failure) { try await carol.register() }
            #expect(await stage.enabler.isRegistered("carol") == false)
            await carol.stop()
        }
    }

    @Test("a user whom it does not serve gets 404")
    func unknown() async throws {
        try await EnablerStage.with { stage in
            let mallory = stage.client("mallory")
            await #expect(throws: ActorFailure.refused(awaited: "the 200 to REGISTER", status: 404, reason: "Not Found")) {
                try await mallory.register()
            }
            await mallory.stop()
        }
    }

    @Test("registration and its end are waited for")
    func waiting() async throws {
        try await EnablerStage.with { stage in
            let carol = stage.client()
            async let comes: Void = stage.enabler.awaitRegistration(of: "carol")
            try await carol.register()
            try await comes
            async let goes: Void = stage.enabler.awaitDeregistration(of: "carol")
            try await carol.deregister()
            try await goes
            #expect(await stage.enabler.isRegistered("carol") == false)
            await carol.stop()
        }
    }

    @Test("a wait in vain says what was awaited")
    func inVain() async throws {
        try await EnablerStage.with { $0.answerLimit = .milliseconds(50) } _: { stage in
            let failure = ActorFailure.timedOut(awaited: "a REGISTER of carol", limit: .milliseconds(50))
            await #expect(throws: failure) { try await stage.enabler.awaitRegistration(of: "carol") }
            await #expect(throws: ActorFailure.self) { try await stage.enabler.awaitRegistration(of: "nobody") }
        }
    }

    @Test("a client whose claimed flow is gone is not registered any more; one without a claim is")
    func lostFlow() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered { $0.habits.reopensFlow = false }
            await carol.loseConnections()
            try await stage.enabler.awaitDeregistration(of: "carol")
            await carol.stop()
            let again = try await stage.registered {
                $0.habits.claimsFlow = false
                $0.habits.reopensFlow = false
            }
            await again.loseConnections()
            try await Task.sleep(for: .milliseconds(50))
            #expect(await stage.enabler.isRegistered("carol"))
            await again.stop()
        }
    }

    @Test("no more is granted than the settings say, and the way back is given")
    func granted() async throws {
        try await EnablerStage.with { $0.grantedExpires = 120 } _: { stage in
            let carol = try await stage.registered { $0.habits.registrationExpires = 600 }
            let lifetime = try #require(await carol.registrationLifetime())
            #expect(lifetime <= .seconds(120))
            #expect(lifetime > .seconds(110))
            let answer = try #require(await stage.messages(.sent).first { $0.status == 200 })
            #expect(answer.serviceRoutes.first?.sipURI?.port == stage.address.port)
            #expect(answer.headers.lists("outbound", in: "Require"))
            await carol.stop()
        }
    }

    @Test("it answers OPTIONS")
    func options() async throws {
        try await EnablerStage.with { stage in
            let carol = stage.client()
            let status = try await carol.probe()
            #expect(status == 200)
            await carol.stop()
        }
    }

    @Test("a client registers and is invited over TLS, with MSRP over TLS")
    func overTLS() async throws {
        let certificates = try TestCertificates.shared.get()
        let server = try certificates.server()
        let trusting = try certificates.client(serverName: "localhost")
        try await EnablerStage.with {
            $0.tls = server
            $0.mediaTLS = server
            $0.mediaClient = trusting
        } _: { stage in
            let carol = try await stage.registered {
                $0.tls = trusting
                $0.mediaTLS = trusting
                $0.mediaServer = server
            }
            for setup in [MSRPSetup.active, .passive] {
                let session = try await stage.enabler.invite(stage.plan(.over) { $0.setup = setup })
                let result = try await stage.enabler.send(stage.item("m-\(setup)"), in: session)
                #expect(result.code == 200)
            }
            let lines = await stage.tape.recording.lines
            #expect(lines.count { $0.kind == .tls } == lines.count { $0.kind == .open })
            await carol.stop()
        }
    }
}
