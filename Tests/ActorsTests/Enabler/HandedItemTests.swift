import Foundation
import MSRP
import Payloads
import Recordings
import SIP
import Testing

@testable import Actors

@Suite("What the scripted enabler hands to a client")
struct HandedItemTests {
    private func standing(
        _ stage: EnablerStage, _ form: EnablerInvitation.Form = .over
    ) async throws -> (SIPClientActor, EnablerSessionID) {
        let carol = try await stage.registered { $0.habits.subscribesOnJoining = false }
        return (carol, try await stage.enabler.invite(stage.plan(form)))
    }

    @Test("a message in many chunks arrives whole")
    func chunks() async throws {
        try await EnablerStage.with { stage in
            let (carol, session) = try await standing(stage)
            let text = String(repeating: "0123456789", count: 100)
            let result = try await stage.enabler.send(stage.item("m1", text) { $0.chunkSize = 64 }, in: session)
            #expect(result.code == 200)
            #expect(await carol.hasReceived("m1"))
            let wire = await stage.msrp(.sent)
            #expect(wire.components(separatedBy: "Content-Type: message/cpim").count > 15)
            await carol.stop()
        }
    }

    @Test("what the client refuses is a result with its code")
    func refused() async throws {
        try await EnablerStage.with { stage in
            let (carol, session) = try await standing(stage)
            let result = try await stage.enabler.send(
                HandedItem(contentType: "text/html", body: Array("<p>hi</p>".utf8)), in: session)
            #expect(result.code == 415)
            await carol.stop()
        }
    }

    @Test("without an answer the Success-Report decides", arguments: [MSRPFailureReport.partial, .no])
    func successReport(_ report: MSRPFailureReport) async throws {
        try await EnablerStage.with { stage in
            let (carol, session) = try await standing(stage)
            let asked = stage.item("m1") {
                $0.failureReport = report
                $0.successReport = true
            }
            #expect(try await stage.enabler.send(asked, in: session).code == 200)
            #expect(await carol.hasReceived("m1"))
            let unasked = stage.item("m2") { $0.failureReport = report }
            #expect(try await stage.enabler.send(unasked, in: session).code == 0)
            try await eventually("m2 did not come") { await carol.hasReceived("m2") }
            await carol.stop()
        }
    }

    @Test("a refusal that comes late is the result where a Success-Report was waited for")
    func refusedLate() async throws {
        try await EnablerStage.with { stage in
            let (carol, session) = try await standing(stage)
            let item = HandedItem(
                contentType: "text/html", body: Array("<p>hi</p>".utf8), failureReport: .partial, successReport: true)
            #expect(try await stage.enabler.send(item, in: session).code == 415)
            await carol.stop()
        }
    }

    @Test("a message is given up with # where the script says, and the session goes on")
    func aborted() async throws {
        try await EnablerStage.with { stage in
            let (carol, session) = try await standing(stage)
            let item = stage.item("m1") {
                $0.end = .aborted(at: 100)
                $0.chunkSize = 40
            }
            #expect(try await stage.enabler.send(item, in: session).code == 0)
            #expect(try await stage.enabler.send(stage.item("m2"), in: session).code == 200)
            #expect(await carol.hasReceived("m1") == false)
            #expect(await carol.hasReceived("m2"))
            let wire = await stage.msrp(.sent)
            #expect(wire.contains("#\r\n"))
            #expect(wire.components(separatedBy: "+\r\n").count == 3)
            await carol.stop()
        }
    }

    @Test("a message pauses where the script says, another one passes, and the rest makes it whole")
    func paused() async throws {
        try await EnablerStage.with { stage in
            let (carol, session) = try await standing(stage)
            var item = stage.item("m1") {
                $0.end = .paused(at: 100)
                $0.chunkSize = 40
                $0.messageID = "in-two-parts"
            }
            #expect(try await stage.enabler.send(item, in: session).code == 0)
            #expect(try await stage.enabler.send(stage.item("m2"), in: session).code == 200)
            #expect(await carol.hasReceived("m1") == false)
            item.end = .resumed(from: 100)
            #expect(try await stage.enabler.send(item, in: session).code == 0)
            #expect(try await stage.enabler.send(stage.item("m3"), in: session).code == 200)
            #expect(await carol.hasReceived("m1"))
            #expect(await carol.hasReceived("m2"))
            await carol.stop()
        }
    }

    @Test("the connection is broken inside a message, and the redelivery in a new session comes", arguments: [nil, 50])
    func broken(_ chunkSize: Int?) async throws {
        try await EnablerStage.with { stage in
            let (carol, session) = try await standing(stage)
            #expect(try await stage.enabler.send(stage.item("m0"), in: session).code == 200)
            let item = stage.item("m1") {
                $0.end = .broken(at: 120)
                $0.chunkSize = chunkSize
            }
            let result = try await stage.enabler.send(item, in: session)
            #expect(result == SendResult(code: 0, comment: "broken off after 120 of \(item.body.count) bytes"))
            #expect(await stage.enabler.stands(session) == false)
            let wire = await stage.msrp(.sent)
            #expect(wire.contains(String(decoding: item.body[100..<120], as: UTF8.self)))
            #expect(!wire.contains("imdn.Message-ID: m1\r\nDis") && !wire.hasSuffix("$\r\n"))
            await #expect(throws: ActorFailure.self) { try await stage.enabler.send(item, in: session) }
            // The dialog is still there and is ended by the script.
            try await stage.enabler.hangUp(session, cause: .unsaid)
            let again = try await stage.enabler.invite(stage.plan(.over))
            #expect(await carol.hasReceived("m1") == false)
            #expect(try await stage.enabler.send(stage.item("m1"), in: again).code == 200)
            #expect(await carol.hasReceived("m1"))
            await carol.stop()
        }
    }

    @Test("hostile bytes go out as they are")
    func raw() async throws {
        try await EnablerStage.with { stage in
            let (carol, session) = try await standing(stage)
            try await stage.enabler.sendRaw(Array("GET / HTTP/1.1\r\n\r\n".utf8), in: session)
            try await eventually("the client bears it") { await stage.enabler.stands(session) == false }
            await #expect(throws: ActorFailure.self) { try await stage.enabler.sendRaw([1], in: session) }
            #expect(await stage.msrp(.sent).contains("GET / HTTP/1.1\r\n\r\n"))
            await carol.stop()
        }
    }

    @Test("only the MSRP connection breaks, and the session can still be ended")
    func breaksMedia() async throws {
        try await EnablerStage.with { stage in
            let (carol, session) = try await standing(stage)
            await stage.enabler.breakMedia(of: session)
            #expect(await stage.enabler.stands(session) == false)
            #expect(await stage.enabler.isRegistered("carol"))
            try await stage.enabler.hangUp(session, cause: .completed)
            await carol.stop()
        }
    }

    @Test("all connections of a user break, and it comes back by itself")
    func breaksConnections() async throws {
        try await EnablerStage.with { stage in
            let (carol, session) = try await standing(stage)
            await stage.enabler.breakConnections(of: "carol")
            #expect(await stage.enabler.isRegistered("carol") == false)
            #expect(await stage.enabler.stands(session) == false)
            try await stage.enabler.awaitRegistration(of: "carol")
            let sent = await stage.messages(.sent)
            #expect(!sent.contains { $0.method == .bye && $0.isRequest })
            await carol.stop()
        }
    }

    @Test("a report with a lost connection fails at once, not at the limit")
    func reportLost() async throws {
        try await EnablerStage.with { stage in
            let (carol, session) = try await standing(stage)
            await carol.fallSilent()
            let item = stage.item("m1") {
                $0.failureReport = .no
                $0.successReport = true
            }
            let result = Task { try await stage.enabler.send(item, in: session) }
            try await Task.sleep(for: .milliseconds(20))
            await stage.enabler.breakMedia(of: session)
            await #expect {
                _ = try await result.value
            } throws: { error in
                guard case ActorFailure.connectionLost = error else { return false }
                return true
            }
            await carol.stop()
        }
    }

    @Test("an unfinished item has its chunks, its ranges and no more")
    func pieces() throws {
        var number = 0
        let unfinished = UnfinishedItem(
            item: HandedItem(body: Array("abcdefghij".utf8), chunkSize: 4, failureReport: .partial, successReport: true),
            messageID: "msg-1", toPath: "msrp://c:1/a;tcp", fromPath: "msrp://e:2/b;tcp",
            transactionIDs: {
                number += 1
                return "tid-\(number)"
            })
        let head = "To-Path: msrp://c:1/a;tcp\r\nFrom-Path: msrp://e:2/b;tcp\r\nMessage-ID: msg-1\r\n"
            + "Success-Report: yes\r\nFailure-Report: partial\r\n"
        let type = "Content-Type: message/cpim\r\n\r\n"
        #expect(
            String(decoding: unfinished.aborted(after: 6), as: UTF8.self)
                == "MSRP tid-1 SEND\r\n\(head)Byte-Range: 1-*/10\r\n\(type)abcd\r\n-------tid-1+\r\n"
                + "MSRP tid-2 SEND\r\n\(head)Byte-Range: 5-*/10\r\n\(type)ef\r\n-------tid-2#\r\n")
        number = 0
        #expect(
            String(decoding: unfinished.cutOff(after: 3), as: UTF8.self)
                == "MSRP tid-1 SEND\r\n\(head)Byte-Range: 1-*/10\r\n\(type)abc")
        number = 0
        #expect(
            String(decoding: unfinished.paused(after: 6) + unfinished.rest(from: 6), as: UTF8.self)
                == "MSRP tid-1 SEND\r\n\(head)Byte-Range: 1-*/10\r\n\(type)abcd\r\n-------tid-1+\r\n"
                + "MSRP tid-2 SEND\r\n\(head)Byte-Range: 5-*/10\r\n\(type)ef\r\n-------tid-2+\r\n"
                + "MSRP tid-3 SEND\r\n\(head)Byte-Range: 7-*/10\r\n\(type)ghij\r\n-------tid-3$\r\n")
        #expect(String(decoding: unfinished.cutOff(after: 99), as: UTF8.self).hasSuffix("ij"))
        #expect(String(decoding: unfinished.cutOff(after: -1), as: UTF8.self).hasSuffix("cpim\r\n\r\n"))
    }
}
