import Connections
import Diagnostics
import Payloads
import SIP

/// All that an INVITE to a member says (BINDING, "To an invitee" and "Deferred delivery").
struct Invitation {
    var focus: String
    var user: UserAddress
    var displayName: String?
    var subject: String?
    var conversation: String
    var contribution: String
    /// Who invited, for Referred-By (RFC 3892).
    var inviter: RosterUser
    /// Who else was called, for the history list (RFC 5366 §5.2); empty leaves it out.
    var history: [RosterUser]
    /// `sendonly` when the session is over and only what was missed is delivered.
    var direction: MediaDirection
    /// From the stand-alone store-and-forward function, of no group.
    var isApart = false

    func request(
        sdp: [UInt8], to binding: ContactBinding<SIPConnectionID>, context: EnablerContext
    ) -> SIPMessage {
        let tokens = context.tokens
        let identity = SIPRequestIdentity(
            from: NameAddress(uri: focus, parameters: ["tag": tokens.token()]),
            to: NameAddress(displayName: displayName, uri: user.uri),
            callID: "\(tokens.token(length: 20))@\(context.settings.domain)", sequence: 1)
        var headers: SIPHeaders = [
            "Contact": context.focusContact(focus), "Record-Route": "<\(context.ownRoute)>",
            "Conversation-ID": conversation, "Contribution-ID": contribution,
        ]
        if let subject { headers.add("Subject", subject) }
        let referrer = NameAddress(displayName: inviter.displayName ?? inviter.user.plainName, uri: inviter.user.uri)
        headers.add("Referred-By", referrer.description)
        headers.add("P-Asserted-Identity", "<\(focus)>")
        headers.add("P-Asserted-Service", CPMNames.groupService)
        headers.add("Accept-Contact", "*;\(CPMNames.features(storing: context.settings.storesMissed));require;explicit")
        headers.add("Allow", CPMNames.allowed)
        var body = sdp
        if history.isEmpty {
            headers.add("Content-Type", "application/sdp")
        } else {
            let offer = Multipart.Part(headers: [("Content-Type", "application/sdp")], body: sdp)
            let multipart = Multipart(parts: [offer, historyPart])
            let boundary = multipart.boundary(from: tokens.token())
            headers.add("Content-Type", "multipart/mixed;boundary=\"\(boundary)\"")
            body = multipart.serialized(boundary: boundary)
        }
        var request = SIPMessage.request(.invite, uri: binding.contact, identity, headers: headers, body: body)
        if context.settings.sessionExpires > 0 {
            let interval = max(context.settings.leastSessionExpires, context.settings.sessionExpires)
            SessionTimer.offer(&request, SessionExpires(interval: interval, refresher: .uas))
        }
        if !binding.path.isEmpty { request.setRoutes(binding.path.map { "<\($0)>" }) }
        if isApart { standAlone(&request) }
        return request
    }

    private func standAlone(_ request: inout SIPMessage) {
        let ofGroups = ["Conversation-ID", "Contribution-ID", "Subject", "Referred-By", "Accept-Contact"]
        request.headers.fields.removeAll { field in ofGroups.contains(where: field.isNamed) }
        request.headers.set("Contact", "<\(focus)>;\(CPMNames.sessionFeature)")
        request.headers.set("P-Asserted-Service", CPMNames.deferredService)
    }

    private var historyPart: Multipart.Part {
        let entries = history.map {
            ResourceEntry(uri: $0.user.uri, displayName: $0.displayName, copyControl: .to)
        }
        return Multipart.Part(
            headers: [
                ("Content-Type", "application/resource-lists+xml"),
                ("Content-Disposition", "recipient-list-history; handling=optional"),
            ],
            body: ResourceList(entries: entries).history.serialized())
    }
}

extension UserAddress {
    /// The user part, as a name where no other is known.
    var plainName: String {
        let rest = uri.drop { $0 != ":" }.dropFirst()
        return String(rest.prefix { $0 != "@" })
    }
}

/// The parts of an INVITE's body: SDP alone, or SDP and a list of recipients.
struct InviteBody {
    var sdp: SessionDescription?
    var recipients: [ResourceEntry]?
    /// Nil when there was a list that could not be read.
    var isReadable = true

    init(_ message: SIPMessage, limits: Limits) {
        guard let text = message.contentType, let type = MediaType(text) else { return }
        if type.essence == MediaType.sdp.essence {
            sdp = try? SessionDescription(parsing: message.body, limits: limits)
            isReadable = sdp != nil
            return
        }
        guard type.type == "multipart" else { return }
        guard let parts = try? Multipart(parsing: message.body, contentType: type, limits: limits).parts else {
            isReadable = false
            return
        }
        for part in parts {
            switch part.contentType?.essence {
            case MediaType.sdp.essence?:
                sdp = try? SessionDescription(parsing: part.body, limits: limits)
                isReadable = isReadable && sdp != nil
            case MediaType.resourceLists.essence?:
                guard part.contentDisposition?.kind != "recipient-list-history" else { continue }
                recipients = try? ResourceList(parsing: part.body, limits: limits).entries
                isReadable = isReadable && recipients != nil
            default:
                continue
            }
        }
    }
}
