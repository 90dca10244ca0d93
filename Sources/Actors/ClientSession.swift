import MSRP
import NIOCore
import Payloads
import SIP

/// One session of the client in a group, from its INVITE to its end; confined to the actor's loop.
final class ClientSession {
    enum Phase {
        /// Our INVITE is out.
        case proposed
        /// The focus' INVITE waits for our final response.
        case offered
        /// Our 200 waits for its ACK.
        case accepted
        case established
        case ended
    }

    let callID: String
    let group: GroupIdentity
    /// Counts the sessions of the actor, so that the newest is known.
    var number = 0
    var phase: Phase
    var dialog: SIPDialog?
    /// The tag by which we are known in the dialog.
    let localTag: String
    /// Contact of the focus, the group session identity.
    var focusURI: String

    /// The INVITE of the focus, until it is settled.
    var invitation: SIPServerRequest?
    /// Our own INVITE.
    var proposal: Exchange?
    /// Sequence number of the INVITE that made the session, for repeated ACKs.
    var inviteSequence: UInt32 = 0

    var media: MSRPSession?
    var mediaIsUp = false
    /// What we offered or answered, which a re-INVITE repeats.
    var localDescription: SessionDescription?
    var remoteMedia: MSRPMedia?
    var direction = MediaDirection.sendrecv

    var timer: SessionTimer?
    private var timers: [Scheduled<Void>] = []
    /// The verb that waits for the session to stand.
    var join: VerbWait<GroupHandle>?

    init(callID: String, group: GroupIdentity, phase: Phase, localTag: String, focusURI: String) {
        self.callID = callID
        self.group = group
        self.phase = phase
        self.localTag = localTag
        self.focusURI = focusURI
    }

    var handle: GroupHandle {
        GroupHandle(
            conversationID: group.conversationID, contributionID: group.contributionID, focusURI: focusURI)
    }

    /// True when this side may send in the session.
    var carriesOurMessages: Bool {
        phase == .established && media != nil && direction.canSend
    }

    func setTimer(_ timer: Scheduled<Void>) {
        stopTimers()
        timers = [timer]
    }

    func stopTimers() {
        for timer in timers { timer.cancel() }
        timers = []
    }
}

/// One subscription of the client to a focus; confined to the actor's loop.
final class ClientSubscription {
    let callID: String
    let localTag: String
    let group: GroupHandle
    var dialog: SIPDialog?
    private var timer: Scheduled<Void>?

    init(callID: String, localTag: String, group: GroupHandle) {
        self.callID = callID
        self.localTag = localTag
        self.group = group
    }

    func setTimer(_ timer: Scheduled<Void>) {
        self.timer?.cancel()
        self.timer = timer
    }

    func stopTimer() {
        timer?.cancel()
        timer = nil
    }
}
