import Facts
import TestCases

/// The reports that a client gives: those it says it gives, when they were asked for, and no others (058c, RFC 5438).
enum ReportGiving {
    /// One report as it left the client.
    private struct Given {
        var disposition: Disposition
        var at: Int64
        var lines: [Int]
        /// When the client knew that it had arrived; nil where it never did.
        var confirmedAt: Int64?
    }

    /// Every expected report was given.
    static func complete(_ wanted: [ExpectedReport], by user: String, _ context: CheckContext) -> CheckResult {
        let make = CheckMaker(
            id: "reports.complete", subject: user, requirements: [.process], basis: .rfc("RFC 5438 §7.2.1"),
            expected: "the client gives each report that was asked for and that it says it gives")
        if wanted.isEmpty { return make.notReached("no report is due") }
        let given = given(by: user, context)
        var faults: [Fault] = []
        var doubts: [String] = []
        for report in wanted {
            let script = context.evidence.message(labelled: report.message)
            let isGiven = given.contains { $0.disposition.message == script?.id && $0.disposition.status == report.status.rawValue }
            if isGiven { continue }
            let copies = script.map { context.evidence.copies(of: $0.id, at: user) } ?? []
            if let doubt = doubt(report, copies, context) {
                doubts.append(doubt)
            } else {
                faults.append(Fault(
                    text: "'\(report.status.rawValue)' of \(report.message) was never given", lines: copies.flatMap(\.record.lines)))
            }
        }
        if faults.isEmpty, !doubts.isEmpty { return make.inconclusive(doubts.joined(separator: "; "), lines: given.flatMap(\.lines)) }
        return make.decide(faults: faults, passed: "each report was given", lines: given.flatMap(\.lines))
    }

    /// Why a report that is missing may not have been due: its message never came, or the user cannot be known to have read it.
    private static func doubt(
        _ report: ExpectedReport, _ copies: [Evidence.MessageOffer], _ context: CheckContext
    ) -> String? {
        guard copies.contains(where: \.record.isTakenOver) else { return "\(report.message) never came to the client" }
        guard report.status == .displayed else { return nil }
        let reads = context.evidence.acts.filter { $0.act.step == "read" && $0.act.text("message") == report.message }
        return reads.contains { !context.evidence.isUnmet($0.act.index) } ? nil : "nobody can say that the user has read \(report.message)"
    }

    /// What holds for every report, whether one is expected or not.
    static func always(by user: String, _ context: CheckContext) -> [CheckResult] {
        let given = given(by: user, context)
        guard !context.evidence.messageOffers(at: user).isEmpty else { return [] }
        return [asked(given, user, context), once(given, user, context), premature(given, user, context)]
    }

    /// Those on messages of a case before are late, and nothing of this one.
    private static func given(by user: String, _ context: CheckContext) -> [Given] {
        let mark = CaseMark(context.evidence)
        return context.evidence.submissions.flatMap { record -> [Given] in
            guard record.submission.user == user, case .dispositions(let all) = record.submission.item else { return [] }
            let confirmed = confirmation(of: record, by: user, context)
            return all.filter { !mark.isOfAnotherCase($0.message) }.map {
                Given(disposition: $0, at: record.at, lines: record.lines, confirmedAt: confirmed)
            }
        }
    }

    /// An answer that was written just before the connection went may never have been read; neither may a report have been
    /// that wants no answer.
    private static func confirmation(
        of record: Evidence.SubmissionRecord, by user: String, _ context: CheckContext
    ) -> Int64? {
        let wantsNone = !record.submission.wantsAnswer && record.accepted == nil
        guard record.accepted == true || wantsNone else { return nil }
        let answered = record.answeredAt ?? record.at
        let isBroken = context.evidence.facts.contains { fact in
            guard fact.at >= answered, fact.at - answered <= grace else { return false }
            switch fact.what {
            case .carriageLost(user, _), .unreachable(user): return true
            case .act(let act): return act.step == "break" || act.step == "reboot"
            default: return false
            }
        }
        return isBroken ? nil : answered
    }

    /// How long a connection has to live on after an answer until the answer counts as seen, in nanoseconds.
    private static let grace: Int64 = 250_000_000

    private static func label(_ id: String, _ context: CheckContext) -> String {
        context.evidence.message(withID: id)?.label ?? id
    }

    private static func asked(_ given: [Given], _ user: String, _ context: CheckContext) -> CheckResult {
        let make = CheckMaker(
            id: "reports.asked", subject: user, requirements: [.process], basis: .rfc("RFC 5438 §7.2.1"),
            expected: "the client gives no report that nobody asked for")
        let faults = given.compactMap { report -> Fault? in
            let what = "'\(report.disposition.status)' of \(label(report.disposition.message, context))"
            let copies = context.evidence.copies(of: report.disposition.message, at: user)
            guard let copy = copies.first(where: { $0.record.at <= report.at }) else {
                return Fault(text: "\(what) was given, and no such message had come whole", lines: report.lines)
            }
            guard let word = needed[report.disposition.status], !copy.message.dispositionRequests.contains(word) else { return nil }
            return Fault(text: "\(what) was given, and was not asked for", lines: copy.record.lines + report.lines)
        }
        if given.isEmpty, taken(user, context).allSatisfy({ $0.message.dispositionRequests.count >= needed.count }) {
            return make.notReached("no report was given, and no message came on which none was to be given")
        }
        return make.decide(faults: faults, passed: "each report was asked for", lines: given.flatMap(\.lines) + offered(user, context))
    }

    /// `failed` and `processed` may say why nothing could be shown.
    private static let needed = [
        "delivered": "positive-delivery", "displayed": "display", "failed": "negative-delivery", "processed": "processing",
    ]

    private static func once(_ given: [Given], _ user: String, _ context: CheckContext) -> CheckResult {
        let make = CheckMaker(
            id: "reports.once", subject: user, requirements: [.process], basis: .rfc("RFC 5438 §7.2.1"),
            expected: "the client gives each report once")
        let same = Dictionary(grouping: given) { "\($0.disposition.message)\n\($0.disposition.status)" }
        let faults = same.values.filter(isRepeated).map { all in
            Fault(
                text: "'\(all[0].disposition.status)' of \(label(all[0].disposition.message, context)) was given \(all.count) times",
                lines: all.flatMap(\.lines))
        }.sorted { $0.text < $1.text }
        if given.isEmpty { return make.notReached("no report was given") }
        return make.decide(faults: faults, passed: "each was given once", lines: given.flatMap(\.lines) + offered(user, context))
    }

    /// What was refused, or whose answer may never have arrived, may be given again (RFC 5438 §7.2.1; RFC 4975 §7.1.1).
    private static func isRepeated(_ all: [Given]) -> Bool { all.dropLast().contains { $0.confirmedAt != nil } }

    private static func premature(_ given: [Given], _ user: String, _ context: CheckContext) -> CheckResult {
        let make = CheckMaker(
            id: "reports.premature", subject: user, requirements: [.process], basis: .rfc("RFC 5438 §7.2.1.2"),
            expected: "the client says 'displayed' of nothing that the user has not read")
        let unread = given.filter { $0.disposition.status == "displayed" && !isRead($0, context) }
        let faults = unread.map {
            Fault(text: "'displayed' of \(label($0.disposition.message, context)) was given before it was read", lines: $0.lines)
        }
        let isAsked = taken(user, context).contains { $0.message.dispositionRequests.contains("display") }
        if !isAsked, !given.contains(where: { $0.disposition.status == "displayed" }) {
            return make.notReached("no message came that asks for 'displayed', and none was called so")
        }
        if context.evidence.isOperated, !faults.isEmpty {
            // A person may have had the group open all the time.
            let words = listed(unread.map { label($0.disposition.message, context) })
            return make.inconclusive(
                "'displayed' of \(words) was given before the operator was asked to look, and nobody can say what stood open",
                lines: faults.flatMap(\.lines))
        }
        return make.decide(faults: faults, passed: "nothing was called displayed too early", lines: given.flatMap(\.lines) + offered(user, context))
    }

    /// Read when the script said so; whoever looks at a group reads all that is in it.
    private static func isRead(_ report: Given, _ context: CheckContext) -> Bool {
        let script = context.evidence.message(withID: report.disposition.message)
        let label = script?.label ?? report.disposition.message
        let isOpen = context.evidence.isOperated && context.evidence.firstLook(at: script?.group ?? "").map { $0 <= report.at } ?? false
        return isOpen
            || context.evidence.acts.contains { $0.act.step == "read" && $0.act.text("message") == label && $0.fact.at <= report.at }
    }

    private static func taken(_ user: String, _ context: CheckContext) -> [Evidence.MessageOffer] {
        context.evidence.messageOffers(at: user).filter(\.record.isTakenOver)
    }

    /// What could have been reported on, which is what a pass without any report rests on.
    private static func offered(_ user: String, _ context: CheckContext) -> [Int] {
        Array(context.evidence.messageOffers(at: user).flatMap(\.record.lines).prefix(100))
    }
}
