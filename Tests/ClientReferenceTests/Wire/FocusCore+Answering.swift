import Connections
import Diagnostics
import MSRP
import NIOCore
import NIOPosix
import Payloads
import SIP
import Testing

@testable import ClientReference

// What the scripted focus says to the client's requests.
extension FocusCore: SIPStackDelegate {
    func stack(_ stack: SIPStack, received request: SIPServerRequest) {
        let message = request.message
        requests.append(message)
        switch message.method {
        case .register?: register(request)
        case .invite? where message.to?.tag == nil: invited(request)
        case .subscribe?: subscribed(request)
        case .message?:
            pages.append(message)
            if let cpim = try? CPIMMessage(parsing: message.body) { paged.append(cpim) }
            respond(200, to: request)
        case .bye?:
            byes.append(message)
            respond(200, to: request)
        case .ack?: break
        default: respond(200, to: request)
        }
    }

    func stack(_ stack: SIPStack, cancelled request: SIPServerRequest) { respond(487, to: request) }
    func stack(_ stack: SIPStack, closed connection: SIPConnectionID, cause: String) {}
    func stack(_ stack: SIPStack, unacknowledged request: SIPServerRequest) {}
    func stack(_ stack: SIPStack, garbage error: SIPParseError, on connection: SIPConnectionID) {}

    func respond(_ status: Int, to request: SIPServerRequest, _ headers: SIPHeaders = [:], body: [UInt8] = []) {
        var response = request.message.response(status, toTag: tokens.token())
        response.headers.add(contentsOf: headers)
        response.body = body
        stack.respond(response, to: request)
    }

    private func register(_ request: SIPServerRequest) {
        registers.append(request.message)
        let isGone = request.message.expires == 0
        contact = isGone ? nil : request.message.contacts.first.map { ContactSeen(uri: $0.uri, connection: request.connection) }
        let value = request.message.headers["Contact"] ?? ""
        respond(200, to: request, isGone ? [:] : ["Contact": value, "Service-Route": "<sip:127.0.0.1:\(port);transport=tcp;lr>"])
    }

    private func subscribed(_ request: SIPServerRequest) {
        subscribes.append(request.message)
        guard subscribeStatus == 200 else { return respond(subscribeStatus, to: request) }
        if request.message.to?.tag == nil {
            let tag = tokens.token()
            subscription = SIPDialog(uas: request.message, localTag: tag, contact: focusContact)
            var response = request.message.response(200, toTag: tag)
            response.headers.add("Contact", focusContact)
            response.headers.add("Expires", request.message.headers["Expires"] ?? "600")
            stack.respond(response, to: request)
        } else {
            _ = subscription?.receive(request.message)
            respond(200, to: request, ["Contact": focusContact, "Expires": "600"])
        }
    }

    private func invited(_ request: SIPServerRequest) {
        let message = request.message
        invites.append(message)
        if refusesRejoins, message.requestURI != "sip:factory@cpm.example" { return respond(404, to: request) }
        let next = script.isEmpty ? (status: 200, headers: SIPHeaders()) : script.removeFirst()
        guard next.status == 200 else { return respond(next.status, to: request, next.headers) }
        let invitation = Invitation(message, limits: Limits())
        var made: FocusCall?
        let session = msrp.makeSession { _, signal in
            guard case .received(let message) = signal, made != nil else { return }
            if let cpim = try? CPIMMessage(parsing: message.body) { self.said.append(cpim) }
        }
        let call = FocusCall(name: "theirs \(invites.count)", msrp: session)
        made = call
        calls.append(call)
        var mine = MSRPMedia(
            host: "127.0.0.1", port: session.localURI.port ?? 9, path: [session.localURI.description], setup: .passive)
        mine.acceptTypes = ["message/cpim"]
        mine.acceptWrappedTypes = ["*"]
        let tag = tokens.token()
        guard let offer = invitation.offer, let theirs = MSRPMedia(offer), let path = MSRPURI(theirs.path.first ?? ""),
            let answer = mine.answer(to: offer, sessionID: "79"),
            let dialog = SIPDialog(uas: message, localTag: tag, contact: contact("new\(invites.count)"))
        else { return respond(488, to: request) }
        call.dialog = dialog
        var response = message.response(200, toTag: tag)
        response.headers.add("Contact", contact("new\(invites.count)"))
        response.headers.add("Content-Type", "application/sdp")
        response.body = answer.serialized()
        session.expect(from: [path])
        stack.respond(response, to: request)
    }
}

/// A scripted focus and carol's reference client before it.
struct Stage: Sendable {
    let focus: NIOLoopBoundBox<FocusCore>
    let carol: ReferenceClient

    /// Runs `body` with carol on-line.
    static func play(
        defects: Set<ClientDefect> = [], variations: Set<ClientVariation> = [],
        settings change: @Sendable (inout ReferenceClientSettings) -> Void = { _ in },
        _ body: (Stage) async throws -> Void
    ) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let box = NIOLoopBoundBox.makeEmptyBox(valueType: FocusCore.self, eventLoop: loop)
        let port = try await loop.flatSubmit { () -> EventLoopFuture<Int> in
            let core = FocusCore(loop: loop)
            box.value = core
            return core.listen()
        }.get()
        let focus = try await loop.submit { NIOLoopBoundBox(box.value!, eventLoop: loop) }.get()
        var settings = ReferenceClientSettings(
            address: "sip:carol@cpm.example", domain: "cpm.example", factoryURI: "sip:factory@cpm.example",
            outboundHost: "127.0.0.1", outboundPort: port)
        settings.displayName = "Carol"
        settings.quiet = 150
        change(&settings)
        let carol = ReferenceClient(eventLoop: loop, settings: settings, defects: defects, variations: variations)
        try await carol.start()
        do {
            try await carol.goOnline()
            try await body(Stage(focus: focus, carol: carol))
        } catch is Scene.GivenUp {}
        await carol.stop()
        try await loop.flatSubmit { focus.value.stack.close().and(focus.value.msrp.close()).map { _ in } }.get()
    }

    @discardableResult
    func run<Value: Sendable>(_ body: @escaping @Sendable (FocusCore) -> Value) async throws -> Value {
        try await focus.eventLoop.submit { body(focus.value) }.get()
    }

    /// Waits until something holds at the focus, or records it.
    func wait(
        _ what: String, seconds: Double = 5, sourceLocation: SourceLocation = #_sourceLocation,
        until holds: @escaping @Sendable (FocusCore) -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try await run(holds) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        let seen = try await seen()
        let calls = try await run { $0.calls.map { "\($0.name) \($0.statuses) \($0.outcomes)" } }
        #expect(Bool(false), "\(what) did not come; calls \(calls), carol sees \(seen)", sourceLocation: sourceLocation)
        throw Scene.GivenUp()
    }

    func seen() async throws -> Seen { try await carol.look { Seen($0.book) } }

    /// Waits until something holds at the client, or records it.
    func see(
        _ what: String, seconds: Double = 5, sourceLocation: SourceLocation = #_sourceLocation,
        until holds: @escaping @Sendable (Seen) -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try await holds(seen()) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        let seen = try await seen()
        #expect(Bool(false), "\(what) did not come; carol sees \(seen)", sourceLocation: sourceLocation)
        throw Scene.GivenUp()
    }

    /// Calls carol and waits for the session.
    func open(_ name: String, _ plan: FocusInvite = FocusInvite()) async throws {
        try await run { $0.invite(name, plan) }
        try await wait("the session") { $0.calls.last { $0.name == name }?.msrp.isConnected == true }
    }

    /// Delivers a chat message and waits for its answer.
    func deliver(_ id: String, _ text: String, in name: String) async throws {
        try await run { core in if let call = core.call(name) { core.chat(id, text, in: call) } }
        try await wait("the answer to \(id)") { $0.call(name)?.outcomes[id] != nil }
    }

    func list(_ info: ConferenceInfo, _ label: String, in name: String) async throws {
        try await run { core in
            if let call = core.call(name) { core.deliver(label, "application/conference-info+xml", info.serialized(), in: call) }
        }
        try await wait("the answer to \(label)") { $0.call(name)?.outcomes[label] != nil }
    }

    /// Breaks the MSRP connections without a word; new ones can come.
    func breakMedia() async throws {
        _ = try await focus.eventLoop.flatSubmit {
            focus.value.msrp.breakConnections()
            return focus.value.msrp.listen(host: "127.0.0.1", port: 0, tls: nil)
        }.get()
    }

    /// Says BYE and waits for its answer.
    func end(_ name: String, _ reason: String? = "SIP;cause=200;text=\"Call Completed\"") async throws {
        let before = try await run { $0.call(name)?.statuses.count ?? 0 }
        try await run { core in if let call = core.call(name) { core.bye(call, reason: reason) } }
        try await wait("the answer to BYE") { ($0.call(name)?.statuses.count ?? 0) > before }
    }
}

extension FocusCore {
    func call(_ name: String) -> FocusCall? { calls.last { $0.name == name } }
}
