import Facts

/// What one exchange owes whom, kept from its facts: nothing acknowledged may be lost, nothing confirmed may come again.
///
/// Pure: it sees facts in their order and the two moments at which the enabler was killed and was there again.
struct DurabilityLedger {
    /// Something that one user is to get once.
    enum Debt: Hashable, Comparable {
        case message(id: String, at: String)
        case report(about: String, status: String, from: String, at: String)

        var sentence: String {
            switch self {
            case .message(let id, let user): "message \(id) to \(user)"
            case .report(let id, let status, let from, let user): "'\(status)' about \(id) by \(from) to \(user)"
            }
        }

        static func < (one: Debt, other: Debt) -> Bool { one.sentence < other.sentence }
    }

    private struct Arrival {
        var debt: Debt
        var at: Int64
    }

    /// Answers that were written so shortly before the kill may never have been read.
    static let doubt: Int64 = 500_000_000

    let members: [String]
    private let addresses: AddressBook
    private var submissions: [Int: Submission] = [:]
    private var senders: [String: String] = [:]
    private var arrivals: [Int: [Arrival]] = [:]
    /// When what was confirmed had come.
    private var confirmed: [Debt: Int64] = [:]
    private var seen: Set<Debt> = []
    /// How often it was submitted and has not come yet: who got a message twice, in doubt, may report on it twice.
    private var claims: [Debt: Int] = [:]
    private var takenOver: Set<Debt> = []

    private(set) var owed: Set<Debt> = []
    private(set) var sent = 0
    private(set) var acknowledged = 0
    /// Confirmed, and delivered once more all the same.
    private(set) var repeated: [Debt] = []
    /// Came again, which they may or must: never confirmed, or confirmed a moment before the kill.
    private(set) var redelivered = 0
    private(set) var killedAt: Int64?
    private var restartedAt: Int64?
    /// Submissions that had no answer when the enabler was killed.
    private(set) var inFlightAtKill = 0
    /// Owed when the enabler was killed, and not taken over by then.
    private(set) var openAtKill = 0
    private(set) var confirmedAtKill = 0

    init(members: [String], addresses: AddressBook) {
        self.members = members
        self.addresses = addresses
    }

    /// What is owed and has not been taken over by whom it is for.
    var missing: Set<Debt> { owed.subtracting(takenOver) }

    mutating func killed(at time: Int64) {
        killedAt = time
        confirmed = confirmed.filter { !isDoubtful($0.value) }
        inFlightAtKill = submissions.count
        openAtKill = missing.count
        confirmedAtKill = confirmed.count
    }

    /// It is there again: nothing of the old one can come any more.
    mutating func restarted(at time: Int64) { restartedAt = time }

    mutating func take(_ fact: Fact) {
        switch fact.what {
        case .submitted(let submission):
            submissions[submission.id] = submission
            if case .message(let chat) = submission.item, let id = chat.id {
                senders[id] = submission.user
                sent += 1
            }
            for debt in debts(of: submission.item, from: submission.user) { claims[debt, default: 0] += 1 }
        case .submissionAnswered(let number, let isAccepted, _):
            guard let submission = submissions.removeValue(forKey: number), isAccepted else { return }
            acknowledged += 1
            owed.formUnion(debts(of: submission.item, from: submission.user))
        case .offered(let offer): take(offer, at: fact.at)
        case .confirmed(let number): settle(number, isConfirmed: true)
        case .indeterminate(let number): settle(number, isConfirmed: false)
        default: break
        }
    }

    private func debts(of item: Item, from user: String) -> [Debt] {
        switch item {
        case .message(let chat):
            guard let id = chat.id else { return [] }
            return members.filter { $0 != user }.map { .message(id: id, at: $0) }
        case .dispositions(let reports):
            return reports.compactMap { report in
                senders[report.message].map {
                    .report(about: report.message, status: report.status, from: user, at: $0)
                }
            }
        default: return []
        }
    }

    private mutating func take(_ offer: Offer, at time: Int64) {
        var debts: [Debt] = []
        switch offer.item {
        case .message(let chat): if let id = chat.id { debts = [.message(id: id, at: offer.user)] }
        case .dispositions(let reports):
            debts = reports.compactMap { report in
                addresses.actor(of: report).map {
                    .report(about: report.message, status: report.status, from: $0, at: offer.user)
                }
            }
        default: break
        }
        for debt in debts {
            if confirmed[debt] != nil, claims[debt] == nil {
                repeated.append(debt)
            } else if !seen.insert(debt).inserted {
                redelivered += 1
            }
            claims[debt] = claims[debt].flatMap { $0 > 1 ? $0 - 1 : nil }
        }
        arrivals[offer.id] = debts.map { Arrival(debt: $0, at: time) }
    }

    private mutating func settle(_ number: Int, isConfirmed: Bool) {
        for arrival in arrivals.removeValue(forKey: number) ?? [] {
            takenOver.insert(arrival.debt)
            if isConfirmed, !isDoubtful(arrival.at) { confirmed[arrival.debt] = arrival.at }
        }
    }

    private func isDoubtful(_ time: Int64) -> Bool {
        guard let killedAt else { return false }
        // What it had written may be read after it is gone.
        return time > killedAt - Self.doubt && time < (restartedAt ?? .max)
    }
}
