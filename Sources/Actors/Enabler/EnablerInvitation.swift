public import Payloads

/// An INVITE of the enabler to a client, with all that it says.
public struct EnablerInvitation: Sendable {
    /// Whether the group goes on without the invited, or what was missed is all there is.
    public enum Form: Sendable, Hashable {
        /// `a=sendrecv`.
        case live
        /// `a=sendonly`: the session is over.
        case over
    }

    /// Who invited: the value of Referred-By (RFC 3892).
    public struct Referrer: Sendable, Hashable {
        public var displayName: String?
        public var uri: String

        public init(displayName: String? = nil, uri: String) {
            self.displayName = displayName
            self.uri = uri
        }
    }

    /// Whom to invite: name or address of a user in the settings.
    public var user: String
    /// An empty id is left out.
    public var group: GroupIDs
    /// The group session identity: From of the INVITE. Its user part, at this enabler's own address and with `isfocus`,
    /// is the Contact.
    public var focusURI: String
    public var form: Form
    public var subject: String?
    /// Nil leaves Referred-By out.
    public var referredBy: Referrer?
    /// The URI in P-Asserted-Identity (RFC 3325); nil leaves it out.
    public var assertedIdentity: String?
    /// True writes P-Asserted-Service with the group session service.
    public var assertedService = true
    /// True writes Accept-Contact with the feature tags of group chat.
    public var acceptContact = true
    /// Addresses of a recipient-list-history behind the offer (RFC 5366 §5.2); nil sends the offer alone.
    public var recipientListHistory: [String]?
    /// False sends no offer: the client's 200 has it, and the ACK the answer (RFC 3261 §13.2.1), whose `a=setup` is
    /// `setup` where the client leaves the choice. A recipient-list-history is left out then.
    public var hasOffer = true
    /// `a=setup` of the offer; nil leaves it out, and then this enabler connects (RFC 4975 §8.8).
    public var setup: MSRPSetup? = .actpass
    /// `a=accept-types` of the offer.
    public var acceptTypes = ["message/cpim", "application/conference-info+xml"]
    /// Seconds of `Session-Expires`, for the client to refresh (`refresher=uas`); nil leaves it out.
    public var sessionExpires: Int?
    /// Written behind all others, as they are.
    public var extraHeaders: [(name: String, value: String)] = []
    /// True writes the names of the fields in their compact forms where there is one (RFC 3261 §7.3.3).
    public var compactHeaders = false

    public init(user: String, group: GroupIDs, focusURI: String, form: Form = .live) {
        self.user = user
        self.group = group
        self.focusURI = focusURI
        self.form = form
    }
}

/// Why the enabler ends a session (Reason of its BYE, RFC 3326).
public enum HangUpCause: String, Sendable, Hashable, CaseIterable {
    /// 200 `Call completed`: the session is over, or all is delivered.
    case completed
    /// 200 `Booted`: the user was put out.
    case booted
    /// 410 `Gone`: too few members are left.
    case gone
    /// No Reason at all.
    case unsaid
}

/// How the conference factory meets INVITEs.
public enum FactoryAttitude: Sendable, Hashable {
    /// 200; the session is at this focus, which accepts from then on.
    case accept(focusURI: String)
    /// This final response; `warning` is the value of Warning (RFC 3261 §20.43) such as `399 host "text"`.
    case refuse(Int, warning: String? = nil)
    /// Not a byte.
    case silence
}

/// How a focus meets requests outside of dialogs.
public enum FocusAttitude: Sendable, Hashable {
    /// 200.
    case accept
    /// This final response, such as 404, 410, 481 or 403; `warning` is the value of Warning.
    case refuse(Int, warning: String? = nil)
    /// Not a byte.
    case silence
}

/// How MSRP messages of the client are met.
public enum MSRPAttitude: Sendable, Hashable {
    /// 200, as their Failure-Report wants it.
    case accept
    /// This code, such as 413 or 415.
    case refuse(Int)
    /// Not a byte.
    case silence
}
