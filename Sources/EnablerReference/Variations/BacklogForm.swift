import Payloads

/// What variations make of a backlog before it is delivered. Without one, nothing is touched.
struct BacklogForm: Sendable {
    typealias Entry = DeliveryMachine.Entry

    private let variations: Set<Variation>
    /// What the client has answered, with the time; as long as it can be called fresh.
    private var answered: [(entry: Entry, at: Int64)] = []
    /// Nanoseconds for which nobody relies on an answer.
    private static let fresh: Int64 = 100_000_000

    init(_ variations: Set<Variation>) { self.variations = variations }

    /// Whether the final list goes to the client's subscription.
    var notifiesFinal: Bool { variations.contains(.finalListByNotify) }

    /// Whether reports that follow one another come in one body.
    var joinsReports: Bool { variations.contains(.reportsTogether) }

    /// Messages of different senders change places where nobody can tell which was first.
    func order(_ queue: inout EntryQueue) {
        guard variations.contains(.sendersSwapped) else { return }
        var entries = Array(queue)
        entries.swapConcurrent()
        queue = EntryQueue(entries)
    }

    /// The client has answered an offer at a time in nanoseconds.
    mutating func confirmed(_ entry: Entry, at now: Int64) {
        guard variations.contains(.uncertainAgain), !entry.owed.kind.isRoster, entry.owed.item > 0 else { return }
        answered.removeAll { now - $0.at > Self.fresh }
        answered.append((entry, now))
    }

    /// What is owed once more, since its answer came just before the session broke.
    mutating func uncertain(at now: Int64) -> [Entry] {
        defer { answered = [] }
        return answered.filter { now - $0.at <= Self.fresh }.map { answer in
            var entry = answer.entry
            entry.wasStored = true
            return entry
        }
    }

    /// Leaves out each list of a change that another follows within the interval, which then shows all; the first list is
    /// the one at the invitation and stays. Returns the items that are told by another one.
    func gather(_ queue: inout EntryQueue) -> [Int64] {
        guard variations.contains(.changesToldTogether) else { return [] }
        var entries = Array(queue)
        var told: [Int64] = []
        let lists = entries.indices.filter { entries[$0].owed.kind == .roster }
        // When the first of those happened that one list tells.
        var begun: Int64?
        for (place, next) in zip(lists, lists.dropFirst()) where place > 0 {
            let (earlier, later) = (entries[place].owed, entries[next].owed)
            let first = begun ?? earlier.createdAt
            begun = later.createdAt - first <= Variation.listInterval ? first : nil
            guard begun != nil else { continue }
            entries[next].showsAll = true
            told.append(earlier.item)
        }
        if told.isEmpty { return [] }
        entries.removeAll { told.contains($0.owed.item) }
        queue = EntryQueue(entries)
        return told
    }

    /// Several stored reports as one; nil where one of them cannot be read.
    func joined(_ items: [StoredItem], from focus: String) -> StoredItem? {
        var reports: [DispositionReport] = []
        var wrapper: CPIMMessage?
        for item in items {
            guard let message = try? CPIMMessage(parsing: item.body), let type = message.contentType,
                let all = try? DispositionReport.all(in: message.body, contentType: type)
            else { return nil }
            reports += all.map { report in
                var report = report
                report.originalRecipientURI = report.originalRecipientURI ?? message.from?.uri
                return report
            }
            wrapper = wrapper ?? message
        }
        guard var message = wrapper, var item = items.first else { return nil }
        let (type, body) = DispositionReport.aggregated(reports, seed: "reports\(item.id)")
        message.from = CPIMAddress(uri: focus)
        message.contentHeaders = [:]
        message.contentType = type
        message.body = body
        item.body = message.serialized()
        return item
    }
}
