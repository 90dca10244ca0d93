import Diagnostics
import Payloads
import Recordings

/// What the decoders of a recording share: the sessions, the numbering of items, and the facts of the line at hand.
struct DecoderState: Sendable {
    let limits: Limits
    let isClientTested: Bool
    private(set) var now: Int64 = 0
    private(set) var line = 0
    private var out: [Fact] = []

    private(set) var sessions: [GroupSession] = []
    private var ended: Set<Int> = []
    private var joined: Set<Int> = []
    private var offerCount = 0
    private var submissionCount = 0
    private var streamCount = 0
    private var openConnections: [String: Int] = [:]

    /// Dialogs of each actor: actor and Call-ID to session number.
    private var dialogs: [String: Int] = [:]
    /// Session of an actor by the MSRP session id that the actor announced.
    private var carriages: [String: Int] = [:]
    /// Participant-information streams: a subscription's dialog, or a session.
    private var streams: [String: Int] = [:]

    /// What each side said of a session's media; the first is the offer.
    private var descriptions: [Int: (offer: MSRPMedia, isOfUser: Bool)] = [:]
    /// What the user takes, by session.
    private(set) var userMedia: [Int: MSRPMedia] = [:]
    private var agreed: Set<Int> = []
    private var carried: Set<Int> = []

    /// Groups by the names that a client under test gives them, in requests to its upper tester.
    var conversations: [String: GroupIdentity] = [:]

    /// REGISTER requests on the way, by actor, Call-ID and number: true when they ask for a binding.
    var registrations: [String: Bool] = [:]
    /// Items outside a session's carriage that wait for the actor's answer.
    var awaitedOffers: [String: Int] = [:]
    /// Items that the actor sent outside a session's carriage.
    var awaitedSubmissions: [String: Int] = [:]

    init(limits: Limits, isClientTested: Bool = false) {
        self.limits = limits
        self.isClientTested = isClientTested
    }

    /// Bytes that cannot be read are told when the implementation under test wrote them; those of the harness are meant.
    mutating func cannotRead(_ actor: String, _ reason: String, fromEnabler: Bool) {
        if fromEnabler != isClientTested { emit(.garbage(user: actor, reason: reason)) }
    }

    /// What the implementation under test began and its connection took away.
    mutating func neverEnded(_ actor: String, since: Int64, lines: [Int], fromEnabler: Bool) {
        guard fromEnabler != isClientTested else { return }
        let ends = [lines.first, lines.last].compactMap(\.self)
        emit(.unfinished(user: actor, since: since), lines: ends.first == ends.last ? Array(ends.prefix(1)) : ends)
    }

    mutating func begin(_ line: RecordedLine) {
        now = line.t
        self.line = line.n
    }

    mutating func finish() -> [Fact] {
        defer { out.removeAll(keepingCapacity: true) }
        return out
    }

    mutating func emit(_ kind: FactKind, lines: [Int] = []) {
        out.append(Fact(at: now, lines: lines.isEmpty ? [line] : lines, what: kind))
    }

    // MARK: connections

    mutating func connectionOpened(_ actor: String) { openConnections[actor, default: 0] += 1 }

    mutating func connectionClosed(_ actor: String) {
        openConnections[actor, default: 1] -= 1
        if openConnections[actor] == 0 { emit(.unreachable(user: actor)) }
    }

    // MARK: sessions

    func session(_ actor: String, dialog: String) -> Int? { dialogs["\(actor)\n\(dialog)"] }

    /// A new session, not yet told: fill it in, then `tell` it.
    mutating func makeSession(_ actor: String, dialog: String, by: Side) -> GroupSession {
        let session = GroupSession(id: sessions.count, user: actor, by: by)
        sessions.append(session)
        dialogs["\(actor)\n\(dialog)"] = session.id
        return session
    }

    mutating func tell(_ session: GroupSession, lines: [Int]) {
        sessions[session.id] = session
        emit(session.by == .user ? .asked(session) : .invited(session), lines: lines)
    }

    mutating func update(_ id: Int, _ change: (inout GroupSession) -> Void) { change(&sessions[id]) }

    mutating func markJoined(_ id: Int, lines: [Int]) {
        guard joined.insert(id).inserted else { return }
        emit(.joined(user: sessions[id].user, session: id), lines: lines)
    }

    func isJoined(_ id: Int) -> Bool { joined.contains(id) }

    mutating func markEnded(_ id: Int, by: Side, cause: EndCause, lines: [Int]) {
        guard ended.insert(id).inserted else { return }
        emit(.ended(user: sessions[id].user, session: id, by: by, cause: cause), lines: lines)
    }

    func isEnded(_ id: Int) -> Bool { ended.contains(id) }

    /// The newest session of an actor whose focus is this one.
    func session(_ actor: String, focus: String) -> Int? {
        sessions.last { $0.user == actor && $0.focus == focus }?.id
    }

    // MARK: carriage and items

    /// A side has described its media; the second one to do so answers.
    mutating func describe(_ id: Int, _ media: MSRPMedia, isOfUser: Bool, lines: [Int]) {
        if isOfUser { userMedia[id] = media }
        guard let first = descriptions[id] else {
            descriptions[id] = (media, isOfUser)
            return
        }
        guard first.isOfUser != isOfUser, agreed.insert(id).inserted else { return }
        emit(.agreed(session: id, opening(first.offer, answer: media, isUsersAnswer: isOfUser)), lines: lines)
    }

    /// The user has accepted an offer without a medium that can be used.
    mutating func describeNothing(_ id: Int, lines: [Int]) {
        guard let first = descriptions[id], !first.isOfUser, agreed.insert(id).inserted else { return }
        emit(.agreed(session: id, .nobody("its answer has no MSRP medium")), lines: lines)
    }

    private func opening(_ offer: MSRPMedia, answer: MSRPMedia, isUsersAnswer: Bool) -> Opening {
        if isUsersAnswer {
            switch (offer.setup, answer.setup) {
            case (_, .holdconn?): return .nobody("its answer has the set-up 'holdconn'")
            case (.active?, .active?): return .nobody("its answer has the set-up 'active', and so has the offer")
            case (nil, .active?): return .nobody("its answer has the set-up 'active', and the offer has none, which means the same")
            case (.passive?, .passive?): return .nobody("its answer has the set-up 'passive', and so has the offer")
            default: break
            }
        }
        let isOfferer = MSRPMedia.connector(offer: offer, answer: answer) == .offerer
        return isOfferer == isUsersAnswer ? .implementation : .user
    }

    /// Something crossed the carriage of a session.
    mutating func markCarried(_ id: Int, lines: [Int]) {
        if carried.insert(id).inserted { emit(.carried(session: id), lines: lines) }
    }

    mutating func bind(_ actor: String, carriage: String, to session: Int) {
        carriages["\(actor)\n\(carriage)"] = session
    }

    func session(_ actor: String, carriage: String?) -> Int? {
        carriage.flatMap { carriages["\(actor)\n\($0)"] }
    }

    /// The number of a stream; `isNew` when it was not known.
    mutating func stream(_ key: String) -> Int {
        if let known = streams[key] { return known }
        defer { streamCount += 1 }
        streams[key] = streamCount
        return streamCount
    }

    mutating func offer(
        _ item: Item, to actor: String, session: Int?, lines: [Int], wantsReport: Bool = false, isAccepted: Bool = true
    ) -> Int {
        var offer = Offer(id: offerCount, user: actor, session: session, item: item)
        offer.wantsReport = wantsReport
        offer.isAccepted = isAccepted
        offerCount += 1
        emit(.offered(offer), lines: lines)
        return offer.id
    }

    mutating func submit(_ item: Item, from actor: String, session: Int?, lines: [Int], wantsAnswer: Bool = true) -> Int {
        var submission = Submission(id: submissionCount, user: actor, session: session, item: item)
        submission.wantsAnswer = wantsAnswer
        submissionCount += 1
        emit(.submitted(submission), lines: lines)
        return submission.id
    }
}
