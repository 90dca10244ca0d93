public import TestCases

/// Hands out the users of an implementation exclusively: a case gets all that it needs at once, or waits.
///
/// Cases are served in the order they asked, so that none starves, and get the users in the order of the
/// description, so that two runs use the same ones.
public actor UserLeases {
    private typealias Answer = Result<[IXITUser], LeaseFailure>

    private struct Request {
        var id: Int
        var count: Int
        /// All that may be used, so that no other case runs meanwhile.
        var isExclusive: Bool
        var answers: AsyncStream<Answer>.Continuation
    }

    private let users: [IXITUser]
    private var taken: Set<Int> = []
    private var quarantined: Set<Int> = []
    private var waiting: [Request] = []
    /// Given out and not picked up yet: given back when the task that asked is cancelled in between.
    private var granted: [Int: [IXITUser]] = [:]
    private var lastRequest = 0

    public init(users: [IXITUser]) { self.users = users }

    /// Users that may still be leased, now or later.
    public var usable: Int { users.count - quarantined.count }

    /// Waits for `count` users. The caller gives them back by `release`.
    ///
    /// - Parameter exclusively: waits for all users there are, at least `count`, so that nobody else has one.
    public func lease(_ count: Int, exclusively: Bool = false) async throws(LeaseFailure) -> [IXITUser] {
        lastRequest += 1
        let id = lastRequest
        // A stream, because its iteration ends by itself when the task is cancelled.
        let (stream, answers) = AsyncStream.makeStream(of: Answer.self)
        waiting.append(Request(id: id, count: count, isExclusive: exclusively, answers: answers))
        serve()
        for await answer in stream {
            granted[id] = nil
            return try answer.get()
        }
        withdraw(id)
        throw .cancelled
    }

    /// Gives users back; those that would not come to rest are not used again in this run.
    public func release(_ leased: [IXITUser], quarantine: Bool = false) {
        for user in leased {
            guard let index = users.firstIndex(of: user) else { continue }
            taken.remove(index)
            if quarantine { quarantined.insert(index) }
        }
        serve()
    }

    private func withdraw(_ id: Int) {
        waiting.removeAll { $0.id == id }
        if let leased = granted.removeValue(forKey: id) { release(leased) } else { serve() }
    }

    private func serve() {
        while let next = waiting.first {
            guard next.count <= usable else {
                waiting.removeFirst().answers.yield(
                    .failure(.tooFew(needed: next.count, usable: usable, quarantined: quarantined.count)))
                continue
            }
            let free = users.indices.filter { !taken.contains($0) && !quarantined.contains($0) }
            let count = next.isExclusive ? usable : next.count
            guard count <= free.count else { return }
            let chosen = free.prefix(count)
            taken.formUnion(chosen)
            let leased = chosen.map { users[$0] }
            granted[next.id] = leased
            waiting.removeFirst().answers.yield(.success(leased))
        }
    }
}

/// Why a case got no users.
public enum LeaseFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The description has fewer users than the case needs, or too many of them would not come to rest.
    case tooFew(needed: Int, usable: Int, quarantined: Int)
    case cancelled

    public var description: String {
        switch self {
        case .tooFew(let needed, let usable, let quarantined):
            "the case needs \(needed) users and the implementation has \(usable) for it"
                + (quarantined > 0 ? ", \(quarantined) more would not come to rest" : "")
                + "; add users to the description"
        case .cancelled: "told to stop while waiting for users"
        }
    }
}
