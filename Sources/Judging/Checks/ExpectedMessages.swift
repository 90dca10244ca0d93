import Facts
import TestCases

/// The messages that a case owes to one user, each with what was sent and every time it was offered.
struct ExpectedMessages {
    struct Owed {
        var script: Evidence.ScriptMessage
        var submission: Evidence.SubmissionRecord
        /// Offers that carry this message and that the user's side took over, in the order they came.
        var offers: [Evidence.MessageOffer]
    }

    let user: String
    /// The script's name of the group that owes them.
    let group: String
    private(set) var owed: [Owed] = []
    /// Labels that cannot be judged, with the reason.
    private(set) var unsent: [String] = []
    /// Offers of messages that belong to none of the owed ones.
    private(set) var others: [Evidence.MessageOffer] = []

    init(user: String, group: String, labels: [String], evidence: Evidence) {
        self.user = user
        self.group = group
        for label in labels {
            guard let script = evidence.message(labelled: label) else {
                unsent.append("\(label) was never sent")
                continue
            }
            guard let submission = evidence.submission(of: script) else {
                unsent.append("\(label) never left \(script.by)")
                continue
            }
            guard submission.accepted == true else {
                unsent.append("\(label) was not accepted from \(script.by)" + (submission.code.map { " (\($0))" } ?? ""))
                continue
            }
            owed.append(Owed(script: script, submission: submission, offers: []))
        }
        assignOffers(evidence)
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
        for offered in unknown {
            // What is left over from another group of the same user may well say the same words.
            let other = evidence.session(offered.record.offer.session)?.session.group
            if other == nil || other == own, offered.record.isTakenOver,
                let match = lacking[offered.message.body]?.popLast()
            {
                owed[match].offers.append(offered)
            } else {
                others.append(offered)
            }
        }
    }

    var arrived: [Owed] { owed.filter { !$0.offers.isEmpty } }
    var missing: [Owed] { owed.filter(\.offers.isEmpty) }
    /// Lines of every offer of an owed message.
    var offerLines: [Int] { owed.flatMap { $0.offers.flatMap(\.record.lines) } }
}
