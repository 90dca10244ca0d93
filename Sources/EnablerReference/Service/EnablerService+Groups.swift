import Connections
import Diagnostics
import MSRP
import Payloads
import SIP

// Requests to the factory and to the focus of a group.
extension EnablerService {
    func invite(_ request: SIPServerRequest) {
        guard let user = sender(of: request) else { return }
        let uri = request.message.requestURI ?? ""
        if case .tooSmall(let minimum) = DialogClock.negotiate(request.message, context) {
            return answer(request, 422, ["Min-SE": String(minimum)])
        }
        if isFactory(uri) { return create(request, by: user) }
        guard let group = group(at: uri) else { return answer(request, 404) }
        rejoin(group, request, by: user)
    }

    // MARK: The conference factory (RFC 5366, BINDING "Create")

    private func create(_ request: SIPServerRequest, by user: UserAddress) {
        let message = request.message
        let body = InviteBody(message, limits: context.settings.limits)
        guard body.isReadable, body.sdp != nil, let recipients = body.recipients else {
            return answer(request, 400, warning(399, "a group needs SDP and a list of recipients that can be read"))
        }
        guard let conversation = identifier(message, "Conversation-ID"),
            let contribution = identifier(message, "Contribution-ID")
        else { return answer(request, 400, warning(399, "Conversation-ID and Contribution-ID are missing")) }
        if liveGroup(conversation: conversation, contribution: contribution) != nil {
            return answer(request, 403, warning(127, "Service not authorised"))
        }
        let invited = recipients.compactMap { entry in
            context.homeUser(entry.uri).map {
                RosterUser(user: $0, displayName: entry.displayName.map { String($0.prefix(128)) }, status: .invited)
            }
        }.filter { $0.user != user }
        guard !invited.isEmpty, invited.count < context.settings.maximumMembers else {
            return answer(request, invited.isEmpty ? 404 : 486, warning(399, "the list names nobody, or too many"))
        }
        guard groups.values.count(where: { !$0.isOver }) < context.settings.maximumGroups else {
            return answer(request, 503)
        }
        let record = StoredGroup(
            id: context.writer.nextGroup(), focus: "sip:focus-\(context.tokens.token())@\(context.settings.domain)",
            conversation: conversation, contribution: contribution,
            subject: message.headers["Subject"].map { String($0.prefix(256)) }, creator: user, ended: nil,
            createdAt: context.wallClock)
        start(record, by: user, inviting: invited, request)
    }

    private func start(
        _ record: StoredGroup, by user: UserAddress, inviting invited: [RosterUser], _ request: SIPServerRequest
    ) {
        if context.defects.contains(.oldFocusForgotten) {
            for old in groups.values where old.isOver && old.record.conversation == record.conversation { old.forgetOwed() }
        }
        let group = add(record)
        let name = request.message.from?.displayName.map { String($0.prefix(128)) }
        group.create(by: RosterUser(user: user, displayName: name, status: .joined), inviting: invited) {
            [weak self] committed in
            guard let self else { return }
            guard committed else { return self.answer(request, 500) }
            guard self.cancelled.remove(request.transaction) == nil else {
                return group.member(user, became: .departed)
            }
            self.join(group, request, user)
        }
    }

    private func join(_ group: GroupSession, _ request: SIPServerRequest, _ user: UserAddress) {
        let extra: SIPHeaders = [
            "P-Asserted-Identity": "<\(group.record.focus)>", "Conversation-ID": group.record.conversation,
            "Contribution-ID": group.record.contribution,
        ]
        group.participant(user).ownInvite(
            request, focus: group.record.focus, tag: context.tokens.token(), extra: extra)
    }

    /// An id of the group: any text that fits a header (compared byte for byte).
    private func identifier(_ message: SIPMessage, _ name: String) -> String? {
        guard let value = message.headers[name], !value.isEmpty, value.utf8.count <= 512 else { return nil }
        return value
    }

    private func warning(_ code: Int, _ text: String) -> SIPHeaders {
        code == 399
            ? ["Warning": "399 \(context.settings.domain) \"\(text)\""]
            : ["Warning": "399 \(context.settings.domain) \"\(code) \(text)\""]
    }

    // MARK: The focus

    /// A member comes back to a live group with its own INVITE (BINDING "Rejoin").
    private func rejoin(_ group: GroupSession, _ request: SIPServerRequest, by user: UserAddress) {
        if group.isOver {
            answer(request, 404)
            // It can be reached, though not here: what it missed comes in a session of its own.
            return userReturned(user)
        }
        guard group.isMember(user) else {
            answer(request, 403, warning(123, "Not a member of the group"))
            // One who was put out is owed what came before.
            return userReturned(user)
        }
        join(group, request, user)
    }

    func subscribe(_ request: SIPServerRequest) {
        guard let user = sender(of: request) else { return }
        let event = request.message.headers["Event"].map { $0.prefix { $0 != ";" }.trimmingWhitespace().lowercased() }
        guard event == "conference" else { return answer(request, 489, ["Allow-Events": "conference"]) }
        let notifiesFinal = context.variations.contains(.finalListByNotify)
        guard let group = group(at: request.message.requestURI ?? ""), !group.isOver || notifiesFinal else {
            return answer(request, 404)
        }
        guard group.isMember(user) else { return answer(request, 403) }
        group.subscribe(request, by: user)
    }

    /// REFER to the focus: adds users, puts one out or dismisses the group (RFC 3515, 4579 §5.5, 5368).
    ///
    /// - Parameter leg: the session in whose dialog it came; nil outside of any.
    func refer(_ request: SIPServerRequest, in leg: ClientLeg? = nil) {
        guard let user = sender(of: request) else { return }
        var group = group(at: request.message.requestURI ?? "")
        if group == nil, let to = request.message.to?.uri { group = self.group(at: to) }
        guard let group, !group.isOver else { return answer(request, 404) }
        guard group.isMember(user) else { return answer(request, 403) }
        guard let target = request.message.headers["Refer-To"].flatMap({ NameAddress($0) }) else {
            return answer(request, 400)
        }
        if target.uri.lowercased().hasPrefix("cid:") { return add(list(in: request.message), to: group, report(on: request, leg), user) }
        guard let uri = target.sipURI, let referred = context.homeUser(target.uri) else { return answer(request, 404) }
        guard uri.parameters["method"]?.uppercased() == "BYE" else {
            let guest = RosterUser(user: referred, displayName: target.displayName, status: .invited)
            return add([guest], to: group, report(on: request, leg), user)
        }
        guard user == group.record.creator else { return answer(request, 403) }
        answer(request, 202)
        if referred.uri == group.record.focus { group.end(.dismissed) } else { group.boot(referred) }
    }

    private func list(in message: SIPMessage) -> [RosterUser] {
        guard let text = message.contentType, let type = MediaType(text) else { return [] }
        let limits = context.settings.limits
        var entries: [ResourceEntry]?
        if type.essence == MediaType.resourceLists.essence {
            entries = try? ResourceList(parsing: message.body, limits: limits).entries
        } else if type.type == "multipart" {
            let part = (try? Multipart(parsing: message.body, contentType: type, limits: limits))?
                .first(MediaType.resourceLists.essence)
            entries = part.flatMap { try? ResourceList(parsing: $0.body, limits: limits).entries }
        }
        return (entries ?? []).compactMap { entry in
            context.homeUser(entry.uri).map { RosterUser(user: $0, displayName: entry.displayName, status: .invited) }
        }
    }

    private func report(on request: SIPServerRequest, _ leg: ClientLeg?) -> ReferReport {
        ReferReport(request, in: leg, context: context)
    }

    private func add(_ users: [RosterUser], to group: GroupSession, _ report: ReferReport, _ member: UserAddress) {
        guard !users.isEmpty, users.count <= context.settings.maximumMembers else { return answer(report.request, 400) }
        // Several users at once have several outcomes, of which no NOTIFY tells (RFC 5368 §5).
        if users.count > 1 { report.isSilent = true }
        for (place, user) in users.enumerated() {
            let result = group.add(user, by: member) { [weak report] status in report?.outcome(status) }
            if case .failure(let refusal) = result, place == 0 {
                return answer(report.request, refusal == .full ? 486 : 403)
            }
        }
        reports[ObjectIdentifier(report)] = report
        report.onEnd = { [weak self] over in self?.reports[ObjectIdentifier(over)] = nil }
        report.accept()
    }

    // MARK: MESSAGE

    /// A disposition notification outside of a session goes to the group it belongs to; anything else to its user.
    func message(_ request: SIPServerRequest) {
        guard let user = sender(of: request) else { return }
        let text = request.message.contentType ?? ""
        if MediaType(text)?.essence == MediaType.cpim.essence {
            guard let cpim = try? CPIMMessage(parsing: request.message.body, limits: context.settings.limits) else {
                return answer(request, 400)
            }
            if let group = groupReportedOn(cpim, at: request.message.requestURI ?? "") {
                return pagedReport(request, text, to: group, by: user)
            }
        }
        relay(request, from: user)
    }

    private func groupReportedOn(_ cpim: CPIMMessage, at uri: String) -> GroupSession? {
        guard let type = cpim.contentType,
            let reports = try? DispositionReport.all(in: cpim.body, contentType: type, limits: context.settings.limits),
            let first = reports.first
        else { return nil }
        if let group = group(at: uri) { return group }
        return groupsKnowing(first.messageID).last
    }

    private func pagedReport(
        _ request: SIPServerRequest, _ type: String, to group: GroupSession, by user: UserAddress
    ) {
        guard group.focus.status(of: user) != nil else { return answer(request, 403) }
        group.handleReport(request.message.body, contentType: type, from: user) { [weak self] code in
            self?.answer(request, code)
        }
    }

    /// A stand-alone message to a user who is registered; others are not stored here.
    private func relay(_ request: SIPServerRequest, from user: UserAddress) {
        guard let to = context.homeUser(request.message.requestURI ?? "") else { return answer(request, 404) }
        if isFactory(to.uri) || byFocus[to.uri] != nil { return answer(request, 200) }
        guard context.registrar.best(for: to, now: context.now) != nil else { return answer(request, 480) }
        let item = StoredItem(
            id: 0, group: 0, kind: .message, sender: user, messageID: nil,
            contentType: request.message.contentType ?? "text/plain", body: request.message.body, createdAt: 0)
        page(item, to: to, from: user.uri) { [weak self] taken in self?.answer(request, taken ? 200 : 480) }
    }
}
