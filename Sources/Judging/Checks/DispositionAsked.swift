import Facts
import TestCases

/// No report comes that its message did not ask for; and none says failed of what had arrived (058a).
///
/// What the recipients of a case reported themselves is always fine; of what they did not, `dispositions.genuine` says
/// more, and `dispositions.premature` of what had not reached them. A report of processing that was asked for is the
/// implementation's own, and so is one of failure about a message that was refused, or grew too old before it arrived.
enum DispositionAsked {
    /// Nil where no report came about, or to, anybody who was away.
    static func run(_ context: CheckContext) -> CheckResult? {
        let make = CheckMaker(
            id: "dispositions.asked", subject: "", requirements: [.deliver], basis: .clause,
            expected: "no report comes that its message did not ask for, and none says failed of what arrived")
        var faults: [Fault] = []
        var lines: [Int] = []
        for user in context.testCase.actors.map(\.name) {
            for (record, disposition) in context.evidence.dispositionOffers(at: user) {
                guard let script = context.evidence.message(withID: disposition.message), script.by == user else { continue }
                let recipient = context.addresses.actor(of: disposition)
                // What is relayed between those who were there all the time is no deferral.
                let concerned = context.evidence.wasAway(user) || recipient.map(context.evidence.wasAway) ?? true
                guard concerned else { continue }
                lines += record.lines
                if let fault = fault(disposition, script, recipient, record, context) { faults.append(fault) }
            }
        }
        if lines.isEmpty { return nil }
        return make.decide(faults: faults, passed: "all were asked for", lines: lines)
    }

    private static func fault(
        _ disposition: Disposition, _ script: Evidence.ScriptMessage, _ recipient: String?, _ record: Evidence.OfferRecord,
        _ context: CheckContext
    ) -> Fault? {
        if let recipient, let given = context.evidence.report(disposition.status, by: recipient, about: script.id),
            given.at <= record.at
        {
            return nil
        }
        let words = "'\(disposition.status)' about \(script.label)" + (recipient.map { " in the name of \($0)" } ?? "")
        guard isAsked(disposition, about: script, context) else {
            return isNamedElsewhere(disposition, script, recipient, record, context)
                ? nil : Fault(text: "\(words) came, which \(script.by) had not asked for", lines: record.lines)
        }
        guard isNegative(disposition), let recipient,
            let reached = DispositionChecks.arrival(of: script, at: recipient, context)
        else { return nil }
        let when = reached.at <= record.at ? "after it had arrived" : "and it arrived all the same"
        return Fault(text: "\(words) came, \(when)", lines: record.lines + reached.lines)
    }

    /// Whether another check says what is wrong with it, so that one fault has one name.
    private static func isNamedElsewhere(
        _ disposition: Disposition, _ script: Evidence.ScriptMessage, _ recipient: String?, _ record: Evidence.OfferRecord,
        _ context: CheckContext
    ) -> Bool {
        guard ["delivered", "displayed"].contains(disposition.status) else { return false }
        let isEarly = recipient.map {
            DispositionChecks.isPremature((record, disposition), at: script.by, script, $0, context)
        } ?? false
        return !isEarly || requests(of: script, context)?.isEmpty == false
    }

    /// What the sender asked to be reported; nil where it is not known what was sent.
    static func requests(of script: Evidence.ScriptMessage, _ context: CheckContext) -> Set<String>? {
        guard case .message(let sent)? = context.evidence.submission(of: script)?.submission.item else { return nil }
        return Set(sent.dispositionRequests)
    }

    private static func isNegative(_ disposition: Disposition) -> Bool {
        disposition.kind == "delivery" && disposition.status != "delivered"
    }

    /// Whether the sender asked for reports of this kind (RFC 5438 §6.3); true where it is not known what was sent.
    private static func isAsked(
        _ disposition: Disposition, about script: Evidence.ScriptMessage, _ context: CheckContext
    ) -> Bool {
        guard let requests = requests(of: script, context) else { return true }
        switch disposition.kind {
        case "processing": return requests.contains("processing")
        case "display": return requests.contains("display")
        case "delivery": return requests.contains(isNegative(disposition) ? "negative-delivery" : "positive-delivery")
        default: return true
        }
    }

    /// The name of a report that names nobody of the case; nil for one that does, and for one that hides its name.
    static func stranger(_ disposition: Disposition, _ context: CheckContext) -> String? {
        let names = [disposition.recipient].compactMap(\.self) + disposition.otherNames
        guard context.addresses.actor(of: disposition) == nil else { return nil }
        let isHidden = names.contains { AddressBook.canonical($0).hasSuffix("@anonymous.invalid") }
        // Where reports are drawn together, the focus may be the one who tells of them.
        let focuses = context.evidence.focuses.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        let isFocus = names.allSatisfy { focuses.contains(AddressBook.canonical($0)) }
        if isHidden || isFocus && !names.isEmpty && context.claims[.groupIMDN] == "aggregated" { return nil }
        return names.last ?? "nobody"
    }
}
