public import TestCases

/// What there is to say of a check without a case at hand.
public struct CheckDescription: Sendable, Hashable {
    /// As in `CheckResult.id`.
    public let id: String
    /// One line: what it looks at.
    public let looksAt: String
    /// What it can fail, each with what makes it fail that and no other; one entry for most.
    public let requirements: [[RequirementID]]
    public let basis: Basis
    /// `warning` for one that can never fail a requirement.
    public let weight: Weight
    /// What its failure is worth where the script itself did not get where it wanted.
    public let standing: Standing

    /// How far the failure of a check stands on what the script made happen.
    public enum Standing: Sendable, Hashable {
        /// It compares what came with what was sent: it stands however the script went.
        case firm
        /// It misses something, which might still have come in a case that was cut short.
        case untilTheEnd
        /// It compares with what the script says has happened; where that did not happen it shows nothing.
        case onTheScript
    }

    fileprivate init(
        _ id: String, _ requirements: [RequirementID]..., basis: Basis, weight: Weight = .requirement,
        standing: Standing = .firm, _ looksAt: String
    ) {
        self.id = id
        self.looksAt = looksAt
        self.requirements = requirements
        self.basis = basis
        self.standing = standing
        self.weight = weight
    }
}

/// Every check that the judge can give. `docs/CHECKS.md` is a table of it.
public enum CheckCatalogue {
    private static let places = Dictionary(all.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { a, _ in a })

    /// What there is to say of a check; nil for a name that is none's.
    public static subscript(id: String) -> CheckDescription? { places[id].map { all[$0] } }

    public static let all = enabler + client

    private static let enabler: [CheckDescription] = [
        CheckDescription(
            "messages.complete", [.store, .deliver], basis: .clause, standing: .untilTheEnd,
            "every owed message came, and the user's side took it over"),
        CheckDescription(
            "messages.in-the-window", [.store, .deliver], basis: .reasonForChange, standing: .untilTheEnd,
            "what was sent after a user lost its connection, and before that was noticed, came"),
        CheckDescription(
            "messages.once", [.deliver], basis: .clause, "no message came again after it had been confirmed"),
        CheckDescription(
            "messages.right", [.store], basis: .clause, standing: .onTheScript,
            "nothing came that was not owed: to a user who was away, and to one who was no member"),
        CheckDescription(
            "messages.group", [.deliver], basis: .clause, "each came in a session that names the group it was sent to"),
        CheckDescription(
            "messages.declined", [.store], basis: .reading, standing: .onTheScript,
            "nothing that was sent after a user had declined came to it"),
        CheckDescription(
            "policy.withheld", [.store], basis: .clause,
            "nothing came that the provider's policy keeps from being stored or delivered"),
        CheckDescription(
            "messages.order", [.deliver], basis: .clause,
            "the messages of a sender, and those that waited for one another, came as they were sent"),
        CheckDescription(
            "messages.device", [.deliver], basis: .reading,
            "what a user with several devices missed came to the first that returned, or to each, as `per-device` says"),
        CheckDescription(
            "messages.body", [.deliver], basis: .clause, "each deferred body is the one that the others got, byte for byte"),
        CheckDescription(
            "messages.content-type", [.deliver], basis: .clause, "so is its content type, as a parsed value"),
        CheckDescription(
            "messages.datetime", [.deliver], basis: .clause, "DateTime is the instant at which it was sent"),
        CheckDescription("messages.sender", [.deliver], basis: .clause, "the sender is the same user, by any alias"),
        CheckDescription("messages.id", [.deliver], basis: .rfc("RFC 5438 §6.2"), "imdn.Message-ID is the same"),
        CheckDescription(
            "messages.disposition-request", [.deliver], basis: .clause,
            "the request for dispositions is neither lost nor changed nor added"),
        CheckDescription(
            "messages.well-formed", [.deliver], basis: .rfc("RFC 3862 §2"),
            "the wrapping names a sender and a content type, its DateTime is a time, and its headers are written as CPIM writes "
                + "them, if the live copy's were"),
        CheckDescription(
            "dispositions.complete", [.store, .deliver], basis: .clause, standing: .onTheScript,
            "every report that was given about an absent user's messages came to it"),
        CheckDescription(
            "dispositions.once", [.deliver], basis: .clause,
            "none came again, per message, recipient and status, after it had been confirmed"),
        CheckDescription(
            "dispositions.genuine", [.deliver], basis: .clause, "each was given before by the recipient it names"),
        CheckDescription(
            "dispositions.well-formed", [.deliver], basis: .rfc("RFC 5438 §7"),
            "each that was deferred is valid against its schema, in a well-formed wrapping"),
        CheckDescription(
            "dispositions.asked", [.deliver], basis: .clause,
            "none came that its message did not ask for, and none says failed of what arrived"),
        CheckDescription(
            "dispositions.right", [.store], basis: .clause,
            "none that was stored for a user who was away is about somebody else's message"),
        CheckDescription(
            "dispositions.premature", [.deliver], basis: .clause,
            "none says delivered or displayed of an absent user whom the message had not reached"),
        CheckDescription(
            "dispositions.carriage", [.deliver], basis: .binding,
            "reports that were given while the user was away come in the session that `stored-dispositions` says"),
        CheckDescription(
            "delivery.in-time", [.deliver], basis: .clause,
            "what was missed, messages, reports and the final list, came at the first return that could bring it, within "
                + "`delivery-within`"),
        CheckDescription(
            "delivery.group-order", [.deliver], basis: .binding,
            "of several groups, the one whose first missed message is oldest was delivered first"),
        CheckDescription(
            "delivery.closing", [.deliver], basis: .binding,
            "the BYE of a deferred delivery says what those who were there got at the end of the session"),
        CheckDescription(
            "roster.final", [.deliver], basis: .clause, standing: .onTheScript,
            "a final list came for a session that is over, and shows its last members and no leaver"),
        CheckDescription(
            "roster.current", [.deliver], basis: .binding, standing: .onTheScript, "the newest list of a live session shows who is in it"),
        CheckDescription(
            "roster.initial", [.intermediate], basis: .note, standing: .onTheScript,
            "the list at the invitation came before the first message, or with the invitation"),
        CheckDescription(
            "roster.intermediate", [.intermediate], basis: .clause, standing: .onTheScript,
            "the lists show each missed join and departure, in order, and no other"),
        CheckDescription(
            "roster.place", [.intermediate], basis: .binding, standing: .onTheScript,
            "each change stands among the messages where it happened, within the participant-info-interval"),
        CheckDescription(
            "roster.audience", [.intermediate], basis: .reasonForChange, standing: .onTheScript,
            "the lists before each message show to whom it was exchanged, the represented absent included"),
        CheckDescription(
            "roster.valid", [.deliver], [.intermediate], basis: .rfc("RFC 4575 §5"),
            "the final list, and each earlier one, is valid against the core schema"),
        CheckDescription(
            "roster.stream", [.deliver], [.intermediate], basis: .rfc("RFC 4575 §4.4"),
            "the final list, and each earlier one, can be applied to what came before it"),
        CheckDescription(
            "roster.entity", [.deliver], [.intermediate], basis: .rfc("RFC 4575 §5.2"),
            "the final list, and each earlier one, is about a focus that the group had"),
        CheckDescription(
            "roster.once", [.deliver], [.intermediate], basis: .rfc("RFC 4575 §5.6"),
            "the final list, and each earlier one, shows each user once, by any alias of the IXIT"),
        CheckDescription(
            "roster.user-count", [.deliver], [.intermediate], basis: .rfc("RFC 4575 §5.5"), weight: .warning,
            "user-count, where there is one, lies between the connected and the listed"),
        CheckDescription(
            "live.relay", [], basis: .reading, weight: .warning,
            "what was relayed to those who were there came, once and as it was sent"),
    ]

    private static let client: [CheckDescription] = [
        CheckDescription(
            "session.taken", [.process], basis: .clause,
            "each session to which the client was called stands, its MSRP connection included"),
        CheckDescription(
            "session.answers", [.process], basis: .rfc("RFC 4975 §7.2"), standing: .untilTheEnd,
            "each good item that its description takes was taken over, and answered as Failure-Report and Success-Report demand"),
        CheckDescription(
            "members.subscribed", [.process], basis: .reading, standing: .untilTheEnd,
            "a client that says it subscribes to the participants of a live session did"),
        CheckDescription(
            "shown.complete", [.process], basis: .clause, standing: .untilTheEnd,
            "every message that came is shown, and none is lost because the client went away from strange content"),
        CheckDescription("shown.once", [.process], basis: .clause, "each once, however often it came"),
        CheckDescription("shown.order", [.process], basis: .clause, "in the order in which they came"),
        CheckDescription("shown.text", [.process], basis: .clause, "with the content that came, byte for byte, as what it is"),
        CheckDescription("shown.sender", [.process], basis: .clause, "with the one who wrote it, by any alias"),
        CheckDescription("shown.time", [.process], basis: .clause, "with the time at which it was written, within a second"),
        CheckDescription(
            "shown.only", [.process], basis: .clause,
            "nothing is shown that did not cross the wire in this group; what cannot be read may stand there as such"),
        CheckDescription(
            "fates.complete", [.process], basis: .clause, standing: .untilTheEnd,
            "every report that came is shown at its message, with its recipient and status; `displayed` tells `delivered`, too"),
        CheckDescription("fates.only", [.process], basis: .clause, "no disposition is shown that did not come"),
        CheckDescription(
            "members.shown", [.process], basis: .clause, standing: .onTheScript,
            "the participants are shown as the last list of the group that came says"),
        CheckDescription(
            "history.shown", [.processIntermediate], basis: .clause, standing: .onTheScript,
            "each join and departure is shown among the messages where it happened, and no other than the first list at the beginning"),
        CheckDescription(
            "audience.shown", [.processIntermediate], basis: .reasonForChange, standing: .onTheScript,
            "each message is shown with those to whom it was exchanged"),
        CheckDescription(
            "reports.complete", [.process], basis: .rfc("RFC 5438 §7.2.1"), standing: .untilTheEnd,
            "every report that was asked for and that the client gives was given, whatever carried it, of each message that came"),
        CheckDescription("reports.asked", [.process], basis: .rfc("RFC 5438 §7.2.1"), "none was given that nobody asked for"),
        CheckDescription("reports.once", [.process], basis: .rfc("RFC 5438 §7.2.1"), "none was given again after it had been confirmed"),
        CheckDescription(
            "reports.premature", [.process], basis: .rfc("RFC 5438 §7.2.1.2"),
            "none says delivered before the message came, or displayed before the user read it"),
        CheckDescription(
            "restart.members", [.process], basis: .reasonForChange, standing: .untilTheEnd,
            "a group that is started again is asked for with every member of the final list, and nobody else"),
        CheckDescription(
            "restart.ids", [.process], basis: .reasonForChange, "it keeps its Conversation-ID and Contribution-ID"),
    ]
}
