import MSRP
import Payloads
import SIP

/// One session of a scripted enabler with a client, from its INVITE to its end; confined to the actor's loop.
final class EnablerSession {
    enum Phase {
        /// Our INVITE is out.
        case proposed
        /// Our 200 to the client's INVITE waits for its ACK.
        case accepted
        case established
        case ended
    }

    let id: EnablerSessionID
    let callID: String
    let user: EnablerUser
    let group: GroupIDs
    let focusURI: String
    /// Whether the client asked for it.
    let isOfClient: Bool
    var phase: Phase
    /// The tag by which this end is known in the dialog.
    let localTag: String
    var dialog: SIPDialog?
    /// Our ACK, which each repeated 2xx gets again.
    var acknowledgement: SIPMessage?
    /// The connection that its INVITE went over.
    var flow: SIPConnectionID

    /// What our INVITE was made of.
    var plan: EnablerInvitation?
    /// Our INVITE as sent, and its transaction.
    var request: SIPMessage?
    var transaction: SIPTransactionKey?
    /// The final status of our INVITE.
    var status: Int?
    /// Whether `awaitSession(of:in:)` has returned it.
    var isHandedOut = false

    var media: MSRPSession?
    /// True when the connection is up and the client knows whose it is.
    var mediaIsUp = false
    /// What this end offered or answered, which a re-INVITE is answered with.
    var localDescription: SessionDescription?
    /// What the client said of its media.
    var remoteMedia: MSRPMedia?
    /// Why it does not stand and never will.
    var failure: ActorFailure?
    /// Who waits for a REPORT on a message, by its MSRP Message-ID: told its code.
    var reports: [String: (Int, String, MSRPByteRange?) -> Void] = [:]

    init(_ beginning: Beginning) {
        id = beginning.id
        callID = beginning.callID
        user = beginning.user
        group = beginning.group
        focusURI = beginning.focusURI
        isOfClient = beginning.isOfClient
        localTag = beginning.localTag
        flow = beginning.flow
        phase = beginning.isOfClient ? .accepted : .proposed
    }

    /// What is known of a session when it begins.
    struct Beginning {
        var id: EnablerSessionID
        var callID: String
        var user: EnablerUser
        var group: GroupIDs
        var focusURI: String
        var isOfClient: Bool
        var localTag: String
        var flow: SIPConnectionID
    }

    /// Acknowledged, and its connection is up.
    var stands: Bool { phase == .established && mediaIsUp }

    /// What whoever waits for it waits for.
    var awaited: String {
        isOfClient ? "the session that \(user.name) asked for" : "the session to which \(user.name) was invited"
    }

    /// Whether it stands, or why it never will; nil while it may.
    var result: Result<Void, ActorFailure>? {
        if stands { return .success(()) }
        return failure.map { .failure($0) }
    }
}
