import Payloads
import SIP

/// Builds the requests of a scripted enabler outside dialogs. Pure: the same values give the same bytes.
struct EnablerRequests {
    let settings: EnablerSettings
    let address: EnablerAddress

    /// Contact of the focus: its user part at this enabler's own address.
    func contact(_ focusURI: String) -> String {
        "<\(address.uri(user: userPart(of: focusURI)))>;isfocus;\(ServiceIdentifiers.sessionTag)"
    }

    /// INVITE to a client, as the plan says; without content where the client is to offer.
    func invite(
        _ plan: EnablerInvitation, _ start: RequestStart, to binding: EnablerBinding, content: RequestContent?
    ) -> SIPMessage {
        var fields = [("Contact", contact(plan.focusURI))] + groupFields(plan.group)
        if let subject = plan.subject { fields.append(("Subject", subject)) }
        if let referrer = plan.referredBy {
            let value = NameAddress(displayName: referrer.displayName, uri: referrer.uri).description
            fields.append(("Referred-By", value))
        }
        if let identity = plan.assertedIdentity { fields.append(("P-Asserted-Identity", "<\(identity)>")) }
        if plan.assertedService { fields.append(("P-Asserted-Service", ServiceIdentifiers.groupSession)) }
        if plan.acceptContact { fields.append(("Accept-Contact", "*;\(ServiceIdentifiers.sessionTag)")) }
        if let seconds = plan.sessionExpires {
            fields += [("Supported", "timer"), ("Session-Expires", "\(seconds);refresher=uas")]
        }
        fields.append(("Allow", Self.allow))
        fields += (content?.fields ?? []) + plan.extraHeaders.map { ($0.name, $0.value) }
        let identity = identity(from: plan.focusURI, to: plan.user, start)
        var request = request(.invite, binding, identity, fields, content?.body ?? [])
        if plan.compactHeaders { request.useCompactNames() }
        return request
    }

    /// MESSAGE to a client (RFC 3428).
    func message(
        _ message: EnablerMessage, _ start: RequestStart, to user: EnablerUser, at binding: EnablerBinding
    ) -> SIPMessage {
        let from = message.from ?? "sip:\(settings.domain)"
        var fields = [("P-Asserted-Identity", "<\(from)>"), ("P-Asserted-Service", ServiceIdentifiers.message)]
        if let group = message.group { fields += groupFields(group) }
        fields.append(("Content-Type", message.contentType))
        fields += message.extraHeaders.map { ($0.name, $0.value) }
        return request(.message, binding, identity(from: from, to: user.address, start), fields, message.body)
    }

    /// The offer alone, or in front of the list of those who were invited before (RFC 5366 §5.2).
    func content(offer: SessionDescription, history: [String]?, boundary: String) -> RequestContent {
        guard let history else { return RequestContent(type: "application/sdp", body: offer.serialized()) }
        return RecipientList.content(
            offer: offer, invitees: history, disposition: "recipient-list-history;handling=optional",
            boundary: boundary)
    }

    private func groupFields(_ group: GroupIDs) -> [(String, String)] {
        [("Conversation-ID", group.conversationID), ("Contribution-ID", group.contributionID)].filter { !$0.1.isEmpty }
    }

    private func identity(from: String, to: String, _ start: RequestStart) -> SIPRequestIdentity {
        SIPRequestIdentity(
            from: NameAddress(uri: from, parameters: ["tag": start.fromTag]), to: NameAddress(uri: to),
            callID: start.callID, sequence: UInt32(start.sequence))
    }

    private func request(
        _ method: SIPMethod, _ binding: EnablerBinding, _ identity: SIPRequestIdentity, _ fields: [(String, String)],
        _ body: [UInt8]
    ) -> SIPMessage {
        var headers = SIPHeaders()
        for (name, value) in fields { headers.add(name, value) }
        var request = SIPMessage.request(method, uri: binding.contact, identity, headers: headers, body: body)
        if !binding.path.isEmpty { request.setRoutes(binding.path) }
        return request
    }

    /// The methods that a scripted enabler answers.
    static let allow = "INVITE, ACK, CANCEL, BYE, OPTIONS, MESSAGE, UPDATE, SUBSCRIBE, REFER, INFO, PRACK"
}

extension SIPMessage {
    /// Writes the names of the fields in one letter where there is one (RFC 3261 §7.3.3).
    mutating func useCompactNames() {
        // The stack would add the length under its long name.
        if headers["Content-Length"] == nil { headers.add("Content-Length", "0") }
        for place in headers.fields.indices {
            if let short = headers.fields[place].compactName { headers.fields[place].name = short }
        }
    }
}
