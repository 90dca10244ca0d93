import Facts
import Recordings

/// The facts of one recording, arranged for the checks.
///
/// Built once per case in one pass; everything in it keeps the numbers of the lines that it rests on.
struct Evidence {
    /// What is known of an offered item: when, where, and whether the user's side took it over.
    struct OfferRecord {
        /// `unread`: it wanted no answer and came while the user was silent, so that nothing says whether it was missed.
        enum State { case open, confirmed, unconfirmed, indeterminate, unread }
        var offer: Offer
        var at: Int64
        var lines: [Int]
        /// Those of them with which it came; an answer, or a REPORT, has lines of its own.
        let arrival: [Int]
        var state: State = .open
        /// It wanted no answer, so that whoever sent it cannot know whether it arrived.
        var wantsNoAnswer = false
        /// Lines of the answers that were not asked for.
        var unaskedLines: [Int] = []
        /// The code of its REPORT; nil while there is none.
        var reported: Int?
        /// The code with which it was refused; nil for one that was not, or had no answer.
        var refusedWith: Int?

        init(offer: Offer, at: Int64, lines: [Int]) {
            self.offer = offer
            self.at = at
            self.lines = lines
            arrival = lines
        }

        /// True when the user's side took the item over. Bytes that ran into the socket of a silent client reached
        /// nobody.
        var isTakenOver: Bool { state == .confirmed || state == .indeterminate }
    }

    struct SubmissionRecord {
        var submission: Submission
        var at: Int64
        var lines: [Int]
        var accepted: Bool?
        var code: Int?
        var answeredAt: Int64?
    }

    struct SessionRecord {
        var session: GroupSession
        var askedAt: Int64
        var lines: [Int]
        var joinedAt: Int64?
        /// Who is to open its carriage; nil while offer and answer have not met.
        var opening: Opening?
        /// When something crossed its carriage first.
        var carriedAt: Int64?
        /// When its carriage broke while it stood.
        var lostAt: Int64?
        var endedAt: Int64?
        var endedBy: Side?
        var cause: EndCause?
        /// When its carriage, or every connection of the user's, broke; nil again once an item has come in it since.
        var brokenAt: Int64?

        /// Whether it stood at the time.
        func stands(at time: Int64) -> Bool {
            guard let joinedAt else { return false }
            return joinedAt <= time && time < min(endedAt ?? .max, brokenAt ?? .max)
        }
    }

    /// One look at what the user of a client under test sees.
    struct ViewRecord {
        var view: UserView
        var at: Int64
        var lines: [Int]
    }

    /// What an operator was asked and answered.
    struct AnswerRecord {
        var answer: OperatorAnswer
        var at: Int64
        var lines: [Int]
    }

    /// A message of the script under its label.
    struct ScriptMessage {
        var label: String
        var id: String
        var by: String
        /// The script's name of the group that it was sent to.
        var group: String
        var isMarker: Bool
        var isConcurrent: Bool
        /// The step that sent it; nil for a marker.
        var step: Int?
        var act: Fact
        /// Position among all sends of the script.
        var ordinal: Int
    }

    /// One time during which an actor was away: from the act, or from the beginning, to its return.
    struct AbsenceRecord {
        /// nil for one who was away from the invitation on.
        var began: Int64?
        var effective: Int64?
        /// nil for one who never came back.
        var returned: Int64?
        /// The script went on before the implementation had noticed.
        var isUnawaited = false

        func covers(_ time: Int64) -> Bool { (began ?? .min) <= time && time < (returned ?? .max) }

        /// After the loss and before its recognition, in an absence whose script let something happen there.
        func isUnnoticed(at time: Int64) -> Bool { isUnawaited && covers(time) && time < effective ?? .max }
    }

    private(set) var facts: [Fact] = []
    private(set) var offers: [OfferRecord] = []
    private(set) var submissions: [SubmissionRecord] = []
    private(set) var sessions: [SessionRecord] = []
    private(set) var messages: [ScriptMessage] = []
    private(set) var acts: [(fact: Fact, act: Act)] = []
    /// What the clean-up did; nobody's verdict rests on it.
    private(set) var closingActs: [(fact: Fact, act: Act)] = []
    private(set) var waits: [(fact: Fact, wait: Wait)] = []
    /// Those who were away, each with its absences in order.
    private(set) var absences: [String: [AbsenceRecord]] = [:]
    /// When each actor came back, or did what would have brought it back.
    private(set) var returns: [String: [Int64]] = [:]
    /// With which of its devices, by the same places.
    private(set) var returnedDevices: [String: [Int]] = [:]
    /// Every focus that the implementation named for a group.
    private(set) var focuses: [GroupIdentity: Set<String>] = [:]
    private(set) var groups: [String: GroupIdentity] = [:]
    private(set) var stalls: [(at: Int64, milliseconds: Int64, lines: [Int])] = []
    /// When the clean-up began; what came later shows the end of the case and nothing of the implementation's state.
    private(set) var closing: Int64 = .max
    /// What the user of a client under test saw, in the order in which it was looked at.
    private(set) var views: [ViewRecord] = []
    /// What an operator answered in place of an upper tester, in order.
    private(set) var answers: [AnswerRecord] = []
    private(set) var garbage: [(user: String, reason: String, lines: [Int])] = []
    /// Messages that the implementation began and never ended, each with when its connection was closed.
    private(set) var unfinished: [(user: String, since: Int64, closed: Int64, lines: [Int])] = []
    /// Those who read nothing at the moment.
    private var silences = Silences()
    /// Where to find things without looking through all.
    private(set) var index = EvidenceIndex()

    init(_ facts: [Fact]) {
        self.facts = facts
        for fact in facts { take(fact) }
    }

    private mutating func take(_ fact: Fact) {
        switch fact.what {
        case .offered(let offer):
            precondition(offer.id == offers.count, "offers are numbered as they come")
            index.add(offer)
            offers.append(OfferRecord(offer: offer, at: fact.at, lines: fact.lines))
            if let session = offer.session, sessions.indices.contains(session), !Self.isNotified(offer) {
                sessions[session].brokenAt = nil
            }
            silences.take(offer)
        case .confirmed(let id):
            guard offers.indices.contains(id) else { return }
            offers[id].wantsNoAnswer = fact.lines.allSatisfy(offers[id].arrival.contains)
            settle(id, isUnread(offers[id]) ? .unread : .confirmed, fact)
        case .unconfirmed(let id, let code):
            settle(id, .unconfirmed, fact)
            if let code, offers.indices.contains(id) { offers[id].refusedWith = code }
        case .indeterminate(let id): settle(id, .indeterminate, fact)
        case .reported(let id, let code):
            guard offers.indices.contains(id) else { return }
            offers[id].reported = code
            offers[id].lines += fact.lines
        case .unasked(let id, _): if offers.indices.contains(id) { offers[id].unaskedLines += fact.lines }
        case .submitted(let submission):
            precondition(submission.id == submissions.count, "submissions are numbered as they come")
            index.add(submission)
            submissions.append(SubmissionRecord(submission: submission, at: fact.at, lines: fact.lines))
        case .submissionAnswered(let id, let accepted, let code):
            guard submissions.indices.contains(id) else { return }
            submissions[id].accepted = accepted
            submissions[id].code = code
            submissions[id].answeredAt = fact.at
            submissions[id].lines += fact.lines
        case .act(let act): take(act, fact)
        case .wait(let wait): waits.append((fact, wait))
        case .stalled(let milliseconds): stalls.append((fact.at, milliseconds, fact.lines))
        case .seen(let view): views.append(ViewRecord(view: view, at: fact.at, lines: fact.lines))
        case .answered(let answer): answers.append(AnswerRecord(answer: answer, at: fact.at, lines: fact.lines))
        case .garbage(let user, let reason): garbage.append((user, reason, fact.lines))
        case .unfinished(let user, let since): unfinished.append((user, since, fact.at, fact.lines))
        default: takeSession(fact)
        }
    }

    private mutating func takeSession(_ fact: Fact) {
        switch fact.what {
        case .invited(let session), .asked(let session):
            precondition(session.id == sessions.count, "sessions are numbered as they come")
            sessions.append(SessionRecord(session: session, askedAt: fact.at, lines: fact.lines))
            // One that the user asks for may go to a factory, which is no focus yet.
            if session.by == .implementation { takeFocus(session.focus, of: session.group) }
        case .focus(let id, let focus) where sessions.indices.contains(id):
            sessions[id].session.focus = focus
            takeFocus(focus, of: sessions[id].session.group)
        case .joined(_, let id) where sessions.indices.contains(id):
            if sessions[id].joinedAt == nil { sessions[id].joinedAt = fact.at }
        case .agreed(let id, let opening) where sessions.indices.contains(id):
            sessions[id].opening = opening
        case .carried(let id) where sessions.indices.contains(id):
            if sessions[id].carriedAt == nil { sessions[id].carriedAt = fact.at }
        case .ended(_, let id, let by, let cause) where sessions.indices.contains(id):
            sessions[id].endedAt = fact.at
            sessions[id].endedBy = by
            sessions[id].cause = cause
            sessions[id].lines += fact.lines
        case .carriageLost(_, let id) where sessions.indices.contains(id):
            sessions[id].lostAt = fact.at
            sessions[id].brokenAt = sessions[id].brokenAt ?? fact.at
        case .unreachable(let user): breakSessions(of: user, at: fact.at)
        default: break
        }
    }

    /// Every session of a user whose connections are all gone.
    private mutating func breakSessions(of user: String, at time: Int64) {
        for place in sessions.indices
        where sessions[place].session.user == user && sessions[place].joinedAt != nil && sessions[place].endedAt == nil {
            sessions[place].brokenAt = sessions[place].brokenAt ?? time
        }
    }

    /// A list by NOTIFY comes by another connection than what a session carries.
    private static func isNotified(_ offer: Offer) -> Bool {
        if case .roster(let roster) = offer.item { roster.carriage == .subscription } else { false }
    }

    /// Whether what wanted no answer ran into the socket of a silent user. An answer has a line of its own.
    private func isUnread(_ record: OfferRecord) -> Bool { record.wantsNoAnswer && silences.covers(record.offer) }

    private mutating func takeFocus(_ focus: String?, of group: GroupIdentity?) {
        if let focus, let group { focuses[group, default: []].insert(focus) }
    }

    private mutating func settle(_ id: Int, _ state: OfferRecord.State, _ fact: Fact) {
        guard offers.indices.contains(id) else { return }
        // That a connection went soon afterwards makes nothing of what nobody read, and of what was refused.
        let isSettled = [.unread, .unconfirmed].contains(offers[id].state)
        if state != .indeterminate || !isSettled { offers[id].state = state }
        offers[id].lines += fact.lines
    }

    private mutating func take(_ act: Act, _ fact: Fact) {
        if act.phase == "closing" {
            closing = min(closing, fact.at)
            closingActs.append((fact, act))
            return
        }
        index.add(act, at: acts.count)
        acts.append((fact, act))
        switch act.step {
        case "create":
            guard let group = act.text("group"), let conversation = act.text("conversation"),
                let contribution = act.text("contribution")
            else { return }
            groups[group] = GroupIdentity(conversation: conversation, contribution: contribution)
        case "send":
            guard let label = act.text("as"), let id = act.text("message"), let by = act.text("by") else { return }
            index.add(label: label, id: id, at: messages.count)
            messages.append(
                ScriptMessage(
                    label: label, id: id, by: by, group: act.text("group") ?? "", isMarker: act.flag("marker"),
                    isConcurrent: act.flag("concurrent"), step: act.index, act: fact, ordinal: messages.count))
        default: if let who = act.text("who") { takeAbsence(of: who, act, fact) }
        }
    }

    private mutating func takeAbsence(of who: String, _ act: Act, _ fact: Fact) {
        let last = absences[who].flatMap { $0.indices.last }
        let open = last.flatMap { absences[who]?[$0].returned == nil ? $0 : nil }
        // A session that one fell silent in may be left behind for good, though nobody ended it: what comes in it now shows.
        if ["return", "rejoin"].contains(act.step), silences.isSilent(who) { breakSessions(of: who, at: fact.at) }
        silences.take(act, of: who)
        switch act.step {
        case "away":
            absences[who, default: []].append(AbsenceRecord(began: fact.at, isUnawaited: act.fields["waits"] == .bool(false)))
        case "effective":
            if let open {
                absences[who]?[open].effective = fact.at
            } else {
                absences[who, default: []].append(AbsenceRecord(effective: fact.at))
            }
        case "return", "rejoin":
            returns[who, default: []].append(fact.at)
            returnedDevices[who, default: []].append(act.fields["device"]?.int ?? 1)
            if let open { absences[who]?[open].returned = fact.at }
        default: break
        }
    }
}
