import Connections
import Payloads
import Recordings
import SIP
import Testing

@testable import Actors

@Suite("Sessions that a client asks the scripted enabler for")
struct AskedSessionTests {
    private let newFocus = "sip:focus-2@test.example"
    private let invitees = ["sip:alice@test.example", "sip:bob@test.example"]
    private var plan: GroupPlan {
        GroupPlan(invitees: invitees, subject: "Climbing", conversationID: "conv", contributionID: "contr")
    }

    private func handle(_ focus: String) -> GroupHandle {
        GroupHandle(conversationID: "conv", contributionID: "contr", focusURI: focus)
    }

    @Test(
        "a client creates a group at the factory and is told its focus",
        arguments: [MSRPSetup.active, .passive, .actpass, nil])
    func creates(setup: MSRPSetup?) async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered { $0.habits.offeredSetup = setup }
            await stage.enabler.setFactoryAttitude(.accept(focusURI: EnablerStage.focus))
            async let waiting = stage.enabler.awaitSession(of: "carol", in: EnablerStage.group)
            let group = try await carol.createGroup(plan)
            let session = try await waiting
            #expect(group.focusURI == stage.address.uri(user: "focus-1"))
            #expect(await stage.enabler.stands(session))
            let sent = try await carol.send(OutgoingChat(group: group, messageID: "m1", body: Array("hi".utf8)))
            #expect(sent.code == 200)
            #expect(try await stage.enabler.send(stage.item("m2"), in: session).code == 200)
            try await stage.enabler.hangUp(session, cause: .completed)
            await carol.stop()
        }
    }

    @Test("the factory refuses with a Warning, and at first with 403")
    func refuses() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            for status in [403, 500] {
                await #expect {
                    _ = try await carol.createGroup(plan)
                } throws: { error in
                    guard case ActorFailure.refused(_, status, _) = error else { return false }
                    return true
                }
                await stage.enabler.setFactoryAttitude(.refuse(500, warning: "399 test.example \"not now\""))
            }
            let warnings = await stage.messages(.sent).filter { $0.method == .invite }.map { $0.headers["Warning"] }
            #expect(warnings == [nil, "399 test.example \"not now\""])
            await carol.stop()
        }
    }

    @Test("a silent factory says not a byte")
    func silent() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            await stage.enabler.setFactoryAttitude(.silence)
            let asking = Task { try await carol.createGroup(plan) }
            try await eventually("no INVITE came") { await stage.recorded(.invite, .received).count == 1 }
            try await Task.sleep(for: .milliseconds(50))
            await stage.enabler.setFocusAttitude(EnablerStage.focus, .silence)
            let joining = Task { try await carol.rejoin(handle(EnablerStage.focus)) }
            try await eventually("no second INVITE came") { await stage.recorded(.invite, .received).count == 2 }
            try await Task.sleep(for: .milliseconds(50))
            #expect(await stage.messages(.sent).contains { $0.method == .invite } == false)
            asking.cancel()
            joining.cancel()
            await #expect(throws: ActorFailure.self) { _ = try await asking.value }
            await #expect(throws: ActorFailure.self) { _ = try await joining.value }
            await carol.stop()
        }
    }

    @Test("a focus that nobody knows is 404, one that is gone answers as the script says")
    func rejoinRefused() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            for (attitude, status) in [(nil, 404), (.refuse(410), 410), (.refuse(403, warning: "123 x \"gone\""), 403)]
                as [(FocusAttitude?, Int)]
            {
                if let attitude { await stage.enabler.setFocusAttitude(EnablerStage.focus, attitude) }
                await #expect {
                    _ = try await carol.rejoin(handle(EnablerStage.focus))
                } throws: { error in
                    guard case ActorFailure.refused(_, status, _) = error else { return false }
                    return true
                }
            }
            let last = await stage.messages(.sent).last { $0.method == .invite }
            #expect(last?.headers["Warning"] == "123 x \"gone\"")
            await carol.stop()
        }
    }

    @Test("a client rejoins a focus that it knows from a live session, not from one that was over")
    func rejoins() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            let over = try await stage.enabler.invite(stage.plan(.over))
            try await stage.enabler.hangUp(over, cause: .completed)
            await #expect(throws: ActorFailure.self) { _ = try await carol.rejoin(handle(EnablerStage.focus)) }
            let live = try await stage.enabler.invite(stage.plan(.live))
            try await stage.enabler.hangUp(live, cause: .unsaid)
            async let waiting = stage.enabler.awaitSession(of: "carol", in: EnablerStage.group)
            _ = try await carol.rejoin(handle(EnablerStage.focus))
            let session = try await waiting
            #expect(session != live)
            #expect(try await stage.enabler.send(stage.item("m1"), in: session).code == 200)
            await carol.stop()
        }
    }

    @Test("a group is restarted with the same ids at another focus, and each session is handed out once")
    func restarts() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            await stage.enabler.setFactoryAttitude(.accept(focusURI: EnablerStage.focus))
            let group = try await carol.createGroup(plan)
            let first = try await stage.enabler.awaitSession(of: "carol", in: EnablerStage.group)
            try await stage.enabler.hangUp(first, cause: .gone)
            await stage.enabler.setFocusAttitude(EnablerStage.focus, .refuse(404))
            await stage.enabler.setFactoryAttitude(.accept(focusURI: newFocus))
            await #expect(throws: ActorFailure.self) { _ = try await carol.rejoin(group) }
            let restarted = try await carol.restart(group, inviting: invitees)
            #expect(restarted.focusURI == stage.address.uri(user: "focus-2"))
            let second = try await stage.enabler.awaitSession(of: "carol", in: EnablerStage.group)
            #expect(second != first)
            let invites = await stage.recorded(.invite, .received)
            #expect(invites.map { $0.headers["Contribution-ID"] } == ["contr", "contr", "contr"])
            // There is no third session to hand out.
            let task = Task { try await stage.enabler.awaitSession(of: "carol", in: EnablerStage.group) }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            await #expect(throws: ActorFailure.self) { _ = try await task.value }
            await carol.stop()
        }
    }

    @Test(
        "messages of the client are met as the script says",
        arguments: [(MSRPAttitude.accept, 200), (.refuse(413), 413), (.refuse(415), 415), (.silence, 0)])
    func messages(attitude: MSRPAttitude, code: Int) async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            await stage.enabler.setFactoryAttitude(.accept(focusURI: EnablerStage.focus))
            let group = try await carol.createGroup(plan)
            await stage.enabler.setMSRPAttitude(attitude)
            let chat = OutgoingChat(group: group, messageID: "m1", body: Array("hi".utf8))
            if code != 0 {
                #expect(try await carol.send(chat).code == code)
            } else {
                let answered = await stage.msrp(.sent)
                let sending = Task { try await carol.send(chat) }
                try await eventually("the message came") { await stage.msrp(.received).contains("imdn.Message-ID: m1") }
                try await Task.sleep(for: .milliseconds(50))
                #expect(await stage.msrp(.sent) == answered)
                sending.cancel()
                await #expect(throws: ActorFailure.self) { _ = try await sending.value }
            }
            await carol.stop()
        }
    }

    @Test("requests in and beside the session are answered")
    func requests() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered { $0.habits.sessionExpires = 90 }
            await stage.enabler.setFactoryAttitude(.accept(focusURI: EnablerStage.focus))
            let group = try await carol.createGroup(plan)
            try await carol.add("sip:dora@test.example", to: group)
            let answers = await stage.messages(.sent).filter { $0.status == 202 }
            #expect(answers.map { $0.headers["Refer-Sub"] } == ["false"])
            for method in [SIPMethod.update, .invite, .info, .message, .prack, .options] {
                #expect(await carol.status(of: method) == 200, "\(method)")
            }
            let answer = await stage.messages(.sent).first { $0.method == .invite && $0.status == 200 }
            #expect(answer?.headers["Session-Expires"] == "90;refresher=uac")
            await carol.stop()
        }
    }

    @Test("in no dialog, a request that needs one gets 481, and to no focus 404")
    func strays() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered { $0.habits.refersInDialog = false }
            await #expect {
                try await carol.add("sip:dora@test.example", to: handle(EnablerStage.focus))
            } throws: { error in
                guard case ActorFailure.refused(_, 404, _) = error else { return false }
                return true
            }
            for method in [SIPMethod.bye, .info, .update, .notify] {
                #expect(await carol.strayStatus(of: method) == 481, "\(method)")
            }
            #expect(await carol.strayStatus(of: SIPMethod(rawValue: "PUBLISH")) == 501)
            await carol.stop()
        }
    }
}

extension SIPClientActor {
    /// The final status of a request in its only session.
    func status(of method: SIPMethod) async -> Int {
        guard let session = sessions.values.first(where: { $0.phase == .established }) else { return 0 }
        return await withCheckedContinuation { continuation in
            var pending: CheckedContinuation<Int, Never>? = continuation
            request(method, in: session, fields: []) { outcome in
                guard let status = Self.final(outcome) else { return }
                pending?.resume(returning: status)
                pending = nil
                if method == .invite, let dialog = session.dialog {
                    self.equipment?.sip.sendStateless(
                        dialog.ack(for: dialog.localSequence), to: self.hop(toward: dialog.nextHopURI))
                }
            }
        }
    }

    /// The final status of a request in a dialog that is none.
    func strayStatus(of method: SIPMethod) async -> Int {
        let message = SIPMessage.request(
            method, uri: "sip:focus-1@test.example",
            SIPRequestIdentity(
                from: NameAddress(uri: settings.address, parameters: ["tag": "here"]),
                to: NameAddress(uri: "sip:focus-1@test.example", parameters: ["tag": "nowhere"]),
                callID: tokens.token()))
        return await withCheckedContinuation { continuation in
            var pending: CheckedContinuation<Int, Never>? = continuation
            exchange(message, to: outbound) { _, outcome in
                guard let status = Self.final(outcome) else { return }
                pending?.resume(returning: status)
                pending = nil
            }
        }
    }

    private static func final(_ outcome: SIPClientOutcome) -> Int? {
        switch outcome {
        case .failed: 0
        case .response(let response): response.status.flatMap { $0 >= 200 ? $0 : nil }
        }
    }
}
