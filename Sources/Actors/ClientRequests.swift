import SIP

/// What begins a dialog or a transaction outside dialogs: fresh tokens, given so that the builders stay pure.
struct RequestStart: Sendable, Hashable {
    var callID: String
    var fromTag: String
    var sequence = 1
}

/// Builds the requests of one client outside dialogs. Pure: the same values give the same bytes.
struct ClientRequests: Sendable {
    let settings: ClientSettings
    /// Address under which this client's own port can be reached, such as `sip:alice@127.0.0.1:40000;transport=tcp`.
    let contactURI: String
    /// `urn:uuid:…`
    let instanceID: String

    // MARK: Registration

    /// REGISTER with one binding; `expires` 0 takes it away (RFC 3261 §10.2, RFC 5626 §4.2, RFC 3327).
    func register(_ start: RequestStart, expires: Int) -> SIPMessage {
        var contact = "<\(contactURI)>"
        contact += ";+sip.instance=\"<\(instanceID)>\""
        if settings.habits.claimsFlow { contact += ";reg-id=1" }
        contact += ";\(ServiceIdentifiers.sessionTag);\(ServiceIdentifiers.storeAndForwardTag)"
        contact += ";expires=\(expires)"
        return request(
            .register, uri: "sip:\(settings.domain)", to: "<\(settings.address)>", start,
            [
                ("Contact", contact), ("Expires", "\(expires)"), ("Supported", settings.habits.claimsFlow ? "path, outbound, gruu" : "path, gruu"),
                ("Allow", ServiceIdentifiers.allow),
            ])
    }

    // MARK: Sessions

    /// INVITE to the factory with the recipient list (RFC 5366, OMA CPM group session).
    func create(_ start: RequestStart, group: GroupIDs, subject: String?, content: RequestContent) -> SIPMessage {
        var fields = sessionFields(group)
        if let subject { fields.append(("Subject", subject)) }
        fields.append(("Require", "recipient-list-invite"))
        fields += timerFields
        return request(
            .invite, uri: settings.factoryURI, to: "<\(settings.factoryURI)>", start, fields, content)
    }

    /// INVITE to the focus, with the offer alone.
    func rejoin(_ start: RequestStart, group: GroupHandle, content: RequestContent) -> SIPMessage {
        request(
            .invite, uri: group.focusURI, to: "<\(group.focusURI)>", start,
            sessionFields(group.identity) + timerFields, content)
    }

    // MARK: Outside sessions

    /// SUBSCRIBE to the conference package at the focus (RFC 6665, RFC 4575).
    func subscribe(_ start: RequestStart, group: GroupHandle) -> SIPMessage {
        request(
            .subscribe, uri: group.focusURI, to: "<\(group.focusURI)>", start,
            sessionFields(group.identity) + subscriptionFields(expires: settings.habits.subscriptionExpires))
    }

    /// REFER outside dialogs, by which the focus shall invite `user` (RFC 3515, RFC 4488).
    func refer(_ start: RequestStart, group: GroupHandle, user: String, method: SIPMethod = .invite) -> SIPMessage {
        request(
            .refer, uri: group.focusURI, to: "<\(group.focusURI)>", start,
            sessionFields(group.identity) + referFields(user: user, method: method))
    }

    /// MESSAGE that carries one disposition notification (RFC 5438 §8, RFC 3428).
    func message(_ start: RequestStart, to uri: String, group: GroupIDs, content: RequestContent) -> SIPMessage {
        request(
            .message, uri: uri, to: "<\(uri)>", start,
            identityFields
                + [
                    ("P-Preferred-Service", ServiceIdentifiers.message),
                    ("Accept-Contact", "*;\(ServiceIdentifiers.sessionTag)"),
                    ("Conversation-ID", group.conversationID), ("Contribution-ID", group.contributionID),
                ],
            content)
    }

    /// OPTIONS to the home domain, which asks for nothing but an answer.
    func probe(_ start: RequestStart) -> SIPMessage {
        request(
            .options, uri: "sip:\(settings.domain)", to: "<sip:\(settings.domain)>", start,
            identityFields + [("Contact", contact), ("Accept", "application/sdp")])
    }

    // MARK: Parts

    /// Contact of dialogs, with the feature tags of group chat.
    var contact: String {
        "<\(contactURI)>;+sip.instance=\"<\(instanceID)>\";\(ServiceIdentifiers.sessionTag)"
            + ";\(ServiceIdentifiers.storeAndForwardTag)"
    }

    func subscriptionFields(expires: Int) -> [(String, String)] {
        [("Event", "conference"), ("Accept", ServiceIdentifiers.conferenceInfo), ("Expires", "\(expires)")]
    }

    func referFields(user: String, method: SIPMethod = .invite) -> [(String, String)] {
        [
            ("Refer-To", "<\(user);method=\(method.rawValue)>"), ("Referred-By", "<\(settings.address)>"),
            ("Refer-Sub", "false"), ("Supported", "norefersub"),
        ]
    }

    private var identityFields: [(String, String)] { [("P-Preferred-Identity", "<\(settings.address)>")] }

    private func sessionFields(_ group: GroupIDs) -> [(String, String)] {
        identityFields
            + [
                ("P-Preferred-Service", ServiceIdentifiers.groupSession),
                ("Accept-Contact", "*;\(ServiceIdentifiers.sessionTag)"),
                ("Contact", contact), ("Conversation-ID", group.conversationID),
                ("Contribution-ID", group.contributionID), ("Allow", ServiceIdentifiers.allow),
            ]
    }

    private var timerFields: [(String, String)] {
        guard let expires = settings.habits.sessionExpires else { return [] }
        return [("Supported", "timer"), ("Session-Expires", "\(expires);refresher=uac"), ("Min-SE", "90")]
    }

    private func request(
        _ method: SIPMethod, uri: String, to: String, _ start: RequestStart, _ fields: [(String, String)],
        _ content: RequestContent? = nil
    ) -> SIPMessage {
        let name = settings.displayName.map { "\"\(quoted($0))\" " } ?? ""
        var headers = SIPHeaders()
        headers.add("From", "\(name)<\(settings.address)>;tag=\(start.fromTag)")
        headers.add("To", to)
        headers.add("Call-ID", start.callID)
        headers.add("CSeq", "\(start.sequence) \(method.rawValue)")
        for (name, value) in fields { headers.add(name, value) }
        if let content {
            for (name, value) in content.fields { headers.add(name, value) }
        }
        return SIPMessage(
            start: .request(method: method, uri: uri), headers: headers, body: content?.body ?? [])
    }

    private func quoted(_ text: String) -> String {
        text.reduce(into: "") { out, character in
            if character == "\"" || character == "\\" { out.append("\\") }
            out.append(character)
        }
    }
}

/// The body of a request or response, with the headers that describe it.
struct RequestContent: Sendable, Hashable {
    var type: String
    var body: [UInt8]

    var fields: [(String, String)] { [("Content-Type", type)] }
}
