import Facts
import Recordings
import TestCases

/// All that a check may look at: the case, what the implementation claims, and the evidence.
struct CheckContext {
    let testCase: TestCase
    let addresses: AddressBook
    var evidence: Evidence
    /// Whether storing for absent users is said to be on; nil when the policy says nothing.
    let storageStated: Bool?
    /// Everything that the implementation claims.
    var claims = ICS()
    /// 058b is claimed.
    let claimsIntermediate: Bool
    /// Keys of the binding profile in force that the description of the implementation states too. What rests on any
    /// other key fails nobody by itself.
    var adopted: [BindingKey: String] = [:]
    /// The ICS states that one who declined is owed nothing.
    var statesDeclinedReading = true
    /// The ICS claims storing for those who were in and lost their connection.
    var claimsStoringAfterLoss = true

    /// What was missed goes to each device of a user, and not to the first alone; and whether the ICS says either.
    var deliversToEachDevice = false
    var statesPerDevice = true
    /// The ICS claims one order between the messages of different senders.
    var claimsOneOrder = false

    /// The final list stands behind the last message of its delivery.
    var finalListIsLast: Bool { adopted[.itemOrder] == "as-happened" }

    /// How long a delivery may take to begin, and to go on, in nanoseconds (IXIT `delivery-within`); 0 where it is not known.
    var deliveryWithin: Int64 = 0

    /// How far a list may lag behind its change, in nanoseconds (IXIT `participant-info-interval`).
    var participantInfoInterval: Int64 = 0

    /// What a check that rests on a key of the binding profile may do.
    func weight(_ key: BindingKey, _ value: String) -> Weight { adopted[key] == value ? .requirement : .warning }

    /// 058b is a MAY: who does not claim it fails nothing by it.
    var intermediateWeight: Weight { claimsIntermediate ? .requirement : .warning }

    /// When the user came back for the first time; nil for one who never did. What it missed may come from then on.
    func returned(_ user: String) -> Int64? { evidence.returns[user]?.first }

    /// When the user came back last.
    func returnedLast(_ user: String) -> Int64? { evidence.returns[user]?.last }

    /// The lists of a group that reached the user after it came back.
    func timeline(of user: String, group: String) -> RosterTimeline {
        RosterTimeline(
            user: user, group: evidence.groups[group], from: returned(user) ?? 0, evidence: evidence)
    }

    /// When the session of a group was over for all who were in it; nil while it stood for anybody, and for a group that
    /// nobody was in.
    func end(of group: String, before time: Int64) -> Int64? {
        guard let identity = evidence.groups[group] else { return nil }
        let live = evidence.sessions.filter { record in
            guard record.session.group == identity, record.session.form != .deferred, let joined = record.joinedAt,
                joined <= time
            else { return false }
            // What one was in before it went away says nothing: nobody may ever have ended it.
            return evidence.absences[record.session.user]?.contains { $0.began.map { $0 >= joined } ?? false } != true
        }
        guard let last = live.map({ $0.endedAt ?? .max }).max(), last <= time else { return nil }
        return last
    }

    /// True when nothing of what was deferred came to the user: since it came back there were at most messages that it
    /// got as they were sent, and lists that it had asked for itself.
    func nothingDeferred(at user: String, group: String) -> Bool {
        let from = returned(user) ?? 0
        let presence = Presence(of: user, in: group, self)
        return evidence.offers(at: user).allSatisfy { record in
            if record.at < from { return true }
            switch record.offer.item {
            case .message(let message):
                guard let script = evidence.message(withID: message.id) else { return false }
                return script.isMarker || presence.isLive(script, received: record.at, evidence)
            case .roster(let roster): return roster.carriage == .subscription
            // It may be passed on as it is sent, and is no proof that messages are kept.
            case .composing: return true
            case .dispositions, .other: return false
            }
        }
    }

    /// The messages of the script that came to the user after its return, each with the first of its copies: a later
    /// copy is a fault of its own and says nothing about the place of anything else.
    ///
    /// - Parameter group: the script's name of a group; what came of others has no place among its items.
    func firstOffers(at user: String, group: String) -> [(record: Evidence.OfferRecord, script: Evidence.ScriptMessage)] {
        let from = returned(user) ?? 0
        var seen: Set<String> = []
        return evidence.messageOffers(at: user).compactMap { record, message in
            guard record.isTakenOver, let script = evidence.message(withID: message.id), !script.isMarker,
                script.group == group, seen.insert(script.id).inserted, record.at >= from
            else { return nil }
            return (record, script)
        }
    }

    /// How a time is written in sentences: seconds with three decimals.
    func seconds(_ nanoseconds: Int64) -> String {
        let milliseconds = nanoseconds / 1_000_000
        let rest = milliseconds % 1000
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - "\(rest)".count) + "\(rest) s"
    }
}
