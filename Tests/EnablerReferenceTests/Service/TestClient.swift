import Connections
import Diagnostics
import Foundation
import MSRP
import NIOCore
import NIOPosix
import Payloads
import SIP
import Testing

@testable import EnablerReference

/// What a test client does with an invitation.
enum InvitePolicy: Sendable {
    case accept
    /// 180 and nothing more.
    case ring
    case silence
    case refuse(Int)
    /// Answers, but only when the CANCEL has come.
    case acceptWhenCancelled
}

/// One session of a test client.
final class ClientSession {
    let group: String
    var dialog: SIPDialog?
    var msrp: MSRPSession
    var direction: MediaDirection = .sendrecv
    var isOver = false
    init(group: String, msrp: MSRPSession) {
        self.group = group
        self.msrp = msrp
    }
}

/// A small user agent made of the stack and the end point, confined to its loop. It keeps what arrives as short lines.
final class ClientCore: SIPStackDelegate {
    let name: String
    let user: String
    let addresses: EnablerAddresses
    let stack: SIPStack
    let msrp: MSRPEndpoint
    let tokens: TokenSource
    let tls: TLSClient?
    var policy = InvitePolicy.accept
    /// What arrived, in order: `m1:text`, `imdn m1 delivered`, `roster full alice=connected`, `bye 410`.
    var log: [String] = []
    /// Bytes of each CPIM message that arrived.
    var copies: [[UInt8]] = []
    var sessions: [ClientSession] = []
    var statuses: [Int] = []
    /// What came in WWW-Authenticate and Proxy-Authenticate, one header field each, and could not be answered.
    var challenges: [String] = []
    var invites: [SIPMessage] = []
    var focus = ""
    /// Answers this many messages and then breaks all connections without a word.
    var breaksAfter: Int?
    /// Reports each message as delivered as soon as it is answered.
    var reportsAtOnce = false
    var pendingInvite: SIPServerRequest?
    private var registrations: UInt32 = 0
    private let callID: String
    var contactPort = 0
    var digest: DigestClient?
    var subscription: SIPDialog?

    init(name: String, loop: any EventLoop, addresses: EnablerAddresses, tls: TLSClient?) {
        self.name = name
        user = "sip:\(name)@cpm.example"
        self.addresses = addresses
        self.tls = tls
        tokens = TokenSource(seed: UInt64.random(in: 0...UInt64.max))
        callID = tokens.token()
        var settings = SIPStackSettings()
        settings.userAgent = name
        stack = SIPStack(eventLoop: loop, settings: settings, tokens: tokens, tap: nil)
        msrp = MSRPEndpoint(eventLoop: loop, settings: MSRPSettings(), tokens: tokens, tap: nil)
        stack.delegate = self
    }

    var hop: SIPHop { .address(host: addresses.sipHost, port: addresses.sipPort, tls: tls) }
    var contact: String { "<sip:\(name)@127.0.0.1:\(contactPort)>" }

    func listen() -> EventLoopFuture<Void> {
        stack.listen(host: "127.0.0.1", port: 0, tls: nil).assumeIsolated().map { [self] address in
            contactPort = address.port ?? 0
        }.nonisolated()
    }

    // MARK: Requests

    func identity(to: String) -> SIPRequestIdentity {
        SIPRequestIdentity(
            from: NameAddress(displayName: name, uri: user, parameters: ["tag": tokens.token()]),
            to: NameAddress(uri: to), callID: tokens.token())
    }

    func register(expires: Int = 600) {
        registrations += 1
        var identity = identity(to: user)
        identity.callID = callID
        identity.sequence = registrations
        let request = SIPMessage.request(
            .register, uri: "sip:cpm.example", identity,
            headers: [
                "Contact": "\(contact);+sip.instance=\"<urn:uuid:\(name)>\";reg-id=1", "Expires": String(expires),
                "Supported": "path, outbound",
            ])
        send(request)
    }

    /// Sends; the final status goes to `statuses`. A challenge is answered once.
    func send(_ request: SIPMessage, done: @escaping (SIPMessage) -> Void = { _ in }) {
        stack.send(request, to: hop) { [weak self] outcome in
            guard let self else { return }
            switch outcome {
            case .response(let response):
                guard let status = response.status, status >= 200 else { return }
                if status == 401 || status == 407, let again = self.digest?.answer(challenges: response, for: request) {
                    self.registrations += 1
                    return self.send(again, done: done)
                }
                self.statuses.append(status)
                for name in ["WWW-Authenticate", "Proxy-Authenticate"] {
                    self.challenges += response.headers.lines(name)
                }
                done(response)
            case .failed: self.statuses.append(0)
            }
        }
    }

    func create(inviting others: [String], conversation: String = "conv", contribution: String = "contrib") {
        let session = makeSession("")
        let offer = media(session.msrp, setup: nil).description(sessionID: "1").serialized()
        let list = ResourceList(entries: others.map { ResourceEntry(uri: "sip:\($0)@cpm.example", copyControl: .to) })
        let multipart = Multipart(parts: [
            .init(headers: [("Content-Type", "application/sdp")], body: offer),
            .init(
                headers: [("Content-Type", "application/resource-lists+xml"), ("Content-Disposition", "recipient-list")],
                body: list.serialized()),
        ])
        let request = SIPMessage.request(
            .invite, uri: "sip:factory@cpm.example", identity(to: "sip:factory@cpm.example"),
            headers: [
                "Contact": contact, "Conversation-ID": conversation, "Contribution-ID": contribution,
                "Subject": "team", "Require": "recipient-list-invite",
                "P-Preferred-Service": "urn:urn-7:3gpp-service.ims.icsi.oma.cpm.session.group",
                "Content-Type": "multipart/mixed;boundary=abc",
            ],
            body: multipart.serialized(boundary: "abc"))
        invite(request, session)
    }

    func rejoin(_ focus: String) {
        let session = makeSession(focus)
        let request = SIPMessage.request(
            .invite, uri: focus, identity(to: focus),
            headers: [
                "Contact": contact, "Conversation-ID": "conv", "Contribution-ID": "contrib",
                "Content-Type": "application/sdp",
            ],
            body: media(session.msrp, setup: .actpass).description(sessionID: "1").serialized())
        invite(request, session)
    }

    private func invite(_ request: SIPMessage, _ session: ClientSession) {
        stack.send(request, to: hop) { [weak self] outcome in
            guard let self, case .response(let response) = outcome, let status = response.status, status >= 200
            else { return }
            self.statuses.append(status)
            guard status < 300, let dialog = SIPDialog(uac: request, response: response) else { return }
            session.dialog = dialog
            self.focus = dialog.remoteTarget
            self.stack.sendStateless(dialog.ack(for: response.cseq?.number ?? 1), to: self.hop)
            self.sessions.append(session)
            guard let sdp = try? SessionDescription(parsing: response.body), let media = MSRPMedia(sdp) else { return }
            session.msrp.connect(to: media.path.compactMap { MSRPURI($0) }, tls: tls, bind: true)
        }
    }

    func subscribe() {
        let request = SIPMessage.request(
            .subscribe, uri: focus, identity(to: focus),
            headers: ["Contact": contact, "Event": "conference", "Expires": "600"])
        send(request)
    }

    func add(_ other: String) {
        let request = SIPMessage.request(
            .refer, uri: focus, identity(to: focus),
            headers: ["Contact": contact, "Refer-To": "<sip:\(other)@cpm.example>"])
        send(request)
    }

    func leave(reason: String? = "SIP;cause=200;text=\"Call completed\"") {
        guard let session = sessions.last(where: { !$0.isOver }), var dialog = session.dialog else { return }
        let bye = dialog.request(.bye, headers: reason.map { ["Reason": $0] } ?? [:])
        session.dialog = dialog
        session.isOver = true
        send(bye) { _ in session.msrp.close() }
    }

    /// A chat message as CPIM; `answers` collects the codes of the responses.
    func chat(_ id: String, _ text: String, requests: String = "positive-delivery, display") {
        var message = CPIMMessage()
        message.from = CPIMAddress(uri: user)
        message.to = CPIMAddress(uri: "sip:anonymous@anonymous.invalid")
        message.dateTime = "2026-01-02T03:04:05.678Z"
        message.messageID = id
        message.set("Disposition-Notification", in: CPIMMessage.imdnNamespace, to: requests)
        message.contentType = .plainTextUTF8
        message.body = Array(text.utf8)
        send(message)
    }

    func send(_ message: CPIMMessage) {
        guard let session = sessions.last(where: { !$0.isOver }) else { return }
        session.msrp.send(
            MSRPOutgoingMessage(messageID: tokens.token(), contentType: "message/cpim", body: message.serialized())
        ) { [weak self] outcome in
            if case .answered(let code, _) = outcome { self?.statuses.append(code) } else { self?.statuses.append(0) }
        }
    }

    /// Reports on the newest copy with that id, in the newest open session or as a MESSAGE.
    func report(_ id: String, _ kind: DispositionReport.Kind, _ status: String, paged: Bool = false) {
        for bytes in copies {
            guard let copy = try? CPIMMessage(parsing: bytes), copy.messageID == id else { continue }
            let details = ReportDetails(
                kind: kind, status: status, from: CPIMAddress(uri: user), messageID: tokens.token(),
                dateTime: "2026-01-02T03:04:06Z")
            guard let report = copy.report(details) else { return }
            if !paged { return send(report) }
            return send(
                SIPMessage.request(
                    .message, uri: copy.from?.uri ?? "", identity(to: copy.from?.uri ?? ""),
                    headers: ["Content-Type": "message/cpim"], body: report.serialized()))
        }
    }

    /// All connections break without a word, and nobody can connect any more.
    func vanish() {
        for session in sessions { session.isOver = true }
        stack.breakConnections()
        msrp.breakConnections()
    }

    // MARK: MSRP

    func media(_ session: MSRPSession, setup: MSRPSetup?) -> MSRPMedia {
        var media = MSRPMedia(
            host: "127.0.0.1", port: session.localURI.port ?? 9, path: [session.localURI.description], secure: tls != nil,
            setup: setup)
        media.acceptTypes = ["message/cpim", "application/conference-info+xml"]
        media.acceptWrappedTypes = ["*"]
        return media
    }

    func makeSession(_ group: String) -> ClientSession {
        let msrp = msrp.makeSession(secure: tls != nil) { [weak self] session, signal in
            guard let self, case .received(let message) = signal else { return }
            self.received(message, session)
        }
        msrp.holdsAnswers = true
        return ClientSession(group: group, msrp: msrp)
    }

    private func received(_ message: MSRPIncomingMessage, _ session: MSRPSession) {
        let line = Self.line(message.contentType ?? "", message.body)
        log.append(line)
        if message.contentType == "message/cpim" { copies.append(message.body) }
        if let left = breaksAfter {
            breaksAfter = left - 1
            if left == 0 { return vanish() }
        }
        session.answer(message, code: 200)
        if reportsAtOnce, let id = copies.last.flatMap({ try? CPIMMessage(parsing: $0) })?.messageID,
            line.hasPrefix(id + ":")
        {
            report(id, .delivery, "delivered")
        }
    }

    static func line(_ type: String, _ body: [UInt8]) -> String {
        if type.hasPrefix("application/conference-info") { return "roster " + roster(body) }
        guard let message = try? CPIMMessage(parsing: body) else { return "unreadable" }
        if message.contentType?.essence == "message/imdn+xml" {
            guard let report = try? DispositionReport(parsing: message.body) else { return "bad imdn" }
            return "imdn \(report.messageID) \(report.status)"
        }
        return "\(message.messageID ?? "?"):" + String(decoding: message.body, as: UTF8.self)
    }

    static func roster(_ body: [UInt8]) -> String {
        guard let info = try? ConferenceInfo(parsing: body) else { return "unreadable" }
        let valid = PayloadSchema.conferenceInfo.validate(body)
        let users = info.users.map { user in
            let name = (user.entity ?? "").split(separator: ":").last?.split(separator: "@").first ?? ""
            return "\(name)=\(user.endpoints.first?.status?.rawValue ?? "?")"
        }
        return "\(valid.isEmpty ? "" : "INVALID ")\(info.state.rawValue) " + users.joined(separator: " ")
    }

    // MARK: SIPStackDelegate

    func stack(_ stack: SIPStack, received request: SIPServerRequest) {
        let message = request.message
        switch message.method {
        case .invite?: incomingInvite(request)
        case .bye?:
            let session = sessions.first { $0.dialog?.matches(message) == true }
            session?.isOver = true
            session?.msrp.close()
            log.append("bye \(message.sipCause.map(String.init) ?? "-")")
            stack.respond(message.response(200), to: request)
        case .notify?:
            if message.headers["Event"] == "conference", !message.body.isEmpty {
                log.append("notify " + Self.roster(message.body))
            } else {
                log.append("notify \(message.headers["Subscription-State"] ?? "") " + String(decoding: message.body, as: UTF8.self).trimmingWhitespace())
            }
            stack.respond(message.response(200), to: request)
        case .message?:
            log.append("page " + Self.line(message.contentType ?? "", message.body))
            stack.respond(message.response(200), to: request)
        case .ack?: break
        default: stack.respond(message.response(501), to: request)
        }
    }

    private func incomingInvite(_ request: SIPServerRequest) {
        invites.append(request.message)
        switch policy {
        case .accept: accept(request)
        case .ring: stack.respond(request.message.response(180, toTag: "ringing"), to: request)
        case .silence: break
        case .refuse(let code): stack.respond(request.message.response(code, toTag: tokens.token()), to: request)
        case .acceptWhenCancelled: pendingInvite = request
        }
    }

    func accept(_ request: SIPServerRequest) {
        let message = request.message
        let session = makeSession(message.headers["Contribution-ID"] ?? "")
        guard let offer = InviteBody(message, limits: Limits()).sdp, let theirs = MSRPMedia(offer),
            let answer = media(session.msrp, setup: .active).answer(to: offer, sessionID: "2")
        else { return stack.respond(message.response(488), to: request) }
        let tag = tokens.token()
        session.dialog = SIPDialog(uas: message, localTag: tag, contact: contact)
        session.direction = theirs.direction
        focus = message.contacts.first?.uri ?? ""
        log.append("invited \(theirs.direction.rawValue)")
        var response = message.response(200, toTag: tag)
        response.headers.add("Contact", contact)
        response.headers.add("Content-Type", "application/sdp")
        response.body = answer.serialized()
        stack.respond(response, to: request)
        sessions.append(session)
        session.msrp.connect(to: theirs.path.compactMap { MSRPURI($0) }, tls: tls, bind: true)
    }

    func stack(_ stack: SIPStack, cancelled request: SIPServerRequest) {
        log.append("cancelled")
        if case .acceptWhenCancelled = policy, let pendingInvite { return accept(pendingInvite) }
        stack.respond(request.message.response(487, toTag: tokens.token()), to: request)
    }

    func stack(_ stack: SIPStack, closed connection: SIPConnectionID, cause: String) {}
    func stack(_ stack: SIPStack, unacknowledged request: SIPServerRequest) { log.append("no ACK") }
    func stack(_ stack: SIPStack, garbage error: SIPParseError, on connection: SIPConnectionID) {
        log.append("garbage \(error)")
    }
}

/// A test client from outside its loop.
struct TestClient: Sendable {
    let core: NIOLoopBoundBox<ClientCore>

    static func make(
        _ name: String, on loop: any EventLoop, _ addresses: EnablerAddresses, tls: TLSClient? = nil
    ) async throws -> TestClient {
        try await loop.flatSubmit {
            let core = ClientCore(name: name, loop: loop, addresses: addresses, tls: tls)
            let client = TestClient(core: NIOLoopBoundBox(core, eventLoop: loop))
            return core.listen().map { client }
        }.get()
    }

    @discardableResult
    func run<Value: Sendable>(_ body: @escaping @Sendable (ClientCore) -> Value) async throws -> Value {
        try await core.eventLoop.submit { body(core.value) }.get()
    }

    /// Waits until something holds, or records what was there instead.
    func wait(
        _ what: String, seconds: Double = 5, sourceLocation: SourceLocation = #_sourceLocation,
        until holds: @escaping @Sendable (ClientCore) -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try await run(holds) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        let seen = try await run { "\($0.name): \($0.log) \($0.statuses)" }
        #expect(Bool(false), "\(what) did not come; \(seen)", sourceLocation: sourceLocation)
        throw CancellationError()
    }

    var log: [String] { get async throws { try await run { $0.log } } }

    func stop() async throws {
        try await core.eventLoop.flatSubmit { core.value.stack.close().and(core.value.msrp.close()).map { _ in } }.get()
    }
}
