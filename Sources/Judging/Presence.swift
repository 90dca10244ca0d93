import Facts
import TestCases

/// When an actor was in a group and could be served as things happened: what reaches it then is live relay, and no
/// storing or delivering of what was missed.
struct Presence {
    private let user: String
    private let isMember: Bool
    private let added: Int64?
    /// When its right ended: it left, was put out, or declined for good.
    private let departed: Int64?
    private let absences: [Evidence.AbsenceRecord]
    private let sessions: [Evidence.SessionRecord]
    private let hasReturned: Bool

    /// - Parameter group: the script's name of it.
    init(of user: String, in group: String, _ context: CheckContext) {
        self.user = user
        let evidence = context.evidence
        isMember = context.testCase.absence(of: user) != .neverInvited
        added = evidence.acts.first { entry in
            entry.act.step == "add" && entry.act.text("who") == user && (entry.act.text("group") ?? group) == group
        }?.fact.at
        departed = Self.departure(of: user, group: group, evidence)?.at
        absences = evidence.absences[user] ?? []
        hasReturned = evidence.returns[user] != nil
        let own = evidence.groups[group]
        sessions = evidence.sessions.filter { $0.session.user == user && $0.session.group == own }
    }

    /// True for one to whom nothing can have been deferred, rightly or wrongly: it was there all the time.
    var isConstant: Bool { isMember && absences.isEmpty && departed == nil && !hasReturned && added == nil }

    /// From when on the user had no right any more; nil for one who kept it, and for one who never had any.
    static func departure(
        of user: String, group: String, _ evidence: Evidence
    ) -> (at: Int64, isRefusal: Bool)? {
        for entry in evidence.acts
        where ["leave", "boot"].contains(entry.act.step) && entry.act.text("who") == user && entry.act.text("group") == group {
            return (evidence.end(ofStep: entry.act.index)?.fact.at ?? entry.fact.at, false)
        }
        for fact in evidence.facts {
            guard case .refused(user, let id, .user, 600...699) = fact.what else { continue }
            if evidence.session(id)?.session.group == evidence.groups[group] { return (fact.at, true) }
        }
        return nil
    }

    /// True when the user had been added, and had not gone, when something was sent.
    func isMember(at time: Int64) -> Bool {
        isMember && time >= added ?? .min && time < departed ?? .max
    }

    /// True when the user had been lost, and the script had not let that be noticed, when something was sent.
    func isUnnoticed(at time: Int64) -> Bool { isMember(at: time) && absences.contains { $0.isUnnoticed(at: time) } }

    /// The script went on in some absence before it was noticed.
    var hasUnnoticedLoss: Bool { absences.contains(where: \.isUnawaited) }

    /// True when the user had not yet been added.
    func isBeforeInvitation(_ time: Int64) -> Bool { isMember && time < added ?? .min }

    /// Whether the user was there: before any absence, or again in a session that goes on.
    func isThere(at time: Int64) -> Bool {
        guard isMember(at: time), !absences.contains(where: { $0.covers(time) }) else { return false }
        guard let first = absences.first, first.began.map({ $0 <= time }) ?? true else { return true }
        // A session that an absence broke was never ended, perhaps, and stands no more all the same.
        return sessions.contains { $0.session.form != .deferred && $0.stands(at: time) }
    }

    /// Whether what was sent at one time and came at another was relayed as it happened.
    ///
    /// - Parameter received: nil for what never came.
    func isLive(sent: Int64, received: Int64?) -> Bool {
        guard isThere(at: sent) else { return false }
        guard let received, received > sent else { return true }
        let went = absences.contains { ($0.began ?? .min) > sent && ($0.began ?? .min) <= received }
        let left = departed.map { $0 > sent && $0 <= received } ?? false
        return !went && !left
    }

    func isLive(_ script: Evidence.ScriptMessage, received: Int64?, _ evidence: Evidence) -> Bool {
        isLive(sent: evidence.submission(of: script)?.at ?? script.act.at, received: received)
    }
}
