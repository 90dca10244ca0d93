import Connections
import MSRP
import NIOCore
import Payloads
import SIP

/// The least that can stand in for an enabler: it relays, keeps for the absent and delivers on registration.
///
/// It knows no lists, no digest and no store that outlives it; the player is tested against it, not the requirements.
actor TinyEnabler {
    nonisolated let eventLoop: any EventLoop
    private nonisolated let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    struct Habits: Sendable {
        var noAnswer: TimeAmount = .milliseconds(300)
        /// Keeps and never delivers.
        var withholds = false
        /// Answers a registration with this status.
        var registerStatus = 200
        /// A session goes on though nobody is in it.
        var keepsSessions = false
        /// Who is in a group that is live since before the case.
        var earlierMembers: [String] = []
        /// Writes three megabytes of provisional answers to whoever invites, and never a final one.
        var floods = false
        /// Methods that get no answer.
        var ignores: Set<String> = []
    }

    final class Leg {
        let user: String
        var dialog: SIPDialog?
        var media: MSRPSession?
        var isUp = false
        var flow: SIPConnectionID?

        init(user: String) { self.user = user }
    }

    final class Group {
        let number: Int
        let ids: [(String, String)]
        /// Members by user, with their leg while they are in.
        var members: [String: Leg?] = [:]
        var kept: [String: [[UInt8]]] = [:]
        var order: [String] = []
        private let staysLive: Bool

        init(number: Int, ids: [(String, String)], staysLive: Bool) {
            self.number = number
            self.ids = ids
            self.staysLive = staysLive
        }

        var isLive: Bool { staysLive || members.values.contains { $0 != nil } }
    }

    var habits: Habits
    private(set) var port = 0
    private var sip: SIPStack?
    private var msrp: MSRPEndpoint?
    private var relay: Relay?
    private var flows: [String: SIPConnectionID] = [:]
    private var groups: [Int: Group] = [:]
    private var legs: [String: (Group, Leg)] = [:]
    private let tokens = TokenSource(seed: 99)
    private(set) var optionsCount = 0

    init(eventLoop: any EventLoop, habits: Habits = Habits()) {
        self.eventLoop = eventLoop
        executor = eventLoop.executor
        self.habits = habits
    }

    func start() async throws {
        let sip = SIPStack(eventLoop: eventLoop, tokens: tokens.child("sip"), tap: nil)
        let msrp = MSRPEndpoint(eventLoop: eventLoop, tokens: tokens.child("msrp"), tap: nil)
        let relay = Relay()
        relay.onRequest = { self.received($0) }
        relay.onClosed = { connection in self.flows = self.flows.filter { $0.value != connection } }
        sip.delegate = relay
        port = try await sip.listen(host: "127.0.0.1", port: 0, tls: nil).get().port ?? 0
        _ = try await msrp.listen(host: "127.0.0.1", port: 0, tls: nil).get()
        (self.sip, self.msrp, self.relay) = (sip, msrp, relay)
        guard !habits.earlierMembers.isEmpty else { return }
        let ids = [("Conversation-ID", "earlier"), ("Contribution-ID", "earlier")]
        let group = Group(number: 1, ids: ids, staysLive: true)
        for user in habits.earlierMembers { group.members[user] = .some(nil) }
        groups[1] = group
    }

    func stop() async {
        try? await sip?.close().get()
        try? await msrp?.close().get()
        relay?.onRequest = nil
        relay?.onClosed = nil
        groups = [:]
        legs = [:]
    }

    var openConnections: Int { sip?.connectionCount ?? 0 }

    private func received(_ request: SIPServerRequest) {
        let message = request.message
        guard let method = message.method, method != .ack, !habits.ignores.contains(method.rawValue) else { return }
        let user = message.from?.sipURI?.user ?? ""
        var response = message.response(method == .refer ? 202 : 200, toTag: tokens.token(length: 8))
        switch method {
        case .register: register(request, user, &response)
        case .invite where habits.floods:
            var ringing = message.response(183, toTag: "x")
            ringing.headers.add("X-Filler", String(repeating: "a", count: 15_000))
            for _ in 0..<200 { sip?.respond(ringing, to: request) }
            return
        case .invite: invite(request, user, &response)
        case .bye: leave(message)
        case .subscribe:
            response.headers.add("Contact", "<sip:focus@cpm.example>;isfocus")
            response.headers.add("Expires", "600")
        case .options: optionsCount += 1
        default: break
        }
        sip?.respond(response, to: request)
        if method == .register, message.expires != 0 { deliver(to: user) }
        if method == .refer, let added = message.headers["Refer-To"].flatMap({ NameAddress($0) })?.sipURI?.user,
            let (group, _) = legs[message.callID ?? ""]
        {
            call(added, into: group)
        }
    }

    private func register(_ request: SIPServerRequest, _ user: String, _ response: inout SIPMessage) {
        guard habits.registerStatus == 200 else {
            response = request.message.response(habits.registerStatus, toTag: "x")
            return
        }
        flows[user] = request.message.expires == 0 ? nil : request.connection
        response.headers.add("Expires", request.message.headers["Expires"] ?? "60")
    }

    // MARK: Sessions

    private func invite(_ request: SIPServerRequest, _ user: String, _ response: inout SIPMessage) {
        let message = request.message
        let ids = ["Conversation-ID", "Contribution-ID"].map { ($0, message.headers[$0] ?? "") }
        let list = recipients(of: message)
        let known = groups.values.first { $0.ids.map(\.1) == ids.map(\.1) }
        if list.isEmpty, known?.isLive != true {
            response = message.response(404, toTag: "x")
            return
        }
        let group = known ?? Group(number: groups.count + 1, ids: ids, staysLive: habits.keepsSessions)
        groups[group.number] = group
        let leg = Leg(user: user)
        guard let offer = description(in: message), let offered = MSRPMedia(offer), let media = makeMedia(leg, group),
            let answer = describe(media).answer(to: offer, sessionID: "1"), let mine = MSRPMedia(answer)
        else { return }
        open(media, to: offered, MSRPMedia.connector(offer: offered, answer: mine) == .answerer)
        response.headers.add("Contact", contact(group))
        response.headers.add("Content-Type", "application/sdp")
        response.body = answer.serialized()
        leg.dialog = SIPDialog(uas: message, localTag: response.to?.tag ?? "", contact: contact(group))
        leg.flow = request.connection
        legs[message.callID ?? ""] = (group, leg)
        group.members[user] = .some(leg)
        for guest in list { call(guest, into: group) }
    }

    private func contact(_ group: Group) -> String { "<sip:focus-\(group.number)@cpm.example>;isfocus" }

    private func recipients(of message: SIPMessage) -> [String] {
        guard let type = message.contentType.flatMap({ MediaType($0) }), type.type == "multipart",
            let parts = try? Multipart(parsing: message.body, contentType: type),
            let part = parts.first("application/resource-lists+xml"), let list = try? ResourceList(parsing: part.body)
        else { return [] }
        return list.entries.compactMap { SIPURI($0.uri)?.user }
    }

    private func description(in message: SIPMessage) -> SessionDescription? {
        guard let type = message.contentType.flatMap({ MediaType($0) }) else { return nil }
        guard type.type == "multipart" else { return try? SessionDescription(parsing: message.body) }
        let parts = try? Multipart(parsing: message.body, contentType: type)
        return (parts?.first("application/sdp")?.body).flatMap { try? SessionDescription(parsing: $0) }
    }

    /// Invites a user to a live group, or to hear what was kept for it.
    private func call(_ user: String, into group: Group) {
        if group.members[user] == nil { group.members[user] = .some(nil) }
        guard let flow = flows[user] else { return }
        let leg = Leg(user: user)
        guard let media = makeMedia(leg, group) else { return }
        leg.flow = flow
        var mine = describe(media)
        mine.setup = .actpass
        mine.direction = group.isLive ? .sendrecv : .sendonly
        let callID = tokens.token()
        var invite = SIPMessage.request(
            .invite, uri: "sip:\(user)@cpm.example",
            SIPRequestIdentity(
                from: NameAddress(
                    uri: "sip:focus-\(group.number)@cpm.example",
                    parameters: SIPParameters([.init("tag", tokens.token(length: 6))])),
                to: NameAddress(uri: "sip:\(user)@cpm.example"), callID: callID),
            headers: SIPHeaders(group.ids.map { SIPHeaderField($0.0, $0.1) }))
        invite.headers.add("Contact", contact(group))
        invite.headers.add("Content-Type", "application/sdp")
        invite.body = mine.description(sessionID: "7").serialized()
        let key = sip?.send(invite, to: .connection(flow)) { outcome in
            guard case .response(let response) = outcome, let status = response.status, status >= 200 else { return }
            if status == 603 { group.members[user] = nil }
            guard status < 300, let dialog = SIPDialog(uac: invite, response: response) else { return }
            leg.dialog = dialog
            self.legs[callID] = (group, leg)
            if mine.direction == .sendrecv { group.members[user] = .some(leg) }
            self.sip?.sendStateless(dialog.ack(for: 1), to: .connection(flow))
            guard let answer = try? SessionDescription(parsing: response.body), let theirs = MSRPMedia(answer)
            else { return }
            self.open(media, to: theirs, MSRPMedia.connector(offer: mine, answer: theirs) == .offerer)
        }
        let noAnswer = habits.noAnswer
        _ = eventLoop.assumeIsolated().scheduleTask(in: noAnswer) {
            if leg.dialog == nil, let key { self.sip?.cancel(key) }
        }
    }

    private func leave(_ message: SIPMessage) {
        guard let (group, leg) = legs.removeValue(forKey: message.callID ?? "") else { return }
        leg.media?.close()
        group.members[leg.user] = nil
    }

    // MARK: Messages

    private func makeMedia(_ leg: Leg, _ group: Group) -> MSRPSession? {
        let media = msrp?.makeSession { _, signal in
            switch signal {
            case .connected:
                leg.isUp = true
                self.flush(leg, group)
            case .received(let message): self.relay(message.body, from: leg, in: group)
            case .closed:
                leg.isUp = false
                if let current = group.members[leg.user], current === leg { group.members[leg.user] = .some(nil) }
            default: break
            }
        }
        leg.media = media
        return media
    }

    private func describe(_ media: MSRPSession) -> MSRPMedia {
        var mine = MSRPMedia(host: "127.0.0.1", port: media.localURI.port ?? 9, path: [media.localURI.description])
        mine.acceptTypes = ["message/cpim"]
        mine.acceptWrappedTypes = ["*"]
        return mine
    }

    private func open(_ media: MSRPSession, to remote: MSRPMedia, _ isOurs: Bool) {
        let path = remote.path.compactMap { MSRPURI($0) }
        if isOurs { media.connect(to: path, tls: nil, bind: true) } else { media.expect(from: path) }
    }

    private func relay(_ body: [UInt8], from sender: Leg, in group: Group) {
        guard !body.isEmpty, let cpim = try? CPIMMessage(parsing: body) else { return }
        let isReport = cpim.contentType?.essence == "message/imdn+xml"
        for (user, leg) in group.members where user != sender.user {
            if isReport, cpim.to.flatMap({ SIPURI($0.uri)?.user }) != user { continue }
            if let leg, leg.isUp { post(body, on: leg) } else { group.kept[user, default: []].append(body) }
        }
    }

    private func post(_ body: [UInt8], on leg: Leg, then: @escaping () -> Void = {}) {
        leg.media?.send(MSRPOutgoingMessage(messageID: tokens.token(), contentType: "message/cpim", body: body)) { _ in
            then()
        }
    }

    private func deliver(to user: String) {
        guard !habits.withholds else { return }
        for group in groups.values where group.members[user] != nil {
            if let leg = group.members[user] ?? nil, leg.isUp { continue }
            if group.isLive || group.kept[user]?.isEmpty == false { call(user, into: group) }
        }
    }

    /// Gives a leg what was kept for its user; a session that has ended is then ended here too.
    private func flush(_ leg: Leg, _ group: Group) {
        let kept = group.kept.removeValue(forKey: leg.user) ?? []
        for body in kept.dropLast() { post(body, on: leg) }
        guard let last = kept.last else { return }
        post(last, on: leg) {
            let isOver = !group.isLive
            guard isOver, var dialog = leg.dialog, let flow = leg.flow else { return }
            let bye = dialog.request(.bye, headers: ["Reason": "SIP;cause=200;text=\"Call completed\""])
            self.sip?.send(bye, to: .connection(flow)) { _ in leg.media?.close() }
        }
    }
}

/// Hands what a stack says to the enabler.
private final class Relay: SIPStackDelegate {
    var onRequest: ((SIPServerRequest) -> Void)?
    var onClosed: ((SIPConnectionID) -> Void)?

    func stack(_ stack: SIPStack, received request: SIPServerRequest) { onRequest?(request) }
    func stack(_ stack: SIPStack, cancelled request: SIPServerRequest) {}
    func stack(_ stack: SIPStack, closed connection: SIPConnectionID, cause: String) { onClosed?(connection) }
    func stack(_ stack: SIPStack, unacknowledged request: SIPServerRequest) {}
    func stack(_ stack: SIPStack, garbage error: SIPParseError, on connection: SIPConnectionID) {}
}
