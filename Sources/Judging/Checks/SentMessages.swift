import Facts

/// Messages in the order in which they came and were sent, to be found by the time at which they left their senders.
struct SentMessages {
    private var offers: [(record: Evidence.OfferRecord, script: Evidence.ScriptMessage)] = []
    /// The earliest time from each on, and the latest up to each: messages on their way at once may leave in any order.
    private var earliest: [Int64] = []
    private var latest: [Int64] = []

    init(_ all: [(record: Evidence.OfferRecord, script: Evidence.ScriptMessage)], _ context: CheckContext) {
        var times: [Int64] = []
        for offer in all {
            guard let sent = context.evidence.submission(of: offer.script) else { continue }
            offers.append(offer)
            times.append(sent.at)
        }
        latest = times
        for place in times.indices.dropFirst() { latest[place] = max(latest[place - 1], times[place]) }
        earliest = times
        for place in times.indices.dropLast().reversed() { earliest[place] = min(earliest[place + 1], times[place]) }
    }

    var isEmpty: Bool { offers.isEmpty }
    var lines: [Int] { offers.flatMap(\.record.lines) }

    func last(before time: Int64) -> (Evidence.OfferRecord, Evidence.ScriptMessage)? {
        let place = Self.count(of: earliest) { $0 < time }
        return place > 0 ? offers[place - 1] : nil
    }

    func first(after time: Int64) -> (Evidence.OfferRecord, Evidence.ScriptMessage)? {
        let place = Self.count(of: latest) { $0 <= time }
        return place < offers.count ? offers[place] : nil
    }

    /// How many of the rising times, from the first on, hold.
    private static func count(of times: [Int64], _ holds: (Int64) -> Bool) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(times[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
