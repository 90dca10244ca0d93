import Facts
import Hygiene
import TestCases

/// What is wrong with the CPIM or the XML of a delivered item fails the requirement that delivers it (058a). Of anything
/// else it is a warning.
struct DeliveredForm {
    /// The findings that are a check's here, so that they are no warnings as well.
    private(set) var named: [WireRule: Set<Int>] = [:]
    private(set) var checks: [CheckResult] = []

    private let context: CheckContext
    /// By user and group, since finding one out looks through the recording.
    private var presences: [String: Presence] = [:]

    init(_ survey: WireSurvey, _ context: CheckContext) {
        self.context = context
        let findings = survey.findings.filter { $0.rule == .imdnValid || $0.rule == .cpimForm }
        for user in context.testCase.actors.map(\.name) {
            let isBroken = findings.contains { $0.actor == user }
            // Messages are looked at only where something is wrong with one; `MessageIntegrity` has the rest.
            let offers = context.evidence.offers(at: user).filter { Self.isReport($0) || isBroken && Self.isMessage($0) }
            var deferred: [Evidence.OfferRecord] = []
            for record in offers where isDeferred(record, at: user) { deferred.append(record) }
            if deferred.isEmpty { continue }
            let ids = Set(deferred.map(\.offer.id))
            var breaches: [Breach] = []
            for finding in findings where finding.actor == user { breaches += self.breaches(finding, offers, ids, findings) }
            decide(user, breaches, deferred)
        }
    }

    private typealias Breach = (fault: Fault, isReport: Bool)

    private mutating func decide(_ user: String, _ faults: [Breach], _ deferred: [Evidence.OfferRecord]) {
        let ofMessages = faults.filter { !$0.isReport }.map(\.fault)
        if !ofMessages.isEmpty {
            let make = CheckMaker(
                id: "messages.well-formed", subject: user, requirements: [.deliver], basis: .rfc("RFC 3862 §2"),
                expected: "each message comes to \(user) in a well-formed wrapping")
            checks.append(make.decide(faults: ofMessages, passed: "", lines: []))
        }
        let reports = deferred.filter(Self.isReport)
        guard !reports.isEmpty else { return }
        let make = CheckMaker(
            id: "dispositions.well-formed", subject: user, requirements: [.deliver], basis: .rfc("RFC 5438 §7"),
            expected: "each report comes to \(user) valid against its schema and in a well-formed wrapping")
        checks.append(
            make.decide(
                faults: faults.filter(\.isReport).map(\.fault), passed: "all are well-formed", lines: reports.flatMap(\.lines)))
    }

    /// The breach of a finding; none where it may be that of an item which was not deferred, or where the copy that was
    /// relayed live had it too.
    private mutating func breaches(
        _ finding: WireFinding, _ offers: [Evidence.OfferRecord], _ deferred: Set<Int>, _ all: [WireFinding]
    ) -> [Breach] {
        let meant = offers.filter { record in
            finding.lines.allSatisfy(record.lines.contains) && (finding.rule != .imdnValid || Self.isReport(record))
        }
        guard let first = meant.first, meant.allSatisfy({ deferred.contains($0.offer.id) }),
            !meant.contains(where: { wasSo($0, finding, all) })
        else { return [] }
        named[finding.rule, default: []].formUnion(finding.lines)
        let what = Self.isReport(first) ? "a report" : "a message"
        return [(Fault(text: "\(what): \(finding.what)", lines: first.lines), Self.isReport(first))]
    }

    /// Whether the message came so to somebody who was there, too: then deferring it has broken nothing.
    private func wasSo(_ record: Evidence.OfferRecord, _ finding: WireFinding, _ all: [WireFinding]) -> Bool {
        guard case .message(let message) = record.offer.item, let id = message.id else { return false }
        return context.testCase.actors.map(\.name).contains { other in
            !context.evidence.wasAway(other)
                && context.evidence.copies(of: id, at: other).contains { copy in
                    all.contains {
                        $0.actor == other && $0.what == finding.what && $0.lines.allSatisfy(copy.record.lines.contains)
                    }
                }
        }
    }

    private mutating func presence(of user: String, in group: String) -> Presence {
        let key = "\(user)\n\(group)"
        let presence = presences[key] ?? Presence(of: user, in: group, context)
        presences[key] = presence
        return presence
    }

    private mutating func isDeferred(_ record: Evidence.OfferRecord, at user: String) -> Bool {
        if let session = context.evidence.session(record.offer.session)?.session, session.form == .deferred, let group = session.group {
            // What is left over of another group is nobody's.
            return context.evidence.groups.values.contains(group)
        }
        switch record.offer.item {
        case .message(let message):
            guard let script = context.evidence.message(withID: message.id), !script.isMarker else { return false }
            let presence = presence(of: user, in: script.group)
            return !presence.isConstant && !presence.isLive(script, received: record.at, context.evidence)
        case .dispositions(let all):
            return all.contains { one in
                guard let script = context.evidence.message(withID: one.message) else { return false }
                return DispositionRight.isStored((record, one), script, for: user, context)
            }
        case .roster, .composing, .other: return false
        }
    }

    private static func isReport(_ record: Evidence.OfferRecord) -> Bool {
        if case .dispositions = record.offer.item { true } else { false }
    }

    private static func isMessage(_ record: Evidence.OfferRecord) -> Bool {
        if case .message = record.offer.item { true } else { false }
    }
}
