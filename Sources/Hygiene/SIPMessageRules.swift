import Diagnostics
import Payloads
import SIP

/// What one SIP message has to keep to by itself.
enum SIPMessageRules {
    static func breaches(_ message: SIPMessage) -> [Breach] {
        headers(message) + addresses(message) + identifiers(message) + contact(message) + body(message)
            + special(message)
    }

    /// `an INVITE` or `a 200 to INVITE`, for sentences.
    static func name(_ message: SIPMessage) -> String {
        if message.isRequest, let method = message.method { return "a request \(escapedPeerText(method.rawValue, limit: 40))" }
        let method = message.cseq.map { " to \(escapedPeerText($0.method.rawValue, limit: 40))" } ?? ""
        return "a response \(message.status ?? 0)\(method)"
    }

    private static func headers(_ message: SIPMessage) -> [Breach] {
        var found: [Breach] = []
        var mandatory = ["Via", "From", "To", "Call-ID", "CSeq"]
        if message.isRequest { mandatory.append("Max-Forwards") }
        for header in mandatory where message.headers[header] == nil {
            found.append(Breach(.sipMandatoryHeaders, "\(name(message)) has no \(header)"))
        }
        let single = ["From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Type", "Content-Length"]
        for header in single where message.headers.lines(header).count > 1 {
            found.append(Breach(.sipSingleHeaders, "\(name(message)) has \(header) more than once"))
        }
        if let hops = message.headers["Max-Forwards"], message.isRequest, UInt8(hops) == nil {
            found.append(Breach(.sipMandatoryHeaders, "Max-Forwards is \"\(escapedPeerText(hops, limit: 40))\", no number up to 255"))
        }
        if message.headers["CSeq"] != nil, message.cseq == nil {
            found.append(Breach(.sipCSeq, "the CSeq of \(name(message)) is no number and method"))
        }
        return found
    }

    private static func addresses(_ message: SIPMessage) -> [Breach] {
        var found: [Breach] = []
        for header in ["From", "To", "Route", "Record-Route", "Contact"] {
            for value in message.headers.values(header) where NameAddress(value) == nil {
                if header == "Contact", value == "*" { continue }
                found.append(
                    Breach(.sipAddresses, "the \(header) of \(name(message)) is no address: \"\(escapedPeerText(value, limit: 80))\""))
            }
        }
        return found
    }

    private static func identifiers(_ message: SIPMessage) -> [Breach] {
        var found: [Breach] = []
        if let from = message.from, from.tag == nil {
            found.append(Breach(.sipTags, "\(name(message)) has no tag in From"))
        }
        if let status = message.status, status != 100, let to = message.to, to.tag == nil {
            found.append(Breach(.sipTags, "\(name(message)) has no tag in To"))
        }
        if message.isRequest, let via = message.topVia, via.branch?.hasPrefix("z9hG4bK") != true {
            found.append(Breach(.sipBranch, "the branch of \(name(message)) is \"\(escapedPeerText(via.branch ?? "", limit: 60))\""))
        }
        if message.isRequest, let method = message.method, let sequence = message.cseq, sequence.method != method {
            found.append(
                Breach(.sipCSeq, "the CSeq of \(name(message)) says \(escapedPeerText(sequence.method.rawValue, limit: 40))"))
        }
        return found
    }

    private static func contact(_ message: SIPMessage) -> [Breach] {
        let makesDialog: Bool
        if message.isRequest, let method = message.method {
            makesDialog = [.invite, .subscribe, .notify, .refer, .update].contains(method)
        } else {
            let success = message.status.map { (200..<300).contains($0) } ?? false
            makesDialog = success && [.invite, .subscribe, .update].contains(message.cseq?.method)
        }
        let count = message.headers.values("Contact").count
        guard makesDialog, count != 1 else { return [] }
        return [Breach(.sipContact, "\(name(message)) has \(count == 0 ? "no Contact" : "\(count) Contacts")")]
    }

    private static func body(_ message: SIPMessage) -> [Breach] {
        guard !message.body.isEmpty else { return [] }
        guard let type = message.contentType else {
            return [Breach(.sipContentType, "\(name(message)) has a body of \(message.body.count) bytes and no Content-Type")]
        }
        guard MediaType(type) == nil else { return [] }
        return [Breach(.sipContentType, "the Content-Type \"\(escapedPeerText(type, limit: 80))\" is no media type")]
    }

    /// Headers that belong to one method or one response code.
    private static func special(_ message: SIPMessage) -> [Breach] {
        if message.isRequest, message.method == .notify {
            return ["Event", "Subscription-State"].filter { message.headers[$0] == nil }
                .map { Breach(.sipEventHeaders, "a NOTIFY has no \($0)") }
        }
        let wanted: String?
        switch message.status {
        case 401: wanted = "WWW-Authenticate"
        case 405: wanted = "Allow"
        case 407: wanted = "Proxy-Authenticate"
        case 420: wanted = "Unsupported"
        case 422: wanted = "Min-SE"
        case 423: wanted = "Min-Expires"
        default: wanted = nil
        }
        guard let wanted, message.headers[wanted] == nil else { return [] }
        return [Breach(.sipResponseHeaders, "\(name(message)) has no \(wanted)")]
    }
}
