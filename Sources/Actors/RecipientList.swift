import Payloads

/// The body of an offer and a list of recipients: those to invite, or those who were (RFC 5366, RFC 5364).
enum RecipientList {
    static func content(
        offer: SessionDescription, invitees: [String], disposition: String = "recipient-list", boundary: String
    ) -> RequestContent {
        let list = ResourceList(
            entries: invitees.map { ResourceEntry(uri: $0, displayName: nil, copyControl: .to) })
        let body = Multipart(parts: [
            Multipart.Part(headers: [("Content-Type", "application/sdp")], body: offer.serialized()),
            Multipart.Part(
                headers: [
                    ("Content-Type", "application/resource-lists+xml"), ("Content-Disposition", disposition),
                ], body: list.serialized()),
        ])
        return RequestContent(
            type: "multipart/mixed;boundary=\"\(boundary)\"", body: body.serialized(boundary: boundary))
    }
}
