import Connections
import MSRP
import NIOCore
import Payloads
import SIP

@testable import EnablerReference

/// One session of a test client.
final class ClientSession {
    let group: String
    var dialog: SIPDialog?
    var msrp: MSRPSession
    var direction: MediaDirection = .sendrecv
    var isOver = false
    /// What it answered to the INVITE.
    var description: [UInt8] = []
    init(group: String, msrp: MSRPSession) {
        self.group = group
        self.msrp = msrp
    }
}

/// A small user agent made of the stack and the end point, confined to its loop. It keeps what arrives as short lines.
final class ClientCore {
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
    /// Fields of its 2xx to INVITE, re-INVITE and UPDATE, such as Session-Expires and Allow.
    var sessionFields: SIPHeaders = [:]
    /// Fields of its own INVITEs.
    var inviteFields: SIPHeaders = [:]
    /// Shorter session intervals get 422.
    var leastSession = 0
    /// Every request that came.
    var requests: [SIPMessage] = []
    /// The last final response to a request of its own.
    var lastResponse: SIPMessage?
    /// What a proxy on the way would add to each REGISTER.
    var registerFields: SIPHeaders = [:]
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
        var request = SIPMessage.request(
            .register, uri: "sip:cpm.example", identity,
            headers: [
                "Contact": "\(contact);+sip.instance=\"<urn:uuid:\(name)>\";reg-id=1", "Expires": String(expires),
                "Supported": "path, outbound",
            ])
        request.headers.add(contentsOf: registerFields)
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
                self.lastResponse = response
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
        var request = request
        request.headers.add(contentsOf: inviteFields)
        stack.send(request, to: hop) { [weak self] outcome in
            guard let self, case .response(let response) = outcome, let status = response.status, status >= 200
            else { return }
            self.lastResponse = response
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

    /// Adds somebody inside the dialog of its newest session.
    func addInDialog(_ other: String, _ fields: SIPHeaders = [:]) {
        guard let session = sessions.last(where: { !$0.isOver }), var dialog = session.dialog else { return }
        var headers: SIPHeaders = ["Refer-To": "<sip:\(other)@cpm.example>"]
        headers.add(contentsOf: fields)
        let refer = dialog.request(.refer, headers: headers)
        session.dialog = dialog
        send(refer) { [weak self] in self?.lastResponse = $0 }
    }

    func add(_ other: String) {
        let request = SIPMessage.request(
            .refer, uri: focus, identity(to: focus),
            headers: ["Contact": contact, "Refer-To": "<sip:\(other)@cpm.example>"])
        send(request)
    }

    /// Refreshes its newest session by UPDATE.
    func refresh(_ expires: String = "3;refresher=uac") {
        guard let session = sessions.last(where: { !$0.isOver }), var dialog = session.dialog else { return }
        let update = dialog.request(.update, headers: ["Supported": "timer", "Session-Expires": expires])
        session.dialog = dialog
        send(update)
    }

    /// Sends keep-alives on the connection to the enabler, as the last Flow-Timer of one second wants them.
    func keepsFlow() {
        stack.connect(hop).assumeIsolated().whenSuccess { self.stack.keepAlive($0, every: 900_000_000) }
    }

    func count(_ method: SIPMethod) -> Int { requests.count { $0.method == method } }

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
}
