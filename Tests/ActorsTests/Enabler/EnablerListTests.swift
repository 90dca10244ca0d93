import Payloads
import Recordings
import SIP
import Testing

@testable import Actors

@Suite("Lists and messages beside the sessions of the scripted enabler")
struct EnablerListTests {
    private var document: [UInt8] {
        DeliveredList(
            entity: EnablerStage.focus, version: 3, members: [.init(uri: "sip:alice@test.example", method: "dialed-in")]
        ).serialized()
    }

    @Test("a subscription gets an empty pending NOTIFY, and then what the script sends")
    func notifies() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            _ = try await stage.enabler.invite(stage.plan())
            try await stage.enabler.awaitSubscription(of: "carol", to: EnablerStage.focus)
            try await stage.enabler.notify(document, of: EnablerStage.focus, to: "carol", state: "active;expires=600")
            try await stage.enabler.notify([], of: EnablerStage.focus, to: "carol", state: "terminated;reason=noresource")
            let sent = await stage.recorded(.notify)
            #expect(
                sent.map { $0.headers["Subscription-State"] } == [
                    "pending;expires=600", "active;expires=600", "terminated;reason=noresource",
                ])
            #expect(sent.map(\.body) == [[], document, []])
            #expect(sent.map(\.contentType) == [nil, "application/conference-info+xml", nil])
            #expect(sent.allSatisfy { $0.headers["Event"] == "conference" })
            await #expect(throws: ActorFailure.self) {
                try await stage.enabler.notify(document, of: EnablerStage.focus, to: "carol", state: "active")
            }
            #expect(await carol.openSubscriptions == 0)
            await carol.stop()
        }
    }

    @Test("with an initial list the first NOTIFY has it, and the end of the subscription is told")
    func initialList() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            await stage.enabler.setInitialList(EnablerStage.focus, document)
            _ = try await stage.enabler.invite(stage.plan())
            try await stage.enabler.awaitSubscription(of: "carol", to: EnablerStage.focus)
            try await carol.leave(
                GroupHandle(conversationID: "conv", contributionID: "contr", focusURI: EnablerStage.focus), saying: .leaves)
            try await eventually("no last NOTIFY") { await stage.recorded(.notify).count == 2 }
            let sent = await stage.recorded(.notify)
            #expect(sent.map(\.body) == [document, []])
            #expect(sent.map { $0.headers["Subscription-State"] } == ["active;expires=600", "terminated;reason=timeout"])
            await carol.stop()
        }
    }

    @Test("subscriptions are refused as the focus meets requests", arguments: [404, 489])
    func refused(status: Int) async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered()
            if status != 404 { await stage.enabler.setFocusAttitude(EnablerStage.focus, .refuse(status)) }
            let group = GroupHandle(conversationID: "conv", contributionID: "contr", focusURI: EnablerStage.focus)
            await #expect {
                try await carol.subscribe(to: group)
            } throws: { error in
                guard case ActorFailure.refused(_, status, _) = error else { return false }
                return true
            }
            #expect(await stage.recorded(.notify).isEmpty)
            await carol.stop()
        }
    }

    @Test("a SIP MESSAGE goes to the client, and one of the client is answered")
    func messages() async throws {
        try await EnablerStage.with { stage in
            let carol = try await stage.registered { $0.habits.reportCarriage = .message }
            let session = try await stage.enabler.invite(stage.plan(.over))
            _ = try await stage.enabler.send(stage.item("m1"), in: session)
            let group = GroupHandle(conversationID: "conv", contributionID: "contr", focusURI: EnablerStage.focus)
            let report = OutgoingReport(group: group, about: "m1", status: .displayed, messageID: "r1")
            #expect(try await carol.report(report).code == 200)
            let message = EnablerMessage(
                body: DeliveredReports(
                    from: CPIMAddress(uri: "sip:bob@test.example"), to: CPIMAddress(uri: "sip:carol@test.example"),
                    dateTime: nil, messageID: "r2",
                    reports: [
                        DeliveredReports.report(
                            .displayed, on: "m9", sentAt: "2026-01-01T00:00:00Z", of: "sip:bob@test.example")
                    ]
                ).serialized(),
                from: "sip:bob@test.example", group: EnablerStage.group, extraHeaders: [("X-Own", "1")])
            #expect(try await stage.enabler.sendMessage(message, to: "carol").code == 200)
            let sent = try #require(await stage.recorded(.message).first)
            #expect(sent.from?.uri == "sip:bob@test.example")
            #expect(sent.headers["Conversation-ID"] == "conv")
            #expect(sent.headers["X-Own"] == "1")
            #expect(sent.body == message.body)
            await carol.stop()
        }
    }
}
