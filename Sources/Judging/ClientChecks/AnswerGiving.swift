import Facts
import TestCases

/// The client answers for each item as its Failure-Report demands (058c; RFC 4975 §7.1.2).
enum AnswerGiving {
    /// Nil where nothing was handed over that a client has to take.
    static func run(at user: String, _ context: CheckContext) -> CheckResult? {
        let make = CheckMaker(
            id: "session.answers", subject: user, requirements: [.process], basis: .rfc("RFC 4975 §7.2"),
            expected: "the client takes over each good item, and answers for it as it was asked to")
        let cuts = context.evidence.acts.filter { $0.act.step == "break" }.map(\.fact.at)
        let items = context.evidence.offers(at: user).filter { isGood($0.offer.item) }
        guard !items.isEmpty else { return nil }
        var faults: [Fault] = []
        for record in items where record.state == .unconfirmed || record.state == .open {
            // The harness itself took the connection away before the answer could come.
            if isCut(record, by: cuts) { continue }
            if isRightlyRefused(record) { continue }
            let what = record.offer.item.inWords
            let how = record.refusedWith.map { "was refused with \($0)" } ?? "has no answer"
            faults.append(Fault(text: "\(what) at \(context.seconds(record.at)) \(how)", lines: record.lines))
        }
        for record in items where !record.unaskedLines.isEmpty {
            faults.append(Fault(
                text: "\(record.offer.item.inWords) at \(context.seconds(record.at)) was to have no answer, and has one",
                lines: record.lines + record.unaskedLines))
        }
        for record in items where record.offer.wantsReport && record.reported == nil && record.isTakenOver && !isCut(record, by: cuts) {
            faults.append(Fault(
                text: "\(record.offer.item.inWords) at \(context.seconds(record.at)) asked for a REPORT of success, and has none",
                lines: record.lines))
        }
        return make.decide(
            faults: faults, passed: "each item was taken over", lines: Array(items.flatMap(\.lines).prefix(200)))
    }

    /// It may refuse what its description of the media does not take, saying so (RFC 4975 §8.6, §10.4, §10.5).
    private static func isRightlyRefused(_ record: Evidence.OfferRecord) -> Bool {
        !record.offer.isAccepted && record.refusedWith.map { [413, 415].contains($0) } ?? false
    }

    private static func isCut(_ record: Evidence.OfferRecord, by cuts: [Int64]) -> Bool {
        cuts.contains { $0 >= record.at && $0 - record.at < moment }
    }

    /// An answer may still be on its way when a connection breaks within this time, in nanoseconds.
    private static let moment: Int64 = 1_000_000_000

    /// What no client may refuse. What is malformed, or of a type that nobody knows, may be.
    private static func isGood(_ item: Item) -> Bool {
        switch item {
        case .message(let message): message.id != nil && message.problems.isEmpty && !message.body.isEmpty
        case .dispositions(let all): all.allSatisfy { $0.problems.isEmpty }
        case .roster(let roster): roster.problems.isEmpty
        case .composing, .other: false
        }
    }
}

extension Item {
    /// What it is, for sentences.
    var inWords: String {
        switch self {
        case .message(let message): "the message \(message.id ?? "without an id")"
        case .dispositions(let all): all.count == 1 ? "the report on \(all[0].message)" : "the \(all.count) reports"
        case .roster: "the list of participants"
        case .composing: "the is-composing indication"
        case .other(let type, _): "the item of type \(type)"
        }
    }
}
