import Connections
import Payloads
import SIP

/// The identifiers of CPM group sessions (BINDING, "Identifiers").
enum CPMNames {
    static let groupService = "urn:urn-7:3gpp-service.ims.icsi.oma.cpm.session.group"
    static let messageService = "urn:urn-7:3gpp-service.ims.icsi.oma.cpm.msg"
    static let sessionFeature = "+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session\""
    static let groupFeature = "+g.3gpp.iari-ref=\"urn%3Aurn-7%3A3gpp-application.ims.iari.rcs.fullsfgroupchat\""
    static let allowed = "INVITE, ACK, CANCEL, BYE, OPTIONS, MESSAGE, NOTIFY, UPDATE"
    static let conferenceInfo = "application/conference-info+xml"
}

/// Builds the requests of the client outside dialogs.
struct RequestWriter {
    let settings: ReferenceClientSettings
    let tokens: TokenSource
    let contactURI: String
    let instanceID: String
    let routes: [String]

    /// What a registration keeps from one REGISTER to the next.
    struct RegistrationStart {
        var callID: String
        var sequence: UInt32
    }

    /// REGISTER with one binding; `expires` 0 takes it away (RFC 3261 §10.2, RFC 5626 §4.2, RFC 3327).
    func register(_ start: RegistrationStart, expires: Int) -> SIPMessage {
        let contact = "\(contact);reg-id=1;expires=\(expires)"
        let identity = SIPRequestIdentity(
            from: from, to: NameAddress(uri: settings.address), callID: start.callID, sequence: start.sequence)
        return SIPMessage.request(
            .register, uri: "sip:\(settings.domain)", identity,
            headers: [
                "Contact": contact, "Expires": "\(expires)", "Supported": "path, outbound, gruu",
                "Allow": CPMNames.allowed,
            ])
    }

    /// INVITE to the factory with the recipient list (RFC 5366; BINDING, "Create").
    func create(_ plan: RestartPlan, subject: String?, offer: [UInt8]) -> SIPMessage {
        let list = ResourceList(entries: plan.recipients.map { ResourceEntry(uri: $0, copyControl: .to) })
        let multipart = Multipart(parts: [
            Multipart.Part(headers: [("Content-Type", "application/sdp")], body: offer),
            Multipart.Part(
                headers: [
                    ("Content-Type", "application/resource-lists+xml"), ("Content-Disposition", "recipient-list"),
                ], body: list.serialized()),
        ])
        let boundary = multipart.boundary(from: tokens.token())
        var headers = sessionHeaders(plan.group)
        if let subject { headers.add("Subject", subject) }
        headers.add("Require", "recipient-list-invite")
        headers.add("Content-Type", "multipart/mixed;boundary=\"\(boundary)\"")
        return invite(plan.target ?? settings.factoryURI, headers, multipart.serialized(boundary: boundary))
    }

    /// INVITE to the focus, with the offer alone.
    func rejoin(_ group: GroupKey, focus: String, offer: [UInt8]) -> SIPMessage {
        var headers = sessionHeaders(group)
        headers.add("Content-Type", "application/sdp")
        return invite(focus, headers, offer)
    }

    private func invite(_ uri: String, _ headers: SIPHeaders, _ body: [UInt8]) -> SIPMessage {
        var request = request(.invite, uri: uri, headers, body)
        if settings.sessionExpires > 0 {
            SessionTimer.offer(&request, SessionExpires(interval: settings.sessionExpires, refresher: .uac))
        }
        return request
    }

    /// SUBSCRIBE to the conference package at the focus (RFC 6665, RFC 4575).
    func subscribe(_ group: GroupKey, focus: String) -> SIPMessage {
        var headers = sessionHeaders(group)
        headers.add(contentsOf: subscriptionHeaders(expires: settings.subscriptionExpires))
        return request(.subscribe, uri: focus, headers, [])
    }

    func subscriptionHeaders(expires: Int) -> SIPHeaders {
        ["Event": "conference", "Accept": CPMNames.conferenceInfo, "Expires": "\(expires)"]
    }

    /// MESSAGE that carries disposition notifications (RFC 5438 §8, RFC 3428).
    func message(to uri: String, group: GroupKey?, body: [UInt8]) -> SIPMessage {
        var headers: SIPHeaders = [
            "P-Preferred-Identity": "<\(settings.address)>", "P-Preferred-Service": CPMNames.messageService,
            "Accept-Contact": "*;\(CPMNames.sessionFeature)", "Content-Type": "message/cpim",
        ]
        if let group {
            headers.add("Conversation-ID", group.conversation)
            headers.add("Contribution-ID", group.contribution)
        }
        return request(.message, uri: uri, headers, body)
    }

    // MARK: Parts

    /// Contact with the instance and the features of group chat.
    var contact: String {
        "<\(contactURI)>;+sip.instance=\"<\(instanceID)>\";\(CPMNames.sessionFeature);\(CPMNames.groupFeature)"
    }

    private func sessionHeaders(_ group: GroupKey) -> SIPHeaders {
        [
            "P-Preferred-Identity": "<\(settings.address)>", "P-Preferred-Service": CPMNames.groupService,
            "Accept-Contact": "*;\(CPMNames.sessionFeature)", "Contact": contact,
            "Conversation-ID": group.conversation, "Contribution-ID": group.contribution, "Allow": CPMNames.allowed,
        ]
    }

    private var from: NameAddress {
        NameAddress(displayName: settings.displayName, uri: settings.address, parameters: ["tag": tokens.token(length: 12)])
    }

    private func request(_ method: SIPMethod, uri: String, _ headers: SIPHeaders, _ body: [UInt8]) -> SIPMessage {
        let identity = SIPRequestIdentity(from: from, to: NameAddress(uri: uri), callID: tokens.token(length: 24))
        var message = SIPMessage.request(method, uri: uri, identity, headers: headers, body: body)
        if !routes.isEmpty { message.setRoutes(routes) }
        return message
    }
}
