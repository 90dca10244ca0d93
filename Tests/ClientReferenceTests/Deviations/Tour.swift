import Connections
import Foundation
import MSRP
import NIOCore
import Payloads
import SIP
import UpperTester

@testable import ClientReference

/// A round through everything that a client is there for. What is seen of it from outside and by the user is the same for
/// every conformant client, however it is varied, and another for each defect.
struct Tour {
    let stage: Stage
    /// How long something is waited for that a defective client may never do.
    let patience: Duration
    var seen: [String] = []

    /// Goes round with a client made so, and returns what was seen.
    static func go(defects: Set<ClientDefect> = [], variations: Set<ClientVariation> = []) async throws -> [String] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("tour-\(UInt64.random(in: 0...UInt64.max)).sqlite").path
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + end) } }
        var lines: [String] = []
        try await Stage.play(
            defects: defects, variations: variations,
            settings: {
                $0.store = .file(file)
                $0.password = "secret"
            }
        ) { stage in
            var tour = Tour(stage: stage, patience: defects.isEmpty ? .seconds(15) : .milliseconds(900))
            try await stage.run { $0.refusesRejoins = true }
            try await tour.live()
            try await tour.delivery()
            try await tour.others()
            try await tour.ending()
            try await tour.restart()
            try await tour.look()
            await stage.carol.stop()
            try await stage.carol.start()
            try await tour.lookAgain()
            lines = tour.seen
        }
        return lines
    }

    private func patiently(_ holds: @escaping @Sendable (FocusCore) -> Bool) async throws {
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end {
            if try await stage.run(holds) { return }
            try await Task.sleep(for: .milliseconds(8))
        }
    }

    private func seeing(
        atLeast least: Duration = .zero, _ holds: @escaping @Sendable (Seen) -> Bool
    ) async throws {
        let end = ContinuousClock.now + max(least, patience)
        while ContinuousClock.now < end {
            if try await holds(stage.seen()) { return }
            try await Task.sleep(for: .milliseconds(8))
        }
    }

    private func open(_ name: String, _ plan: FocusInvite) async throws {
        try await stage.run { $0.invite(name, plan) }
        try await patiently { $0.call(name)?.msrp.isConnected == true || ($0.call(name)?.statuses.last ?? 0) >= 300 }
        try await patiently { $0.call(name)?.statuses.contains { $0 >= 200 } == true }
    }

    private func deliver(_ name: String, _ label: String, _ body: [UInt8], _ plan: FocusCore.Delivery = .init(), type: String = "message/cpim") async throws {
        try await stage.run { core in if let call = core.call(name) { core.deliver(label, type, body, in: call, plan) } }
        try await patiently { $0.call(name)?.outcomes[label] != nil }
    }

    private func list(_ name: String, _ label: String, _ info: ConferenceInfo) async throws {
        try await deliver(name, label, info.serialized(), type: "application/conference-info+xml")
    }

    private func bye(_ name: String, _ reason: String?) async throws {
        let before = try await stage.run { $0.call(name)?.statuses.count ?? 0 }
        try await stage.run { core in if let call = core.call(name), call.dialog != nil { core.bye(call, reason: reason) } }
        try await patiently { ($0.call(name)?.statuses.count ?? 0) > before }
    }

    // MARK: The stations

    static let long = String(repeating: "0123456789abcdef", count: 100)
    static let entity = "sip:focus@cpm.example"

    /// A live session, in which carol says two things.
    private mutating func live() async throws {
        try await open("live", FocusInvite(history: ["bob", "carol"]))
        try await deliver("live", "m1", FocusCore.cpim("m1", "one") { $0.dispositionRequests = [.positiveDelivery] })
        for text in ["mine1", "mine2"] {
            try await stage.carol.look { service in
                guard let id = service.book.inOrder.first?.record.id else { return }
                service.compose(ComposedContent(type: "text/plain", body: Array(text.utf8)), in: id) { _ in }
            }
            try await patiently { $0.said.contains { String(decoding: $0.body, as: UTF8.self) == text } }
        }
        try await patiently { $0.reportLines.contains { $0.hasSuffix("m1 delivered") } }
        try await bye("live", "SIP;cause=410;text=\"Gone\"")
    }

    /// What was missed, in a session that is over.
    private mutating func delivery() async throws {
        try await open("d", FocusInvite(direction: .sendonly))
        try await list("d", "l1", Sample.list("alice bob carol dave", version: 1, entity: Self.entity))
        try await deliver("d", "m1", FocusCore.cpim("m1", "one"))
        try await deliver("d", "m2", FocusCore.cpim("m2", "zwölf", from: "bob") { $0.dispositionRequests = [.positiveDelivery, .display] })
        try await deliver("d", "m3", FocusCore.cpim("m3", Self.long), .init(chunk: 400))
        try await deliver("d", "m4", FocusCore.cpim("m4", " "))
        try await deliver("d", "m5", FocusCore.cpim("m5", "zwölf", from: "bob") { $0.dispositionRequests = [.display] })
        try await list("d", "l2", Sample.list("-bob", state: .partial, version: 2, entity: Self.entity))
        try await deliver("d", "m6", FocusCore.cpim("m6", "") {
            $0.contentType = MediaType("application/x-vcard")
            $0.body = [1, 2, 200]
        })
        try await deliver("d", "c1", FocusCore.cpim("c1", "<x/>") { $0.contentType = .isComposing })
        try await deliver("d", "x1", Array("no cpim".utf8))
        try await deliver("d", "m7", FocusCore.cpim("m7", "last"), .init(success: true, failure: .no))
        try await reports(in: "d")
        try await list("d", "l3", Sample.list("erin", state: .partial, version: 3, entity: Self.entity))
        try await deliver("d", "m8", FocusCore.cpim("m8", "to more"))
        try await list("d", "l4", Sample.list("alice -bob carol dave erin", version: 4, entity: Self.entity))
        try await stage.carol.look { service in
            guard let first = service.book.inOrder.first else { return }
            service.read(Set(first.messages.filter { $0.messageID == "m2" }.map(\.id)), in: first.record.id) {}
        }
        try await patiently { $0.reportLines.contains { $0.hasSuffix("m2 displayed") } }
    }

    private func reports(in name: String) async throws {
        let ids = try await stage.run { core in
            ["mine1", "mine2"].map { text in
                core.said.first { String(decoding: $0.body, as: UTF8.self) == text }?.messageID ?? "unknown"
            }
        }
        func report(_ id: String, _ who: String, _ status: String) -> DispositionReport {
            var report = DispositionReport(messageID: id, dateTime: "2026-05-01T09:30:00Z", kind: .delivery, status: status)
            report.recipientURI = "sip:\(who)@cpm.example"
            return report
        }
        let (type, body) = DispositionReport.aggregated(
            [report(ids[0], "alice", "delivered"), report(ids[0], "bob", "failed")], seed: "s")
        try await deliver(name, "r1", FocusCore.cpim("r1", "", from: "focus") {
            $0.contentType = type
            $0.body = body
        })
        let paged = FocusCore.cpim("r2", "", from: "bob") {
            $0.contentType = .imdn
            $0.body = report(ids[1], "bob", "delivered").serialized()
        }
        try await stage.run { core in
            guard let contact = core.contact else { return }
            let identity = SIPRequestIdentity(
                from: NameAddress(uri: "sip:bob@cpm.example", parameters: ["tag": "t"]),
                to: NameAddress(uri: "sip:carol@cpm.example"), callID: core.tokens.token())
            let request = SIPMessage.request(
                .message, uri: contact.uri, identity, headers: ["Content-Type": "message/cpim"], body: paged)
            core.stack.send(request, to: .connection(contact.connection)) { _ in }
        }
        try await seeing { $0.dispositions.count >= 3 }
    }

    /// Other groups: a lean one, one of whose list only a change comes, and one that breaks in the middle of a message.
    private mutating func others() async throws {
        try await open("lean", FocusInvite(conversation: "c2", contribution: "k2", focus: "lean", isLean: true))
        try await list("lean", "k1", Sample.list("frank carol", version: 1, entity: "sip:lean@cpm.example"))
        try await deliver("lean", "n1", FocusCore.cpim("n1", "hello", from: "frank"))
        try await open("third", FocusInvite(setup: .passive, conversation: "c3", contribution: "k3", focus: "third"))
        try await list("third", "k2", Sample.list("grace", state: .partial, version: 5, entity: "sip:third@cpm.example"))
        try await deliver("third", "n2", FocusCore.cpim("n2", "before the break", from: "grace"))
        try await stage.run { core in
            guard let call = core.call("third") else { return }
            let head = "MSRP abcd1234 SEND\r\nTo-Path: \(call.answer?.path.first ?? "")\r\nFrom-Path: \(call.msrp.localURI)\r\n"
                + "Message-ID: of-n3\r\nByte-Range: 1-*/900\r\nContent-Type: message/cpim\r\n\r\n"
            call.msrp.sendRaw(Array(head.utf8) + FocusCore.cpim("n3", "never whole", from: "grace"))
        }
        // What is interrupted has arrived as far as it goes when what comes after it on the other connection has.
        try await Task.sleep(for: .milliseconds(150))
        try await stage.run { core in core.call("third")?.msrp.close() }
    }

    private mutating func ending() async throws {
        try await bye("d", "SIP;cause=200;text=\"Call Completed\"")
        try await seeing { $0.states.first == "ended" }
    }

    /// The group is started again, and later goes on at the focus of another.
    private mutating func restart() async throws {
        try await stage.carol.look { $0.seek(1) }
        try await patiently { $0.invites.contains { $0.requestURI == "sip:factory@cpm.example" } }
        try await seeing { $0.states.first == "live" }
        try await open("next", FocusInvite(focus: "next"))
        try await deliver("next", "m9", FocusCore.cpim("m9", "at the next focus"))
        // A break after which nothing comes is known for one after a while.
        try await seeing(atLeast: .seconds(2)) { $0.states.last == "suspended" }
    }

    // MARK: What is seen

    private mutating func look() async throws {
        seen += try await stage.run { core in
            core.calls.flatMap { call -> [String] in
                guard !call.name.hasPrefix("theirs") else { return [] }
                let codes = call.outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.line)" }
                return ["call \(call.name): \(call.statuses.first { $0 >= 200 } ?? 0)"] + codes
                    + call.reports.keys.sorted().map { "REPORT \($0)" }
            } + core.reportLines.sorted() + core.invites.suffix(1).map(\.restartLine)
                + core.strangeBytes.map { "unasked \($0)" } + ["subscribed \(!core.subscribes.isEmpty)"]
                + core.calls.filter { $0.name == "third" && $0.answer?.setup == .passive }.map { "\($0.name): both wait" }
        }
        seen += try await stage.carol.look { Tour.lines($0) }
    }

    private mutating func lookAgain() async throws {
        seen += try await stage.carol.look { service in
            service.book.inOrder.map { "again \($0.messages.count) \($0.history.count)" }
        }
    }

    private static func lines(_ service: ClientService) -> [String] {
        let views = ShownViews(service)
        return service.book.inOrder.filter(views.shows).flatMap { conversation -> [String] in
            let shown = views.conversation(conversation)
            var lines = ["conversation \(shown.conversationId) \(shown.contributionId) \(shown.state)"]
            lines += views.messages(conversation).map { message in
                let own = message.direction == .sent
                let reports = message.dispositions.map { "\($0.recipient ?? "?") \($0.status)" }
                return "message \(own ? "own" : message.id) \(message.sender) \(message.content) \(message.contentType)"
                    + " \(own ? 0 : message.sentAt) \(message.read) \(reports) \(message.audience?.sorted() ?? ["unknown"])"
            }
            lines += views.participants(conversation).map { "participant \($0.uri) \($0.status) \($0.isSelf)" }
            let ids = Set(conversation.messages.filter { !$0.isOwn }.map(\.messageID))
            lines += views.history(conversation).map { entry in
                if case .message(let id) = entry.kind { "said \(ids.contains(id) || id == "never-came" ? id : "own")" } else { "\(entry.kind)" }
            }
            return lines
        }
    }
}

extension MSRPSendOutcome {
    var line: String {
        switch self {
        case .answered(let code, _): "\(code)"
        case .unanswered: "not answered"
        case .timedOut, .connectionLost, .aborted: "lost"
        }
    }
}

extension FocusCore {
    /// Every report that came, one line each: who says it to whom about what.
    var reportLines: [String] {
        (said + paged).flatMap { cpim -> [String] in
            let reports = cpim.contentType.flatMap { try? DispositionReport.all(in: cpim.body, contentType: $0) } ?? []
            return reports.map { "report to \(cpim.to?.uri ?? "") by \($0.recipientURI ?? "") on \($0.messageID) \($0.status)" }
        }
    }
}

extension SIPMessage {
    /// Where a restart goes, and whom it invites to what.
    var restartLine: String {
        let type = contentType.flatMap { MediaType($0) }
        let list = type.flatMap { try? Multipart(parsing: body, contentType: $0).first("application/resource-lists+xml") }
            .flatMap { $0 }.flatMap { try? ResourceList(parsing: $0.body) }
        let ids = "\(headers["Conversation-ID"] ?? "") \(headers["Contribution-ID"] ?? "")"
        return "INVITE \(requestURI?.hasPrefix("sip:factory@") == true ? "factory" : "focus") \(ids) \(list?.entries.map(\.uri) ?? [])"
    }
}
