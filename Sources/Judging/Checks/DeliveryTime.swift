import Facts
import TestCases

/// What was missed comes at the first return that could bring it, and within the time that the description gives (058a).
enum DeliveryTime {
    /// Something that was missed, and the first time that it came.
    struct Missed {
        var label: String
        /// When it was sent, given, or so.
        var since: Int64
        var first: Evidence.OfferRecord
    }

    /// Nil where nothing that was deferred came.
    static func run(_ expected: ExpectedMessages, _ context: CheckContext) -> CheckResult? {
        let user = expected.user
        let missed = expected.deferred.compactMap { owed -> Missed? in
            // One that came and was not taken over came all the same.
            guard let first = context.evidence.copies(of: owed.script.id, at: user).first?.record ?? owed.offers.first?.record
            else { return nil }
            return Missed(label: owed.script.label, since: owed.submission.at, first: first)
        }
        return run("what \(user) missed", missed, at: user, context)
    }

    /// Nil where none of it can be told to have had to come at a certain return.
    static func run(_ what: String, _ missed: [Missed], at user: String, _ context: CheckContext) -> CheckResult? {
        let make = CheckMaker(
            id: "delivery.in-time", subject: user, requirements: [.deliver], basis: .clause,
            expected: "\(what) comes when \(user) can first be reached")
        var faults: [Fault] = []
        var open: [Fault] = []
        var lines: [Int] = []
        let course = Arrivals(at: user, context)
        for item in missed {
            let (first, label) = (item.first, item.label)
            guard let finding = course.finding(on: first, sentAt: item.since) else { continue }
            lines += first.lines
            switch finding {
            case .inTime: continue
            case .laterReturn:
                faults.append(
                    Fault(text: "\(label) came only after a later return, at \(context.seconds(first.at))", lines: first.lines))
            case .late(let gap):
                faults.append(
                    Fault(
                        text: "\(label) came at \(context.seconds(first.at)), when nothing had come for \(context.seconds(gap))",
                        lines: first.lines))
            case .open(let cause): open.append(Fault(text: "\(label) came late, but \(cause)", lines: first.lines))
            }
        }
        if lines.isEmpty { return nil }
        if faults.isEmpty, !open.isEmpty {
            return make.inconclusive(open.map(\.text).joined(separator: "; "), lines: open.flatMap(\.lines))
        }
        return make.decide(faults: faults, passed: "everything came at its return", lines: lines)
    }

    private enum Finding {
        case inTime
        case laterReturn
        /// Nothing had come for so many nanoseconds.
        case late(Int64)
        case open(String)
    }

    /// One return of a user.
    private struct Return {
        var at: Int64
        /// The registration, the user's own INVITE or its answer to one, that started the delivery; nil where there was none.
        var trigger: Int64?
        /// When the player had seen all that the return would bring.
        var end: Int64?
        /// When the user came back the next time.
        var next: Int64?
    }

    /// When a user returned, and when anything at all came to it since.
    private struct Arrivals {
        private let context: CheckContext
        private let returns: [Return]
        /// When offers and sessions came and sessions ended, in order.
        private var times: [Int64] = []
        /// For each return the longest time without anything since its trigger, up to each of `times`.
        private var longest: [[Int64]] = []
        /// When the user itself, or its connections, went.
        private var breaks: [Int64] = []

        init(at user: String, _ context: CheckContext) {
            self.context = context
            let came = context.evidence.returns[user] ?? []
            returns = came.enumerated().map { place, at in
                let act = context.evidence.acts.first { $0.fact.at == at && $0.act.text("who") == user }?.act
                let isOwnDoing = act?.step == "rejoin" || act?.flag("answers") == true
                return Return(
                    at: at, trigger: isOwnDoing ? at : context.evidence.registration(of: user, after: at)?.at,
                    end: context.evidence.end(ofStep: act?.index)?.fact.at,
                    next: came.indices.contains(place + 1) ? came[place + 1] : nil)
            }
            for fact in context.evidence.facts { take(fact, at: user) }
            longest = returns.map { one in
                var last = one.trigger ?? .max
                var most: Int64 = 0
                return times.map { time in
                    if time > last {
                        most = max(most, time - last)
                        last = time
                    }
                    return most
                }
            }
        }

        private mutating func take(_ fact: Fact, at user: String) {
            switch fact.what {
            case .offered(let offer) where offer.user == user: times.append(fact.at)
            case .invited(let session) where session.user == user: times.append(fact.at)
            case .joined(user, _), .withdrawn(user, _, _): times.append(fact.at)
            case .ended(user, _, let by, _):
                times.append(fact.at)
                if by == .user { breaks.append(fact.at) }
            case .refused(user, _, .user, _), .carriageLost(user, _), .unreachable(user), .deregistered(user):
                breaks.append(fact.at)
            default: break
            }
        }

        /// Nil where nobody can say when it should have come.
        func finding(on record: Evidence.OfferRecord, sentAt sent: Int64) -> Finding? {
            guard let place = returns.firstIndex(where: { $0.at > sent }), let trigger = returns[place].trigger,
                record.at >= returns[place].at, record.at >= trigger
            else { return nil }
            let due = returns[place]
            let isHeldUp = context.evidence.stalls.contains {
                $0.at >= due.at && $0.at - $0.milliseconds * 1_000_000 <= record.at
            }
            if let next = due.next, next <= record.at, let end = due.end, end < next, trigger <= end {
                // A delivery that broke goes on at the next return.
                if breaks.contains(where: { $0 >= due.at && $0 <= end }) { return .inTime }
                return isHeldUp ? .open("the harness was held up") : .laterReturn
            }
            let limit = context.deliveryWithin
            let gap = gap(before: record.at, since: trigger, longest[place])
            guard limit > 0, gap > limit else { return .inTime }
            if isHeldUp { return .open("the harness was held up") }
            if breaks.contains(where: { $0 >= due.at && $0 <= record.at }) {
                return .open("a session or a connection of the user had broken")
            }
            if case .message(let message) = record.offer.item, message.body.count > Self.atOnce {
                return .open("it is large, and when its first byte came is not known")
            }
            return .late(gap)
        }

        /// Bytes that are on their way for a moment only.
        private static let atOnce = 50_000

        /// The longest time in which nothing at all had come before a time.
        private func gap(before time: Int64, since start: Int64, _ longest: [Int64]) -> Int64 {
            var (low, high) = (0, times.count)
            while low < high {
                let middle = (low + high) / 2
                if times[middle] < time { low = middle + 1 } else { high = middle }
            }
            guard low > 0 else { return time - start }
            return max(longest[low - 1], time - max(start, times[low - 1]))
        }
    }
}
