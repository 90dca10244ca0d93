/// The name of a scripted participant, such as `alice`.
public typealias ActorName = String

/// How a participant comes to miss something, or why nothing is owed to it.
///
/// Each type has an attitude at the invitation or an act in mid-session, an observation by which it takes effect, and
/// its own way to return. Controls are participants to whom nothing may be delivered.
public enum Absence: String, Sendable, Hashable, CaseIterable {
    /// Answers everything; not absent.
    case present
    /// Registered; the invitation rings until it is taken back.
    case neverAnswers = "never-answers"
    /// Registered; the invitation gets not a byte.
    case answersNothing = "answers-nothing"
    /// Registered; the invitation gets 100 and nothing else.
    case onlyTries = "only-tries"
    /// No binding at the invitation.
    case notRegistered = "not-registered"
    /// Refuses the invitation with 480.
    case refusesForNow = "refuses-for-now"
    /// Refuses the invitation with 486, which the ICS says is temporary.
    case busyForNow = "busy-for-now"
    /// Lets the invitation ring until the enabler has given up, and joins afterwards.
    case joinsLate = "joins-late"
    /// Lets the invitation ring, and answers it before the enabler has given up.
    case answersLate = "answers-late"
    /// Was in; its SIP and MSRP connections break without a BYE or a de-registration.
    case losesConnection = "loses-connection"
    /// Was in; its connections stay open and nothing is answered.
    case fallsSilent = "falls-silent"
    /// Was in; registers with Expires 0 and sends no BYE.
    case deregisters
    /// Was in; the granted binding runs out.
    case registrationExpires = "registration-expires"
    /// Without a binding when a participant adds it after the group was set up.
    case addedWhileAway = "added-while-away"
    /// Was in; sends a BYE that, by the ICS, keeps the membership.
    case leavesInvoluntarily = "leaves-involuntarily"
    /// Control: refuses the invitation for good (603).
    case declines
    /// Control: was in and leaves (BYE).
    case leaves
    /// Control: was in and is removed by another participant.
    case booted
    /// Control: registered, never invited.
    case neverInvited = "never-invited"
}

/// When an absence begins.
public enum AbsencePhase: String, Sendable, Hashable {
    /// There is none.
    case none
    /// With the invitation: the attitude is there from the start and no step begins it.
    case atInvitation
    /// With an act in mid-session: an `away` step begins it.
    case midSession
    /// Not an absence: a participant who must get nothing.
    case control
}

/// The observation by which an absence takes effect; until then nothing is known to be missed.
public enum AbsenceObservation: String, Sendable, Hashable {
    /// Nothing to wait for: it holds before the group is made.
    case fromTheStart
    /// The enabler has given up on the invitation: a CANCEL, or the `no-answer` time has passed.
    case invitationGivenUp
    /// The invitation rings.
    case invitationRings
    /// The refusal of the invitation has been acknowledged.
    case refusalAcknowledged
    /// The participant's status at the others has changed, or the `loss-recognition` time has passed.
    case lossRecognised
    /// The REGISTER that took the binding away has its answer, and then as for `lossRecognised`.
    case deregistrationAnswered
    /// The granted time of the binding has passed, and then as for `lossRecognised`.
    case bindingRanOut
    /// The BYE has its answer.
    case departureAnswered
}

/// How a participant becomes reachable again.
public enum ReturnWay: String, Sendable, Hashable {
    /// A first REGISTER on new connections, with the same instance and contact user.
    case registersAnew
    /// A refreshing REGISTER on the connection it has; from now on it answers invitations.
    case refreshes
    /// It accepts the invitation that rings.
    case answers
    /// It reads and answers again on the connections it kept, and refreshes its registration.
    case resumes
    /// It cannot return.
    case never
}

extension Absence {
    public var phase: AbsencePhase {
        switch self {
        case .present: .none
        case .neverAnswers, .answersNothing, .onlyTries, .notRegistered, .refusesForNow, .busyForNow, .joinsLate,
            .answersLate, .addedWhileAway:
            .atInvitation
        case .losesConnection, .fallsSilent, .deregisters, .registrationExpires, .leavesInvoluntarily: .midSession
        case .declines, .leaves, .booted, .neverInvited: .control
        }
    }

    /// The attitude is there when the invitation comes.
    public var atInvitation: Bool { phase == .atInvitation }
    /// An `away` step begins it.
    public var midSession: Bool { phase == .midSession }
    /// Nothing may be delivered to such a participant after its departure, its refusal or at all.
    public var isControl: Bool { phase == .control }
    /// Something sent in its absence is owed to it.
    public var isOwed: Bool { atInvitation || midSession }

    /// The implementation has to notice by itself that the participant is gone, which takes it time.
    public var goesUnnoticed: Bool { effectiveObservation == .lossRecognised }

    /// The participant registers before the first step.
    public var registersAtStart: Bool { self != .notRegistered && self != .addedWhileAway }

    /// The participant accepts the invitation when it comes.
    public var acceptsInvitation: Bool {
        switch self {
        case .present, .losesConnection, .fallsSilent, .deregisters, .registrationExpires, .leavesInvoluntarily,
            .leaves, .booted:
            true
        case .neverAnswers, .answersNothing, .onlyTries, .notRegistered, .refusesForNow, .busyForNow, .joinsLate,
            .answersLate, .addedWhileAway, .declines, .neverInvited:
            false
        }
    }

    /// What makes it take effect.
    public var effectiveObservation: AbsenceObservation {
        switch self {
        case .present, .notRegistered, .addedWhileAway, .neverInvited: .fromTheStart
        case .neverAnswers, .answersNothing, .onlyTries, .joinsLate: .invitationGivenUp
        case .answersLate: .invitationRings
        case .refusesForNow, .busyForNow, .declines: .refusalAcknowledged
        case .losesConnection, .fallsSilent: .lossRecognised
        case .deregisters: .deregistrationAnswered
        case .registrationExpires: .bindingRanOut
        case .leavesInvoluntarily, .leaves, .booted: .departureAnswered
        }
    }

    /// How `return` brings it back. Controls refresh their registration, so that a wrong delivery has its occasion.
    public var returnWay: ReturnWay {
        switch self {
        case .present: .never
        case .notRegistered, .addedWhileAway, .losesConnection, .deregisters, .registrationExpires: .registersAnew
        case .neverAnswers, .answersNothing, .onlyTries, .refusesForNow, .busyForNow, .joinsLate, .leavesInvoluntarily,
            .declines, .leaves, .booted, .neverInvited:
            .refreshes
        case .answersLate: .answers
        case .fallsSilent: .resumes
        }
    }
}
