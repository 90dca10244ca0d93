import Connections
import MSRP
import NIOCore
import NIOPosix
import Payloads
import SIP

@testable import Actors

/// A tiny registrar, factory and focus in one, which does what a test tells it.
actor ScriptedPeer {
    nonisolated let eventLoop: any EventLoop
    private nonisolated let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    struct Script: Sendable {
        /// Passwords by digest user; nil challenges nobody.
        var passwords: [String: String]?
        var serviceRoute: String?
        var grantedExpires: Int?
        /// Shorter registrations get 423.
        var leastExpires = 0
        /// The status that each method gets instead of its success, once its credentials are right.
        var statuses: [String: Int] = [:]
        /// Methods that get no answer.
        var unanswered: Set<String> = []
        /// `a=setup` of answers; nil follows the offer.
        var setup: MSRPSetup?
        /// `Flow-Timer` of the 2xx to REGISTER, in seconds.
        var flowTimer: Int?
        /// Fields of the 2xx to INVITE, re-INVITE and UPDATE, such as Session-Expires and Allow.
        var sessionFields: [String: String] = [:]
        /// Shorter session intervals get 422.
        var leastSession = 0
        /// Fields of its own INVITEs.
        var inviteFields: [String: String] = [:]
        /// Code for MSRP messages; 0 answers nothing.
        var msrpCode = 200
        /// Lets the nonce of the first challenge be too old when it comes back.
        var firstNonceAges = false
        /// Where its descriptions say that its MSRP is, if not where it is.
        var mediaPort: Int?
        /// What its descriptions say that it takes.
        var acceptTypes = ["message/cpim"]
        var acceptWrappedTypes = ["*"]
        var maxSize: Int?
    }

    /// One session as the peer sees it.
    final class Leg {
        var dialog: SIPDialog?
        var media: MSRPSession?
        var isConnected = false
        var isAcknowledged = false
        var finals: [Int] = []
        var provisionals: [Int] = []
        var transaction: SIPTransactionKey?
        /// What it has said of the media, which a re-INVITE is answered with.
        var description: [UInt8] = []
        /// The last final response to its own INVITE.
        var answer: SIPMessage?
    }

    var script: Script
    private(set) var requests: [SIPMessage] = []
    private(set) var messages: [[UInt8]] = []
    private var sip: SIPStack?
    private var msrp: MSRPEndpoint?
    private var listener: StackListener?
    private var digest: DigestServer
    private var legs: [String: Leg] = [:]
    private var flows: [String: SIPConnectionID] = [:]
    private var contacts: [String: String] = [:]
    private let tokens = TokenSource(seed: 4711)
    private(set) var port = 0
    /// Nanoseconds by which nonces grow old.
    private var clock: Int64 = 0
    /// Requests that were right but for the age of their nonce.
    private(set) var staleNonces = 0
    private(set) var mediaPort = 0

    init(eventLoop: any EventLoop, script: Script = Script()) {
        self.eventLoop = eventLoop
        executor = eventLoop.executor
        self.script = script
        digest = DigestServer(realm: "test", algorithms: [.sha256, .md5], tokens: TokenSource(seed: 5))
    }

    func start(host: String = "127.0.0.1") async throws {
        let sip = SIPStack(eventLoop: eventLoop, tokens: tokens.child("sip"), tap: nil)
        let msrp = MSRPEndpoint(eventLoop: eventLoop, tokens: tokens.child("msrp"), tap: nil)
        let listener = StackListener()
        listener.onRequest = { self.received($0) }
        sip.delegate = listener
        port = try await sip.listen(host: host, port: 0, tls: nil).get().port ?? 0
        mediaPort = try await msrp.listen(host: host, port: 0, tls: nil).get().port ?? 0
        (self.sip, self.msrp, self.listener) = (sip, msrp, listener)
    }

    func stop() async throws {
        try await sip?.close().get()
        try await msrp?.close().get()
        listener?.forget()
        legs = [:]
    }

    func change(_ change: @Sendable (inout Script) -> Void) { change(&script) }

    /// Goes on reading, and says nothing any more; or does again.
    func fallSilent(_ isSilent: Bool = true) { sip?.isAnswering = !isSilent }

    /// From now on reaches a user at its Contact, on a connection of the peer's own.
    func leaveFlow(of user: String) async throws {
        guard let hop = contacts[user].flatMap({ SIPHop.resolving(uri: $0) }), let sip else { return }
        flows[user] = try await sip.connect(hop).get()
    }

    func count(_ method: SIPMethod) -> Int { requests.count { $0.method == method } }
    func last(_ method: SIPMethod) -> SIPMessage? { requests.last { $0.method == method } }
    var openConnections: Int { sip?.connectionCount ?? 0 }
    /// Closes what is open and goes on listening.
    func closeConnections() { for flow in flows.values { sip?.close(flow) } }

    // MARK: As a server

    private func received(_ request: SIPServerRequest) {
        let message = request.message
        requests.append(message)
        guard let method = message.method else { return }
        if method == .ack {
            legs[message.callID ?? ""]?.isAcknowledged = true
            return
        }
        guard !script.unanswered.contains(method.rawValue) else { return }
        if let passwords = script.passwords, [.register, .invite, .message].contains(method) {
            let verdict = digest.verify(message, password: { passwords[$0] }, now: clock)
            guard case .accepted = verdict else {
                var response = message.response(401, toTag: tokens.token())
                digest.challenge(&response, stale: verdict == .stale, now: clock)
                if verdict == .stale { staleNonces += 1 }
                // Nonces are good for five minutes.
                if script.firstNonceAges, staleNonces == 0 { clock += 301_000_000_000 }
                sip?.respond(response, to: request)
                return
            }
        }
        if method == .register, let expires = message.expires, expires > 0, expires < script.leastExpires {
            var response = message.response(423, toTag: tokens.token())
            response.headers.add("Min-Expires", "\(script.leastExpires)")
            sip?.respond(response, to: request)
            return
        }
        if let asked = message.headers["Session-Expires"].flatMap({ SessionExpires($0) }),
            asked.interval < script.leastSession
        {
            var response = message.response(422, toTag: tokens.token())
            response.headers.add("Min-SE", "\(script.leastSession)")
            sip?.respond(response, to: request)
            return
        }
        if let status = script.statuses[method.rawValue] {
            sip?.respond(message.response(status, toTag: tokens.token()), to: request)
            return
        }
        answer(request, method)
    }

    private func answer(_ request: SIPServerRequest, _ method: SIPMethod) {
        let message = request.message
        var response = message.response(method == .refer ? 202 : 200, toTag: tokens.token(length: 8))
        switch method {
        case .register:
            if let contact = message.contacts.first {
                response.headers.add("Contact", "\(contact)")
                let user = message.to?.sipURI?.user ?? ""
                flows[user] = request.connection
                contacts[user] = contact.uri
            }
            if let flowTimer = script.flowTimer { response.headers.add("Flow-Timer", "\(flowTimer)") }
            if let route = script.serviceRoute { response.headers.add("Service-Route", route) }
            if let expires = script.grantedExpires, let contact = message.contacts.first {
                response.headers.set("Contact", "<\(contact.uri)>;expires=\(expires)")
            }
        case .invite:
            addSessionFields(&response)
            if message.to?.tag != nil, let leg = legs[message.callID ?? ""] {
                response.headers.add("Contact", contact)
                response.headers.add("Content-Type", "application/sdp")
                response.body = leg.description
            } else {
                makeSession(request, &response)
            }
        case .update:
            addSessionFields(&response)
        case .subscribe:
            response.headers.add("Contact", contact)
            response.headers.add("Expires", message.headers["Expires"] ?? "0")
        case .bye:
            legs[message.callID ?? ""]?.media?.close()
            legs[message.callID ?? ""] = nil
        default: break
        }
        sip?.respond(response, to: request)
        if method == .subscribe { notify(message, response, on: request.connection) }
    }

    private var contact: String { "<sip:focus-1@test.example>;isfocus" }

    private func addSessionFields(_ response: inout SIPMessage) {
        for (name, value) in script.sessionFields.sorted(by: { $0.key < $1.key }) { response.headers.add(name, value) }
    }

    private func makeSession(_ request: SIPServerRequest, _ response: inout SIPMessage) {
        let leg = Leg()
        legs[request.message.callID ?? ""] = leg
        guard let offer = offer(in: request.message), let offered = MSRPMedia(offer), let media = makeMedia(leg)
        else { return }
        var mine = describe(media)
        mine.setup = script.setup
        guard let answer = mine.answer(to: offer, sessionID: "1"), let answered = MSRPMedia(answer) else { return }
        connect(media, to: offered, MSRPMedia.connector(offer: offered, answer: answered) == .answerer)
        response.headers.add("Contact", contact)
        response.headers.add("Content-Type", "application/sdp")
        response.body = answer.serialized()
        leg.description = response.body
        leg.dialog = SIPDialog(uas: request.message, localTag: response.to?.tag ?? "", contact: contact)
    }

    private func offer(in message: SIPMessage) -> SessionDescription? {
        guard let type = message.contentType.flatMap({ MediaType($0) }) else { return nil }
        guard type.type == "multipart" else { return try? SessionDescription(parsing: message.body) }
        let parts = try? Multipart(parsing: message.body, contentType: type)
        return (parts?.first("application/sdp")?.body).flatMap { try? SessionDescription(parsing: $0) }
    }

    private func makeMedia(_ leg: Leg) -> MSRPSession? {
        let media = msrp?.makeSession { _, signal in
            switch signal {
            case .connected: leg.isConnected = true
            case .received(let message): self.messages.append(message.body)
            default: break
            }
        }
        media?.acceptance = { _ in self.script.msrpCode }
        leg.media = media
        return media
    }

    private func describe(_ media: MSRPSession) -> MSRPMedia {
        var place = media.localURI
        place.port = script.mediaPort ?? place.port
        var mine = MSRPMedia(host: "127.0.0.1", port: place.port ?? 9, path: [place.description])
        mine.acceptTypes = script.acceptTypes
        mine.acceptWrappedTypes = script.acceptWrappedTypes
        mine.maxSize = script.maxSize
        return mine
    }

    private func connect(_ media: MSRPSession, to remote: MSRPMedia, _ isOurs: Bool) {
        let path = remote.path.compactMap { MSRPURI($0) }
        if isOurs { media.connect(to: path, tls: nil, bind: true) } else { media.expect(from: path) }
    }

    private func notify(_ subscribe: SIPMessage, _ response: SIPMessage, on connection: SIPConnectionID) {
        guard var dialog = SIPDialog(uas: subscribe, localTag: response.to?.tag ?? "", contact: contact) else { return }
        let expires = subscribe.headers["Expires"] ?? "0"
        let state = expires == "0" ? "terminated;reason=timeout" : "active;expires=\(expires)"
        let notify = dialog.request(.notify, headers: ["Event": "conference", "Subscription-State": state])
        sip?.send(notify, to: .connection(connection)) { _ in }
    }

    // MARK: As a client

    /// Invites a registered user on its flow, and returns the Call-ID at once.
    func invite(
        _ user: String, conversation: String = "conv", setup: MSRPSetup? = .actpass,
        direction: MediaDirection = .sendrecv
    ) -> String {
        let leg = Leg()
        let callID = tokens.token()
        legs[callID] = leg
        guard let flow = flows[user], let media = makeMedia(leg) else { return callID }
        var mine = describe(media)
        mine.setup = setup
        mine.direction = direction
        var invite = request(.invite, to: user, callID: callID)
        invite.headers.add("Contact", contact)
        invite.headers.add("Conversation-ID", conversation)
        invite.headers.add("Contribution-ID", "contr")
        invite.headers.add("Content-Type", "application/sdp")
        for (name, value) in script.inviteFields.sorted(by: { $0.key < $1.key }) { invite.headers.add(name, value) }
        invite.body = mine.description(sessionID: "7").serialized()
        leg.transaction = sip?.send(invite, to: .connection(flow)) { outcome in
            self.answered(leg, invite, mine, outcome, flow)
        }
        return callID
    }

    private func answered(
        _ leg: Leg, _ invite: SIPMessage, _ mine: MSRPMedia, _ outcome: SIPClientOutcome, _ flow: SIPConnectionID
    ) {
        guard case .response(let response) = outcome, let status = response.status else { return }
        guard status >= 200 else {
            leg.provisionals.append(status)
            return
        }
        leg.finals.append(status)
        leg.answer = response
        guard status < 300, let dialog = SIPDialog(uac: invite, response: response) else { return }
        leg.dialog = dialog
        sip?.sendStateless(dialog.ack(for: 1), to: .connection(flow))
        guard let answer = try? SessionDescription(parsing: response.body), let theirs = MSRPMedia(answer),
            let media = leg.media
        else { return }
        connect(media, to: theirs, MSRPMedia.connector(offer: mine, answer: theirs) == .offerer)
    }

    private func request(_ method: SIPMethod, to user: String, callID: String) -> SIPMessage {
        SIPMessage.request(
            method, uri: "sip:\(user)@test.example",
            SIPRequestIdentity(
                from: NameAddress(
                    uri: "sip:focus-1@test.example",
                    parameters: SIPParameters([.init("tag", tokens.token(length: 6))])),
                to: NameAddress(uri: "sip:\(user)@test.example"), callID: callID))
    }

    func cancel(_ callID: String) { if let key = legs[callID]?.transaction { sip?.cancel(key) } }

    func finals(_ callID: String) -> [Int] { legs[callID]?.finals ?? [] }
    func lastAnswer(_ callID: String) -> SIPMessage? { legs[callID]?.answer }
    func provisionals(_ callID: String) -> [Int] { legs[callID]?.provisionals ?? [] }
    func isConnected(_ callID: String) -> Bool { legs[callID]?.isConnected == true }
    func remoteMedia(_ callID: String) -> Bool { legs[callID]?.media != nil }
    var sessionCount: Int { legs.count }
    var connectedSessions: Int { legs.values.count { $0.isConnected } }
    var acknowledgedSessions: Int { legs.values.count { $0.isAcknowledged } }

    /// Sends a request in the dialog of a leg and keeps the final status.
    func request(
        _ method: SIPMethod, in callID: String, user: String, headers: SIPHeaders = [:], body: [UInt8] = []
    ) async -> Int {
        guard let leg = legs[callID], let flow = flows[user] else { return 0 }
        let message: SIPMessage
        if var dialog = leg.dialog {
            message = dialog.request(method, headers: headers, body: body)
            leg.dialog = dialog
        } else {
            var fresh = request(method, to: user, callID: callID)
            fresh.headers.add(contentsOf: headers)
            fresh.body = body
            message = fresh
        }
        return await withCheckedContinuation { continuation in
            var pending: CheckedContinuation<Int, Never>? = continuation
            sip?.send(message, to: .connection(flow)) { outcome in
                var status = 0
                if case .response(let response) = outcome { status = response.status ?? 0 }
                guard status == 0 || status >= 200 else { return }
                pending?.resume(returning: status)
                pending = nil
            }
        }
    }

    /// A request outside dialogs, on the flow of a user.
    func requestOutside(_ method: SIPMethod, user: String, headers: SIPHeaders = [:]) async -> Int {
        let callID = tokens.token()
        legs[callID] = Leg()
        return await request(method, in: callID, user: user, headers: headers)
    }

    func send(_ body: [UInt8], type: String = "message/cpim", in callID: String) async -> MSRPSendOutcome? {
        guard let media = legs[callID]?.media else { return nil }
        return await withCheckedContinuation { continuation in
            media.send(MSRPOutgoingMessage(messageID: tokens.token(), contentType: type, body: body)) {
                continuation.resume(returning: $0)
            }
        }
    }
}
