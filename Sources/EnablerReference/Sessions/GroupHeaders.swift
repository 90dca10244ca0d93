import Payloads
import SIP

/// The identifiers of CPM group sessions (BINDING, "Identifiers").
enum CPMNames {
    static let groupService = "urn:urn-7:3gpp-service.ims.icsi.oma.cpm.session.group"
    static let deferredService = "urn:urn-7:3gpp-service.ims.icsi.oma.cpm.deferred"
    static let sessionFeature = "+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session\""
    static let groupFeature = "+g.3gpp.iari-ref=\"urn%3Aurn-7%3A3gpp-application.ims.iari.rcs.fullsfgroupchat\""
    static let allowed = "INVITE, ACK, CANCEL, BYE, REGISTER, OPTIONS, MESSAGE, SUBSCRIBE, NOTIFY, REFER, UPDATE"

    /// The features of a session; that of store and forward is shown only where something is stored.
    static func features(storing: Bool) -> String { storing ? "\(sessionFeature);\(groupFeature)" : sessionFeature }
}

extension EnablerContext {
    /// The Contact of a focus: `isfocus` makes it the group session identity (RFC 4579 §3.1).
    func focusContact(_ focus: String) -> String {
        "<\(focus)>;isfocus;\(CPMNames.features(storing: settings.storesMissed))"
    }
}

/// How a dialog is ended towards a client (RFC 3326; BINDING, "BYE").
struct Farewell: Hashable, Sendable {
    var reason: String?

    static let booted = Farewell(reason: "SIP;cause=200;text=\"Booted\"")
    static let none = Farewell(reason: nil)

    init(reason: String?) { self.reason = reason }

    init(_ cause: EndCause) {
        switch cause {
        case .tooFewMembers: reason = "SIP;cause=410;text=\"Gone\""
        case .dismissed: reason = "SIP;cause=200;text=\"Call Completed\""
        case .inactivity: reason = nil
        }
    }
}

extension SIPMessage {
    /// The cause in a Reason header of the protocol SIP; nil when there is none.
    var sipCause: Int? {
        for value in headers.values("Reason") {
            let parts = value.split(separator: ";").map { $0.trimmingWhitespace() }
            guard parts.first?.lowercased() == "sip" else { continue }
            for part in parts.dropFirst() where part.lowercased().hasPrefix("cause=") {
                return Int(part.dropFirst(6))
            }
        }
        return nil
    }
}

extension StringProtocol {
    func trimmingWhitespace() -> String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }
}
