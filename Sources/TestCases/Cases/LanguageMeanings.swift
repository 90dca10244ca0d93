// What the words of a test case mean, for `explain`; the tables of docs/TEST-CASES.md say the same at more length.

extension StepWord {
    /// How it is written.
    public var form: String {
        switch self {
        case .create: "create: { group: NAME, by: ACTOR, invite: [ACTOR, …], subject: TEXT }"
        case .send:
            "send: { by: ACTOR, as: LABEL, text: TEXT | sample: NAME | size: BYTES, content-type: TYPE, "
                + "asks-for: [delivered, …], concurrent: true, count: NUMBER }"
        case .compose: "compose: ACTOR, or compose: { by: ACTOR, group: NAME }"
        case .report: "report: { by: ACTOR, message: LABEL, status: delivered }"
        case .leave: "leave: ACTOR, or leave: { who: ACTOR, group: NAME }"
        case .add: "add: { by: ACTOR, who: ACTOR, group: NAME }"
        case .away: "away: ACTOR, or away: { who: ACTOR, waits: false }"
        case .noticed: "noticed: ACTOR"
        case .return:
            "return: ACTOR, or return: { who: ACTOR, with: another-device | breaks-after: NUMBER, "
                + "how: after-silence | at-once | in-the-next }"
        case .rejoin: "rejoin: ACTOR, or rejoin: { who: ACTOR, group: NAME }"
        case .subscribe: "subscribe: ACTOR, or subscribe: { who: ACTOR, group: NAME }"
        case .end: "end: everyone-leaves | inactivity | dismissed, or end: { group: NAME, how: … }"
        case .outlast: "outlast: retention"
        case .reboot: "reboot: enabler"
        case .restart: "restart: { group: NAME, by: ACTOR, invite: [ACTOR, …] }"
        case .boot: "boot: { by: ACTOR, who: ACTOR, group: NAME }"
        }
    }

    /// What it does, in one clause.
    public var meaning: String {
        switch self {
        case .create: "an INVITE to the conference factory with the list of the invited"
        case .send: "one message, known by its label from then on"
        case .compose: "an is-composing indication (RFC 3994), which is no message"
        case .report: "a disposition notification about a message that asked for it"
        case .leave: "a BYE with cause 200"
        case .add: "a REFER to the focus, which invites another one"
        case .away: "begins the absence in mid-session that 'actors' says"
        case .noticed: "lets the implementation notice the loss of one who went away by an 'away' that does not wait"
        case .return: "becomes reachable in the way of the absence, and takes every deferred session"
        case .rejoin: "an INVITE of one's own to the focus"
        case .subscribe: "one more SUBSCRIBE to the participants of the group"
        case .end: "ends the session of the group"
        case .outlast: "lets a time of the policy pass"
        case .reboot: "stops the enabler and starts it again; the connections of everybody break"
        case .restart: "an INVITE to the factory with the ids of a session that is over, which goes on at another focus"
        case .boot: "a REFER with method=BYE to the focus, by the one who created the group: puts a member out"
        }
    }

    /// What completes it, and the timer that bounds the wait.
    public var completion: String {
        switch self {
        case .create: "the creator and each who accepts are in, and each absence that begins here has taken effect ('answer')"
        case .send: "the sender has its answer and each member who is there has the message ('answer')"
        case .compose, .report, .leave: "it is answered ('answer')"
        case .add: "the invitation is accepted, or the absence has taken effect ('answer')"
        case .away: "the absence has taken effect ('loss-recognition'); with 'waits: false' at once"
        case .noticed: "the absence has taken effect ('loss-recognition')"
        case .return: "the delivery has ended, or nothing has come for 'quiet' ('delivery-within', anew after each arrival)"
        case .rejoin: "the actor is in, and then as 'return' ('answer', then 'delivery-within')"
        case .subscribe: "a full list has come ('answer')"
        case .end: "the sessions of all who were there are over ('answer'; 'inactivity' on top for inactivity)"
        case .outlast: "the time has passed ('longest-wait')"
        case .reboot: "those who were there have registered anew and nothing more comes ('answer', then 'delivery-within')"
        case .restart: "the one who restarts and each who is there are in ('answer')"
        case .boot: "it is accepted, and the session of one who was there is over ('answer')"
        }
    }
}

extension ExpectationWord {
    /// How it is written.
    public var form: String {
        switch self {
        case .messages: "messages: { at: ACTOR, exactly: [LABEL, …] }"
        case .dispositions: "dispositions: { at: ACTOR, exactly: [{ message: LABEL, from: ACTOR, status: delivered }, …] }"
        case .roster: "roster: { at: ACTOR, final | current | initial: { ACTOR: STATUS, … } }"
        case .changes: "changes: { at: ACTOR, in-order: [{ joined: ACTOR }, { left: ACTOR }, …] }"
        case .nothing: "nothing: { at: ACTOR }"
        case .withheld: "withheld: { at: ACTOR, what: everything | intermediate-lists }"
        case .reports: "reports: { at: ACTOR, exactly: [{ message: LABEL, status: delivered }, …] }"
        case .restarted: "restarted: { at: ACTOR, inviting: [ACTOR, …] }"
        case .audience: "audience: { at: ACTOR, of: { LABEL: [ACTOR, …], … } }"
        }
    }

    /// What must be seen, in one clause.
    public var meaning: String {
        switch self {
        case .messages: "the messages of others that reach the actor over the whole case: exactly these, whole, once, in order"
        case .dispositions: "the reports that reach the sender over the whole case: exactly these, each once"
        case .roster: "a list of participants: the last of an ended session, of a live one, or the one at the invitation"
        case .changes: "the joins and departures that the absent actor is told of later, in order (CPM-CONV-058b)"
        case .nothing: "nothing of the group reaches the actor after it left or declined, or at all if never invited"
        case .withheld: "what the policy keeps from being delivered does not come"
        case .reports: "the reports that the client under test gives: exactly these, each once, whatever carries them"
        case .restarted: "the client starts the group again at another focus with the same ids, and invites exactly these"
        case .audience: "the client shows to whom each message was exchanged (CPM-CONV-058d)"
        }
    }
}

extension ExpectedStatus {
    /// What a list must show of the actor, in one clause.
    public var meaning: String {
        switch self {
        case .connected: "listed with a connected end point"
        case .member: "listed as one who belongs to the group, in whatever state"
        case .left: "not listed, or listed as disconnected"
        case .absent: "not listed"
        case .any: "anything"
        }
    }
}

extension Absence {
    /// What the actor does, in one clause.
    public var meaning: String {
        switch self {
        case .present: "answers everything; it is not absent"
        case .neverAnswers: "lets the invitation ring"
        case .answersNothing: "answers the invitation with not a byte"
        case .onlyTries: "answers the invitation with 100 alone"
        case .notRegistered: "has no binding at the invitation"
        case .refusesForNow: "refuses the invitation with 480"
        case .busyForNow: "refuses the invitation with 486, which the ICS says is temporary"
        case .joinsLate: "lets the invitation ring, and comes after the enabler has given up"
        case .answersLate: "lets the invitation ring, and answers it before the enabler has given up"
        case .losesConnection: "was in; its connections break without a word"
        case .fallsSilent: "was in; keeps its connections and answers nothing"
        case .deregisters: "was in; REGISTER with Expires 0, no BYE"
        case .registrationExpires: "was in; lets its binding run out"
        case .addedWhileAway: "has no binding when an 'add' step invites it"
        case .leavesInvoluntarily: "was in; sends the BYE that by the ICS keeps its membership"
        case .declines: "a control: refuses the invitation for good (603)"
        case .leaves: "a control: was in and leaves by a 'leave' step"
        case .booted: "a control: was in and is removed by another participant"
        case .neverInvited: "a control: registered, and not invited"
        }
    }
}

extension AbsencePhase {
    /// When it begins, in one clause.
    public var meaning: String {
        switch self {
        case .none: "never"
        case .atInvitation: "with the invitation; no step begins it"
        case .midSession: "with an 'away' step"
        case .control: "it is no absence: nothing may be delivered to such an actor"
        }
    }
}

extension AbsenceObservation {
    /// What is waited for, in one clause.
    public var meaning: String {
        switch self {
        case .fromTheStart: "at once"
        case .invitationGivenUp: "when the enabler has given up on the invitation: CANCEL, or the timer 'no-answer'"
        case .invitationRings: "when the invitation rings"
        case .refusalAcknowledged: "when the refusal is acknowledged"
        case .lossRecognised: "when the lists of the others say so, or after the timer 'loss-recognition'"
        case .deregistrationAnswered: "when the REGISTER is answered, and then like a lost connection"
        case .bindingRanOut: "when the granted time has passed, and then like a lost connection"
        case .departureAnswered: "when the BYE is answered"
        }
    }
}

extension ReturnWay {
    /// What `return` does, in one clause.
    public var meaning: String {
        switch self {
        case .registersAnew: "a first REGISTER on new connections"
        case .refreshes: "refreshing its registration"
        case .answers: "answering the invitation that rings"
        case .resumes: "answering again on the connections that it kept, and refreshing its registration"
        case .never: "nothing: it is there"
        }
    }
}
