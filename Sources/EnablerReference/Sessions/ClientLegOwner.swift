import MSRP
import SIP

/// What a leg tells the participant it belongs to.
protocol ClientLegOwner: AnyObject {
    /// The final answer to our INVITE was a 2xx; it may still be unwanted.
    func accepted(_ leg: ClientLeg)
    /// The final answer was another, or none came (408, 503).
    func refused(_ leg: ClientLeg, status: Int)
    /// The MSRP session is there.
    func connected(_ leg: ClientLeg)
    /// A whole message came.
    func received(_ message: MSRPIncomingMessage, on leg: ClientLeg)
    /// The client said BYE, with the cause of its Reason header.
    func ended(_ leg: ClientLeg, cause: Int?)
    /// The MSRP session broke or is silent, or the dialog timed out.
    func lost(_ leg: ClientLeg)
}

/// What names a dialog at this end.
struct DialogKey: Hashable {
    var callID: String
    var localTag: String

    init(callID: String, localTag: String) {
        self.callID = callID
        self.localTag = localTag
    }

    init(_ dialog: SIPDialog) { self.init(callID: dialog.callID, localTag: dialog.localTag) }
}
