import Connections
import Diagnostics
import MSRP
import NIOCore
import Payloads
import SIP

/// The running client: what comes over SIP and MSRP goes to the book, and what the book wants done is done here.
/// Confined to its event loop.
final class ClientService {
    private let alive = Alive("reference client")
    let context: ClientContext
    var book: ConversationBook
    let bell = ChangeBell()
    var habit: InvitationHabit
    var legs: [Int: GroupLeg] = [:]
    var watches: [Int: ConferenceWatch] = [:]
    var dialogs: [DialogKey: DialogTarget] = [:]
    var seekers: [Int64: SessionSeeker] = [:]
    /// Who waits until there is a session, or none can be had.
    var waiting: [Int64: [(Result<Void, SeekFailure>) -> Void]] = [:]
    /// Reports and messages that are on their way.
    var reportsInFlight: Set<OwedReportKey> = []
    var messagesInFlight: Set<Int64> = []
    var quietAlarms: [Int: LoopTimer] = [:]
    var isOnline = false
    private(set) var registration: Registration?
    private var incarnation = 0
    private var lastNumber = 0

    /// Where a request in a dialog goes.
    enum DialogTarget {
        case leg(GroupLeg)
        case watch(ConferenceWatch)
    }

    /// Why there is no session.
    struct SeekFailure: Error, Sendable, Hashable {
        var why: String
    }

    init(context: ClientContext, contents: StoreContents) {
        self.context = context
        habit = context.settings.invitations
        book = ConversationBook(
            own: [context.settings.address] + context.settings.aliases, faults: context.faults,
            contents: context.faults.found(contents))
        book.appliesChanges = context.session.showsChanges
    }

    var isRegistered: Bool { isOnline && registration?.isRegistered == true }

    func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// Commits what the book has changed, then tells who waits for changes, then calls back.
    func commit(_ done: @escaping (Bool) -> Void = { _ in }) {
        let changes = book.takeChanges()
        context.writer.commit(changes) { committed in
            if !changes.isEmpty { self.bell.ring() }
            done(committed)
        }
    }

    // MARK: On-line and off-line

    /// Opens sockets and registers; `done` gets the final status of the REGISTER.
    func goOnline(_ done: @escaping (Int) -> Void) {
        isOnline = true
        if context.equipment != nil {
            guard let registration else { return done(503) }
            return registration.register(expires: context.settings.registrationExpires, done: done)
        }
        incarnation += 1
        let equipment = ClientEquipment(context, number: incarnation)
        equipment.sip.delegate = self
        context.equipment = equipment
        context.serviceRoutes = []
        let host = context.settings.host
        let sip = equipment.sip.listen(host: host, port: 0, tls: nil)
        let msrp = equipment.msrp.listen(host: host, port: 0, tls: context.settings.mediaServer)
        sip.and(msrp).assumeIsolated().whenComplete { [weak self] result in
            guard let self, self.context.equipment === equipment else { return done(503) }
            guard case .success(let (address, _)) = result else { return done(503) }
            equipment.contactURI = self.contactURI(port: address.port ?? 0)
            self.register(done)
        }
    }

    private func contactURI(port: Int) -> String {
        let host = context.settings.host.contains(":") ? "[\(context.settings.host)]" : context.settings.host
        let transport = context.settings.tls == nil ? "tcp" : "tls"
        return "sip:\(ClientContext.userPart(of: context.settings.address))@\(host):\(port);transport=\(transport)"
    }

    private func register(_ done: @escaping (Int) -> Void) {
        let registration = Registration(context: context)
        self.registration = registration
        registration.onChange = { [weak self] in self?.bell.ring() }
        registration.register(expires: context.settings.registrationExpires) { [weak self] status in
            if status < 300 { self?.retryEverything() }
            done(status)
        }
    }

    /// What waited for the client to be on-line.
    private func retryEverything() {
        for conversation in book.inOrder {
            sendOwed(in: conversation.record.id)
            if !book.waiting(in: conversation.record.id).isEmpty { flush(conversation.record.id) }
        }
    }

    /// Ends the sessions, gives the registration up and closes the sockets; `done` gets the final status.
    ///
    /// The BYE says that the client goes and its user stays (BINDING, "BYE").
    func goOffline(_ done: @escaping (Int) -> Void) {
        isOnline = false
        guard context.equipment != nil, let registration else {
            shut()
            return done(200)
        }
        for watch in watches.values { watch.stop(saying: true) }
        for leg in sortedLegs {
            leg.hangUp(.offline, reason: "SIP;cause=503;text=\"Service Unavailable\"")
        }
        registration.stop()
        var finish: ((Int) -> Void)? = { status in
            self.shut()
            self.commit { _ in done(status) }
        }
        let end: (Int) -> Void = { status in
            let first = finish
            finish = nil
            first?(status)
        }
        // A registrar that says nothing keeps nobody on-line.
        _ = context.timers.after(milliseconds: Self.farewellLimit) { end(408) }
        registration.register(expires: 0, done: end)
    }

    /// How long the answer to the last REGISTER is waited for.
    private static let farewellLimit: Int64 = 5_000

    /// Breaks every connection without a word, as a device does that loses its network.
    func loseConnections() {
        isOnline = false
        registration?.stop()
        let old = context.equipment
        forgetSessions(.broken)
        old?.breakOff()
        shut()
        commit()
    }

    private func forgetSessions(_ end: ConversationBook.LegEnd) {
        for watch in watches.values { watch.stop(saying: false) }
        for leg in sortedLegs { leg.finish(end) }
        for seeker in seekers.keys.sorted() { told(seeker, .failure(SeekFailure(why: "the client went off-line"))) }
        seekers = [:]
    }

    private func shut() {
        forgetSessions(.offline)
        registration?.stop()
        registration = nil
        watches = [:]
        dialogs = [:]
        legs = [:]
        reportsInFlight = []
        messagesInFlight = []
        let old = context.equipment
        context.equipment = nil
        old?.sip.delegate = nil
        _ = old?.close()
        bell.ring()
    }

    /// Ends everything for good, without a word to the peers.
    func stop() -> EventLoopFuture<Void> {
        isOnline = false
        forgetSessions(.offline)
        registration?.stop()
        let old = context.equipment
        context.equipment = nil
        old?.sip.delegate = nil
        context.timers.cancelAll()
        bell.stop()
        let drained = context.eventLoop.makePromise(of: Void.self)
        context.writer.commit(book.takeChanges())
        context.writer.drain { drained.succeed() }
        let closed = old?.close() ?? context.eventLoop.makeSucceededVoidFuture()
        return closed.and(drained.futureResult).map { _ in }
    }

    var sortedLegs: [GroupLeg] { legs.values.sorted { $0.number < $1.number } }
}

// MARK: - What the stack says

extension ClientService: SIPStackDelegate {
    func stack(_ stack: SIPStack, received request: SIPServerRequest) {
        guard let delay = context.session.delay else { return take(request) }
        _ = context.timers.after(milliseconds: delay) { [weak self] in self?.take(request) }
    }

    func stack(_ stack: SIPStack, cancelled request: SIPServerRequest) {
        guard let leg = legs.values.first(where: { $0.invite?.transaction == request.transaction }) else {
            return answer(request, 487)
        }
        leg.decline(487)
        withdrawn(leg)
    }

    func stack(_ stack: SIPStack, closed connection: SIPConnectionID, cause: String) {
        registration?.connectionClosed(connection)
    }

    func stack(_ stack: SIPStack, unacknowledged request: SIPServerRequest) {
        let callID = request.message.callID ?? ""
        for leg in sortedLegs where leg.dialog?.callID == callID { leg.hangUp(.broken) }
    }

    func stack(_ stack: SIPStack, garbage error: SIPParseError, on connection: SIPConnectionID) {}

    private func take(_ request: SIPServerRequest) {
        guard request.message.to?.tag == nil else { return inDialog(request) }
        if let refusal = unsupported(request.message) { return answer(request, 420, ["Unsupported": refusal]) }
        switch request.message.method {
        case .invite?: invited(request)
        case .message?: paged(request)
        case .options?: answer(request, 200, ["Allow": CPMNames.allowed, "Accept": "application/sdp, message/cpim"])
        case .ack?: return
        case .bye?, .update?, .notify?, .info?, .prack?: answer(request, 481)
        default: answer(request, 405, ["Allow": CPMNames.allowed])
        }
    }

    private func inDialog(_ request: SIPServerRequest) {
        let message = request.message
        let key = DialogKey(callID: message.callID ?? "", localTag: message.to?.tag ?? "")
        switch dialogs[key] {
        case .leg(let leg): leg.receive(request)
        case .watch(let watch): watch.receive(request)
        case nil: if message.method != .ack { answer(request, 481) }
        }
    }

    /// Extensions that are required and not known here (RFC 3261 §8.2.2.3).
    private func unsupported(_ message: SIPMessage) -> String? {
        let known: Set<String> = ["timer", "path", "outbound", "norefersub", "gruu", "recipient-list-invite", "pref"]
        let asked = message.headers.values("Require").filter { !known.contains($0.lowercased()) }
        return asked.isEmpty ? nil : asked.joined(separator: ", ")
    }

    func answer(_ request: SIPServerRequest, _ status: Int, _ headers: SIPHeaders = [:]) {
        var response = request.message.response(status, toTag: context.tokens.token(length: 12))
        response.headers.add(contentsOf: headers)
        context.equipment?.sip.respond(response, to: request)
    }
}
