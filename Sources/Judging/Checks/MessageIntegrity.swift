import Facts
import TestCases

/// A deferred copy equals the copy that a present member received live; the sender's own bytes serve only where no
/// member received one.
enum MessageIntegrity {
    /// One property of a message that must have survived.
    private struct Property: Sendable {
        var id: String
        var what: String
        var basis: Basis
        /// A sentence when the copy differs from the original; nil when it does not.
        var difference: @Sendable (ChatMessage, ChatMessage, Evidence.ScriptMessage, CheckContext) -> String?
        /// Whether the copy or the original has this property, and may have gained or lost it.
        var applies: @Sendable (ChatMessage, ChatMessage) -> Bool = { _, _ in true }
    }

    private static let properties: [Property] = [
        Property(id: "messages.body", what: "body byte for byte", basis: .clause) { copy, original, _, _ in
            copy.body == original.body ? nil : bodyDifference(copy.body, original.body)
        },
        Property(id: "messages.content-type", what: "content type", basis: .clause) { copy, original, _, _ in
            copy.contentType == original.contentType || copy.contentType.isEmpty
                ? nil : "has content type \(copy.contentType) instead of \(original.contentType)"
        },
        Property(
            id: "messages.datetime", what: "original sending time", basis: .clause,
            difference: { copy, original, _, _ in
                copy.instant == original.instant || isUnreadable(copy)
                    ? nil : "says DateTime \(copy.dateTime ?? "nothing") instead of \(original.dateTime ?? "nothing")"
            }, applies: { _, original in original.instant != nil }),
        Property(id: "messages.sender", what: "sender", basis: .clause) { copy, original, script, context in
            if copy.sender == nil || context.addresses.actor(copy.sender) == script.by { return nil }
            if let a = copy.sender, let b = original.sender, AddressBook.canonical(a) == AddressBook.canonical(b) {
                return nil
            }
            return "is from \(copy.sender ?? "nobody") instead of \(original.sender ?? script.by)"
        },
        Property(id: "messages.id", what: "Message-ID", basis: .rfc("RFC 5438 §6.2")) { copy, _, script, _ in
            copy.id == script.id ? nil : "has Message-ID \(copy.id ?? "none") instead of \(script.id)"
        },
        Property(
            id: "messages.disposition-request", what: "request for dispositions", basis: .clause,
            difference: { copy, original, _, _ in
                copy.dispositionRequests == original.dispositionRequests
                    ? nil
                    : "asks for \(listed(copy.dispositionRequests)) instead of \(listed(original.dispositionRequests))"
            }, applies: { !$0.dispositionRequests.isEmpty || !$1.dispositionRequests.isEmpty }),
    ]

    /// The deferred copies of an owed message, with what they are compared with.
    private struct Pair {
        var script: Evidence.ScriptMessage
        var copies: [Evidence.MessageOffer]
        var original: ChatMessage
        var lines: [Int]
    }

    static func run(_ expected: ExpectedMessages, _ context: CheckContext) -> [CheckResult] {
        let pairs = expected.arrived.compactMap { owed -> Pair? in
            let copies = owed.offers.filter {
                !expected.presence.isLive(sent: owed.submission.at, received: $0.record.at)
            }
            guard !copies.isEmpty, let (original, lines) = oracle(owed, expected.user, context) else { return nil }
            return Pair(script: owed.script, copies: copies, original: original, lines: lines)
        }
        let results = properties.compactMap { judge($0, expected, pairs, context) }
        return results + [wellFormed(expected, pairs)].compactMap { $0 }
    }

    /// What differs between a copy and its original, one sentence each.
    static func differences(
        _ copy: ChatMessage, _ original: ChatMessage, _ script: Evidence.ScriptMessage, _ context: CheckContext
    ) -> [String] {
        properties.filter { $0.applies(copy, original) }.compactMap { $0.difference(copy, original, script, context) }
            + copy.problems.filter { !original.problems.contains($0) }
    }

    private static func judge(
        _ property: Property, _ expected: ExpectedMessages, _ pairs: [Pair], _ context: CheckContext
    ) -> CheckResult? {
        let make = CheckMaker(
            id: property.id, subject: expected.user, requirements: [.deliver], basis: property.basis,
            expected: "each message reaches \(expected.user) with its \(property.what) as the others got it")
        var faults: [Fault] = []
        var lines: [Int] = []
        for pair in pairs {
            for (record, copy) in pair.copies where property.applies(copy, pair.original) {
                lines += record.lines + pair.lines
                if let text = property.difference(copy, pair.original, pair.script, context) {
                    faults.append(Fault(text: "\(pair.script.label) \(text)", lines: record.lines + pair.lines))
                }
            }
        }
        // Nothing to compare is no result, and above all no pass.
        if lines.isEmpty { return nil }
        return make.decide(faults: faults, passed: "the \(property.what) of every message is unchanged", lines: lines)
    }

    /// What a copy's wrapping lacks is a fault of its own: the checks above leave it alone. What the live copy lacked
    /// too was not lost in deferring.
    private static func wellFormed(_ expected: ExpectedMessages, _ pairs: [Pair]) -> CheckResult? {
        let broken = expected.unreadable.filter(\.isBroken)
        if expected.reasonNotDeferred != nil || pairs.isEmpty && broken.isEmpty { return nil }
        let make = CheckMaker(
            id: "messages.well-formed", subject: expected.user, requirements: [.deliver], basis: .rfc("RFC 3862 §2"),
            expected: "each message comes to \(expected.user) in a well-formed wrapping")
        let faults = pairs.flatMap { pair -> [Fault] in
            pair.copies.flatMap { offer in
                offer.message.problems.filter { !pair.original.problems.contains($0) }
                    .map { Fault(text: "\(pair.script.label): \($0)", lines: offer.record.lines) }
            }
        }
        return make.decide(
            faults: faults + broken.map { Fault(text: $0.text, lines: $0.lines) }, passed: "all are well-formed",
            lines: pairs.flatMap { $0.copies.flatMap(\.record.lines) })
    }

    /// The copy of the first present member other than the sender, else what the sender sent.
    static func oracle(
        _ owed: ExpectedMessages.Owed, _ user: String, _ context: CheckContext
    ) -> (ChatMessage, [Int])? {
        for actor in context.testCase.actors where actor.name != user && actor.name != owed.script.by {
            guard !context.evidence.wasAway(actor.name) else { continue }
            if let live = context.evidence.copies(of: owed.script.id, at: actor.name).first(where: {
                $0.record.isTakenOver
            }) {
                return (live.message, live.record.lines)
            }
        }
        if case .message(let sent) = owed.submission.submission.item { return (sent, owed.submission.lines) }
        return nil
    }

    /// A DateTime that is there and is no time.
    private static func isUnreadable(_ copy: ChatMessage) -> Bool { copy.dateTime != nil && copy.instant == nil }

    private static func bodyDifference(_ copy: [UInt8], _ original: [UInt8]) -> String {
        let at = zip(copy, original).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let place = at.map { "differs from byte \($0 + 1) on" } ?? "is cut or lengthened"
        return "\(place) (\(copy.count) bytes came, \(original.count) were due)"
    }
}
