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
    let group: GroupIDs
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
    /// True when the connection is up and the peer knows whose it is.
    var mediaIsUp = false
    /// What we offered or answered, which a re-INVITE repeats.
    var localDescription: SessionDescription?
    var remoteMedia: MSRPMedia?
    var direction = MediaDirection.sendrecv

    var timer: SessionTimer?
    private var timers: [Scheduled<Void>] = []
    private var introductionLimit: Scheduled<Void>?
    /// The verb that asked for the session and waits for it to stand.
    var join: VerbWait<GroupHandle>?
    private var onAcknowledged: [() -> Void] = []
    private var onStanding: [() -> Void] = []

    init(callID: String, group: GroupIDs, phase: Phase, localTag: String, focusURI: String) {
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

    /// True when this side may send in the session; what it sends waits for the connection.
    var carriesOurMessages: Bool {
        (phase == .established || phase == .accepted) && media != nil && direction.canSend
    }

    /// Acknowledged, and its connection is up.
    var stands: Bool { phase == .established && mediaIsUp }

    /// Calls `action` when the ACK is there, now or later; never when the session ends before.
    func whenAcknowledged(_ action: @escaping () -> Void) {
        if phase == .established { action() } else { onAcknowledged.append(action) }
    }

    /// Calls `action` when the session stands, now or later; never when it ends before.
    func whenStanding(_ action: @escaping () -> Void) {
        if stands { action() } else { onStanding.append(action) }
    }

    /// Tells those who wait for what is there now.
    func tellWaiting() {
        guard phase == .established else { return }
        var waiting = onAcknowledged
        onAcknowledged = []
        if stands {
            waiting += onStanding
            onStanding = []
        }
        for action in waiting { action() }
    }

    /// Lets go of those who wait.
    func forgetWaiting() {
        onAcknowledged = []
        onStanding = []
    }

    func setTimer(_ timer: Scheduled<Void>) {
        stopTimers()
        timers = [timer]
    }

    /// Until when the peer has to answer the SEND by which it learns of the session; nil when it has.
    func setIntroductionLimit(_ timer: Scheduled<Void>?) {
        introductionLimit?.cancel()
        introductionLimit = timer
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
