import Connections
import Foundation
import MSRP
import NIOCore
import Payloads
import SIP

/// One session of the scripted focus with the client.
final class FocusCall {
    let name: String
    var msrp: MSRPSession
    var dialog: SIPDialog?
    /// Every final status, and 180 and 183.
    var statuses: [Int] = []
    var answer: MSRPMedia?
    var answerHeaders = SIPHeaders()
    var key: SIPTransactionKey?
    var isOver = false
    /// What became of messages, by label.
    var outcomes: [String: MSRPSendOutcome] = [:]
    /// REPORTs of success by label.
    var reports: [String: Int] = [:]
    init(name: String, msrp: MSRPSession) {
        self.name = name
        self.msrp = msrp
    }
}

/// What an INVITE of the scripted focus says.
struct FocusInvite: Sendable {
    var direction = MediaDirection.sendrecv
    var setup: MSRPSetup? = .actpass
    var conversation = "conv"
    var contribution = "contrib"
    var focus = "focus"
    var isLean = false
    var history: [String] = []
    var fields: [(String, String)] = []
    /// False leaves the session description to the client.
    var hasOffer = true
    var secureMedia = false
}

/// Registrar, factory and focus under a test's control, with a single client before it. Confined to its loop.
final class FocusCore {
    let loop: any EventLoop
    let stack: SIPStack
    let msrp: MSRPEndpoint
    let tokens = TokenSource(seed: UInt64.random(in: 0...UInt64.max))
    var contact: ContactSeen?
    var registers: [SIPMessage] = []
    var calls: [FocusCall] = []
    /// CPIM messages that came in sessions and by MESSAGE.
    var said: [CPIMMessage] = []
    var paged: [CPIMMessage] = []
    var pages: [SIPMessage] = []
    var invites: [SIPMessage] = []
    var subscribes: [SIPMessage] = []
    var requests: [SIPMessage] = []
    var subscription: SIPDialog?
    var byes: [SIPMessage] = []
    /// What an INVITE of the client is answered with, in order; 200 when there is no more.
    var script: [(status: Int, headers: SIPHeaders)] = []
    var subscribeStatus = 200
    /// An INVITE that does not go to the factory gets 404.
    var refusesRejoins = false
    /// Responses to messages that wanted none.
    var strangeBytes: [String] { tap.strange }
    let tap = UnaskedAnswers()
    var port = 0

    struct ContactSeen {
        var uri: String
        var connection: SIPConnectionID
    }

    init(loop: any EventLoop) {
        self.loop = loop
        stack = SIPStack(eventLoop: loop, settings: SIPStackSettings(), tokens: tokens, tap: nil)
        msrp = MSRPEndpoint(eventLoop: loop, settings: MSRPSettings(), tokens: tokens, tap: tap)
        stack.delegate = self
    }

    func listen() -> EventLoopFuture<Int> {
        stack.listen(host: "127.0.0.1", port: 0).and(msrp.listen(host: "127.0.0.1", port: 0, tls: nil))
            .assumeIsolated().map { sip, _ in
                self.port = sip.port ?? 0
                return self.port
            }.nonisolated()
    }

    var focusContact: String { "<sip:focus@127.0.0.1:\(port);transport=tcp>;isfocus" }

    func contact(_ focus: String) -> String { "<sip:\(focus)@127.0.0.1:\(port);transport=tcp>;isfocus" }

    // MARK: Calling

    /// Calls the client about a group.
    func invite(_ name: String, _ plan: FocusInvite = FocusInvite()) {
        guard let contact else { return }
        let call = makeCall(name)
        let identity = SIPRequestIdentity(
            from: NameAddress(uri: "sip:\(plan.focus)@cpm.example", parameters: ["tag": tokens.token()]),
            to: NameAddress(uri: "sip:carol@cpm.example"), callID: tokens.token(length: 20))
        var headers: SIPHeaders = ["Contact": self.contact(plan.focus)]
        if !plan.conversation.isEmpty { headers.add("Conversation-ID", plan.conversation) }
        if !plan.contribution.isEmpty { headers.add("Contribution-ID", plan.contribution) }
        if !plan.isLean {
            headers.add("Subject", "Team")
            headers.add("Referred-By", "\"Alice\" <sip:alice@cpm.example>")
            headers.add("P-Asserted-Service", "urn:urn-7:3gpp-service.ims.icsi.oma.cpm.session.group")
        }
        for (name, value) in plan.fields { headers.add(name, value) }
        let offer = medium(call, plan)
        var body = plan.hasOffer ? offer.description(sessionID: "77").serialized() : []
        if plan.history.isEmpty {
            if plan.hasOffer { headers.add("Content-Type", "application/sdp") }
        } else {
            let (type, parts) = withHistory(body, plan.history)
            headers.add("Content-Type", type)
            body = parts
        }
        let request = SIPMessage.request(.invite, uri: contact.uri, identity, headers: headers, body: body)
        call.key = stack.send(request, to: .connection(contact.connection)) { self.answered(call, request, offer, plan, $0) }
    }

    private func makeCall(_ name: String) -> FocusCall {
        var call: FocusCall?
        let session = msrp.makeSession { _, signal in if let call { self.signal(signal, call) } }
        let made = FocusCall(name: name, msrp: session)
        call = made
        calls.append(made)
        return made
    }

    private func medium(_ call: FocusCall, _ plan: FocusInvite) -> MSRPMedia {
        var medium = MSRPMedia(
            host: "127.0.0.1", port: call.msrp.localURI.port ?? 9, path: [call.msrp.localURI.description], setup: plan.setup)
        medium.acceptTypes = ["message/cpim", "application/conference-info+xml"]
        medium.acceptWrappedTypes = ["*"]
        medium.direction = plan.direction
        return medium
    }

    private func withHistory(_ sdp: [UInt8], _ names: [String]) -> (String, [UInt8]) {
        let list = ResourceList(entries: names.map { ResourceEntry(uri: "sip:\($0)@cpm.example", copyControl: .to) })
        let multipart = Multipart(parts: [
            Multipart.Part(headers: [("Content-Type", "application/sdp")], body: sdp),
            Multipart.Part(
                headers: [
                    ("Content-Type", "application/resource-lists+xml"),
                    ("Content-Disposition", "recipient-list-history; handling=optional"),
                ], body: list.serialized()),
        ])
        return ("multipart/mixed;boundary=\"b0\"", multipart.serialized(boundary: "b0"))
    }

    private func answered(
        _ call: FocusCall, _ request: SIPMessage, _ offer: MSRPMedia, _ plan: FocusInvite, _ outcome: SIPClientOutcome
    ) {
        guard case .response(let response) = outcome, let status = response.status else { return call.statuses.append(408) }
        if status > 100 { call.statuses.append(status) }
        guard (200..<300).contains(status), call.dialog == nil, let dialog = SIPDialog(uac: request, response: response)
        else { return }
        call.dialog = dialog
        call.answerHeaders = response.headers
        var ack = dialog.ack(for: 1)
        let theirs = (try? SessionDescription(parsing: response.body)).flatMap { MSRPMedia($0) }
        call.answer = theirs
        if !plan.hasOffer, let description = try? SessionDescription(parsing: response.body) {
            ack.headers.add("Content-Type", "application/sdp")
            var mine = offer
            mine.setup = .passive
            ack.body = mine.answer(to: description, sessionID: "78")?.serialized() ?? []
        }
        send(ack, in: call)
        guard let theirs, let path = MSRPURI(theirs.path.first ?? "") else { return }
        let connects = plan.hasOffer && MSRPMedia.connector(offer: offer, answer: theirs) == .offerer
        if connects { call.msrp.connect(to: [path], tls: nil, bind: true) } else { call.msrp.expect(from: [path]) }
    }

    private func send(_ message: SIPMessage, in call: FocusCall) {
        guard let contact else { return }
        stack.sendStateless(message, to: .connection(contact.connection))
    }

    func request(_ method: SIPMethod, in call: FocusCall, headers: SIPHeaders = [:], body: [UInt8] = []) {
        guard var dialog = call.dialog, let contact else { return }
        let message = dialog.request(method, headers: headers, body: body)
        call.dialog = dialog
        stack.send(message, to: .connection(contact.connection)) { outcome in
            if case .response(let response) = outcome, let status = response.status, status > 100 {
                call.statuses.append(status)
                if method == .invite, status < 300 { self.send(dialog.ack(for: response.cseq?.number ?? 0), in: call) }
            }
        }
    }

    func bye(_ call: FocusCall, reason: String?) {
        request(.bye, in: call, headers: reason.map { ["Reason": $0] } ?? [:])
        call.isOver = true
    }

    // MARK: MSRP

    private func signal(_ signal: MSRPSessionSignal, _ call: FocusCall) {
        switch signal {
        case .received(let message):
            if let cpim = try? CPIMMessage(parsing: message.body) { said.append(cpim) }
        case .report(let id, let code, _): call.reports[String(id.dropFirst(3))] = code
        default: break
        }
    }

    func deliver(_ label: String, _ type: String, _ body: [UInt8], in call: FocusCall, _ plan: Delivery = Delivery()) {
        let message = MSRPOutgoingMessage(
            messageID: "of-\(label)", contentType: type, body: body, successReport: plan.success, failureReport: plan.failure,
            chunkSize: plan.chunk)
        call.msrp.send(message) { call.outcomes[label] = $0 }
    }

    struct Delivery: Sendable {
        var success = false
        var failure = MSRPFailureReport.yes
        var chunk: Int?
    }

    func chat(_ id: String, _ text: String, from sender: String = "alice", in call: FocusCall, _ edit: (inout CPIMMessage) -> Void = { _ in }) {
        deliver(id, "message/cpim", Self.cpim(id, text, from: sender, edit), in: call)
    }

    static func cpim(_ id: String, _ text: String, from sender: String = "alice", _ edit: (inout CPIMMessage) -> Void = { _ in }) -> [UInt8] {
        var message = CPIMMessage()
        message.from = CPIMAddress(displayName: sender.capitalized, uri: "sip:\(sender)@cpm.example")
        message.to = CPIMAddress(uri: "sip:anonymous@anonymous.invalid")
        message.dateTime = "2026-05-01T09:30:00Z"
        message.messageID = id
        message.contentType = .plainTextUTF8
        message.body = Array(text.utf8)
        edit(&message)
        return message.serialized()
    }

    func notify(_ info: ConferenceInfo) {
        guard var dialog = subscription, let contact else { return }
        let message = dialog.request(
            .notify,
            headers: [
                "Event": "conference", "Subscription-State": "active;expires=600",
                "Content-Type": "application/conference-info+xml",
            ], body: info.serialized())
        subscription = dialog
        stack.send(message, to: .connection(contact.connection)) { _ in }
    }
}

/// Sees answers to SENDs whose Failure-Report was `no`.
final class UnaskedAnswers: ConnectionTap {
    private(set) var strange: [String] = []
    private var quiet: Set<String> = []

    func opened(_ info: ConnectionInfo) -> Int { 0 }
    func secured(_ connection: Int, version: String) {}
    func closed(_ connection: Int, cause: String) {}

    func passed(_ connection: Int, _ direction: WireDirection, _ bytes: ByteBuffer) {
        let text = String(decoding: bytes.readableBytesView, as: UTF8.self)
        for part in text.components(separatedBy: "MSRP ").dropFirst() {
            let id = String(part.prefix { $0 != " " })
            if direction == .sent, part.contains("Failure-Report: no") { quiet.insert(id) }
            if direction == .received, quiet.contains(id), !part.contains("SEND") { strange.append("answer") }
        }
    }
}
