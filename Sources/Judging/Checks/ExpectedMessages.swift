import Facts
import TestCases

/// The messages that a case owes to one user, each with what was sent and every time it was offered.
struct ExpectedMessages {
    struct Owed {
        var script: Evidence.ScriptMessage
        var submission: Evidence.SubmissionRecord
        /// Offers that carry this message and that the user's side took over, in the order they came.
        var offers: [Evidence.MessageOffer]
        /// Sent while the user was there, and not left until the user had gone: what became of it shows the live relay,
        /// and nothing of storing and delivering.
        var isLive = false
        /// Sent after the user was lost and before that was noticed: `messages.in-the-window` looks at it.
        var isUnnoticed = false
    }

    let user: String
    /// The script's name of the group that owes them.
    let group: String
    private(set) var owed: [Owed] = []
    /// Labels that cannot be judged, with the reason.
    private(set) var unsent: [String] = []
    /// The same of those that were sent before a loss was noticed.
    private(set) var unsentUnnoticed: [(label: String, reason: String)] = []
    /// Offers of messages that belong to none of the owed ones.
    private(set) var others: [Evidence.MessageOffer] = []
    /// Copies of what had been confirmed, under an id that nobody gave it.
    private(set) var again: [(record: Evidence.OfferRecord, label: String)] = []
    /// Items of the group, or of none, that are nothing known or cannot be read.
    private(set) var unreadable: [Unreadable] = []
    let presence: Presence

    /// An item that may have been a message.
    struct Unreadable {
        var text: String
        var isBroken: Bool
        var lines: [Int]
    }

    init(user: String, group: String, labels: [String], _ context: CheckContext) {
        self.user = user
        self.group = group
        let evidence = context.evidence
        presence = Presence(of: user, in: group, context)
        for label in labels {
            guard let script = evidence.message(labelled: label) else {
                unsent.append("\(label) was never sent")
                continue
            }
            guard let submission = evidence.submission(of: script) else {
                leaveOut(script, "\(label) never left \(script.by)")
                continue
            }
            guard submission.accepted == true else {
                leaveOut(
                    script, "\(label) was not accepted from \(script.by)" + (submission.code.map { " (\($0))" } ?? ""))
                continue
            }
            owed.append(
                Owed(
                    script: script, submission: submission, offers: [],
                    isUnnoticed: presence.isUnnoticed(at: submission.at)))
        }
        assignOffers(evidence)
        for place in owed.indices {
            owed[place].isLive = presence.isLive(
                sent: owed[place].submission.at, received: owed[place].offers.first?.record.at)
        }
        let from = context.returned(user) ?? 0
        unreadable = evidence.otherOffers(at: user).filter { $0.at >= from }.compactMap { unreadable($0, evidence) }
    }

    private mutating func leaveOut(_ script: Evidence.ScriptMessage, _ reason: String) {
        if presence.isUnnoticed(at: script.act.at) {
            unsentUnnoticed.append((script.label, reason))
        } else {
            unsent.append(reason)
        }
    }

    private func unreadable(_ record: Evidence.OfferRecord, _ evidence: Evidence) -> Unreadable? {
        guard case .other(let type, let problems) = record.offer.item else { return nil }
        // What belongs to another group is left over from it.
        if let other = evidence.session(record.offer.session)?.session.group, other != evidence.groups[group] { return nil }
        let line = record.lines.first.map { " at line \($0)" } ?? ""
        let text = problems.isEmpty
            ? "an item of type \(type) came\(line), which is no chat message"
            : "an item came\(line) that cannot be read: \(problems.joined(separator: "; "))"
        return Unreadable(text: text, isBroken: !problems.isEmpty, lines: record.lines)
    }

    /// By Message-ID first; a copy whose id is missing or strange is recognised by sender and body, so that a changed
    /// id is one fault and not a loss with a stranger beside it.
    private mutating func assignOffers(_ evidence: Evidence) {
        var unknown: [Evidence.MessageOffer] = []
        let places = Dictionary(owed.enumerated().map { ($1.script.id, $0) }, uniquingKeysWith: { a, _ in a })
        for offered in evidence.messageOffers(at: user) {
            if let place = offered.message.id.flatMap({ places[$0] }) {
                if offered.record.isTakenOver { owed[place].offers.append(offered) }
            } else if evidence.message(withID: offered.message.id) == nil {
                unknown.append(offered)
            } else {
                others.append(offered)
            }
        }
        if !unknown.isEmpty { assignByBody(unknown, evidence) }
    }

    private mutating func assignByBody(_ unknown: [Evidence.MessageOffer], _ evidence: Evidence) {
        let own = evidence.groups[group]
        // Those of which nothing came, the last first, so that the first can be taken off.
        var lacking: [[UInt8]: [Int]] = [:]
        for (place, candidate) in owed.enumerated().reversed() where candidate.offers.isEmpty {
            guard case .message(let sent) = candidate.submission.submission.item else { continue }
            lacking[sent.body, default: []].append(place)
        }
        let twins = arrivedByLikeness()
        var markers = changedMarkers(evidence)
        let told = toldMarkers(evidence)
        // Those of which a copy came under a strange id.
        var renewed: [[UInt8]: Int] = [:]
        for offered in unknown {
            // What is left over from another group of the same user may well say the same words.
            let other = evidence.session(offered.record.offer.session)?.session.group
            if other == nil || other == own, offered.record.isTakenOver,
                let match = lacking[offered.message.body]?.popLast()
            {
                owed[match].offers.append(offered)
                renewed[offered.message.body] = match
            } else if other == nil || other == own, isAttempt(offered, at: renewed[offered.message.body], lacking) {
                // It came again because it may not have arrived, each time under another id.
                if offered.record.isTakenOver, let match = renewed[offered.message.body] { owed[match].offers.append(offered) }
            } else if other == nil || other == own, let match = Likeness(offered.message).flatMap({ twins[$0] }),
                !presence.isLive(sent: owed[match].submission.at, received: offered.record.at)
            {
                takeAgain(offered, match)
            } else if let marker = markers.firstIndex(where: { $0.isTold(by: offered) }) {
                // One that was not taken over may come again.
                if offered.record.isTakenOver { markers.remove(at: marker) }
            } else if let marker = Likeness(offered.message).flatMap({ told[$0] }), offered.record.offer.id > marker.offer {
                again.append((offered.record, marker.label))
            } else {
                others.append(offered)
            }
        }
    }

    /// What had come under its own id comes under another one: once too often where that was confirmed, else with an id
    /// that is wrong.
    private mutating func takeAgain(_ offered: Evidence.MessageOffer, _ match: Int) {
        if owed[match].offers.contains(where: { $0.record.state == .confirmed }) {
            again.append((offered.record, owed[match].script.label))
        } else if offered.record.isTakenOver {
            owed[match].offers.append(offered)
        }
    }

    /// By what one knows a message again whatever its id says: who sent it, when, and what. Where the time is not said,
    /// two are alike by their words alone, which is too little.
    private struct Likeness: Hashable {
        var sender: String
        var instant: Int64
        var body: [UInt8]

        init?(_ message: ChatMessage) {
            guard let from = message.sender, let sent = message.instant else { return nil }
            (sender, instant, body) = (AddressBook.canonical(from), sent, message.body)
        }
    }

    private func arrivedByLikeness() -> [Likeness: Int] {
        var places: [Likeness: Int] = [:]
        for (place, candidate) in owed.enumerated() where !candidate.offers.isEmpty {
            guard case .message(let sent) = candidate.submission.submission.item, let key = Likeness(sent) else { continue }
            places[key] = place
        }
        return places
    }

    /// One of several copies of what the user's side had not surely taken over before.
    private func isAttempt(
        _ offered: Evidence.MessageOffer, at place: Int?, _ lacking: [[UInt8]: [Int]]
    ) -> Bool {
        guard let place else { return !offered.record.isTakenOver && lacking[offered.message.body]?.isEmpty == false }
        return !offered.record.isTakenOver || owed[place].offers.contains { $0.record.state != .confirmed }
    }

    /// A marker whose own Message-ID never came to the user. It is the act of sending it that makes it one; its words only
    /// tell which of the strange items it is: one of them, and none that came before it was sent.
    private struct ChangedMarker {
        var body: [UInt8]
        var sentAt: Int64

        func isTold(by offered: Evidence.MessageOffer) -> Bool {
            offered.record.at >= sentAt && offered.message.body == body
        }
    }

    /// Markers that came as they were sent and were confirmed, each with its first copy.
    private func toldMarkers(_ evidence: Evidence) -> [Likeness: (label: String, offer: Int)] {
        var all: [Likeness: (label: String, offer: Int)] = [:]
        for marker in evidence.messages where marker.isMarker && marker.group == group {
            guard let first = evidence.copies(of: marker.id, at: user).first(where: { $0.record.state == .confirmed }),
                let key = Likeness(first.message)
            else { continue }
            all[key] = (marker.label, first.record.offer.id)
        }
        return all
    }

    private func changedMarkers(_ evidence: Evidence) -> [ChangedMarker] {
        evidence.messages.compactMap { marker in
            guard marker.isMarker, marker.group == group, evidence.copies(of: marker.id, at: user).isEmpty,
                let record = evidence.submission(of: marker), case .message(let sent) = record.submission.item
            else { return nil }
            return ChangedMarker(body: sent.body, sentAt: record.at)
        }
    }

    /// Those that storing and delivering had to bring.
    var deferred: [Owed] { owed.filter { !$0.isLive } }
    var arrived: [Owed] { owed.filter { !$0.offers.isEmpty } }
    /// Of these, those whose sending found the loss of the user noticed, or not noticed yet.
    var noticed: [Owed] { owed.filter { !$0.isLive && !$0.isUnnoticed } }
    var unnoticed: [Owed] { owed.filter { !$0.isLive && $0.isUnnoticed } }
    /// The labels of the latter, those among them that cannot be judged included.
    var unnoticedLabels: [String] { unnoticed.map(\.script.label) + unsentUnnoticed.map(\.label) }
    /// Lines of every offer of an owed message.
    var offerLines: [Int] { owed.flatMap { $0.offers.flatMap(\.record.lines) } }
    /// Why nothing can be said of storing and delivering; nil where something can.
    var reasonNotDeferred: String? {
        presence.isConstant ? "\(user) was there all the time, so that nothing was deferred for it" : nil
    }
}
