import Facts
import TestCases

/// Form of the lists that come after a return: the core schema, and the rules of their stream.
///
/// A fault in the final list fails 058a, which delivers it; one in any other list fails 058b where that is claimed.
enum RosterForm {
    static func run(at user: String, group: String, _ context: CheckContext) -> [CheckResult] {
        let timeline = context.timeline(of: user, group: group)
        guard !timeline.points.isEmpty else { return [] }
        let final = RosterLists.finalPoint(at: user, group: group, timeline, context)?.record.offer.id
        let finals = timeline.points.filter { $0.record.offer.id == final }
        let rest = timeline.points.filter { $0.record.offer.id != final && $0.roster.carriage == .session }
        return results(finals, [.deliver], user, .requirement)
            + results(rest, [.intermediate], user, context.claimsIntermediate ? .requirement : .warning)
    }

    private static func results(
        _ points: [RosterTimeline.Point], _ requirements: [RequirementID], _ user: String, _ weight: Weight
    ) -> [CheckResult] {
        guard !points.isEmpty else { return [] }
        let which = requirements == [.deliver] ? "the final list" : "each earlier list"
        let valid = CheckMaker(
            id: "roster.valid", subject: user, requirements: requirements, basis: .rfc("RFC 4575 §5"),
            expected: "\(which) that \(user) gets is valid against the core schema", weight: weight)
        let stream = CheckMaker(
            id: "roster.stream", subject: user, requirements: requirements, basis: .rfc("RFC 4575 §4.4"),
            expected: "\(which) that \(user) gets can be applied to what came before it", weight: weight)
        let lines = points.flatMap(\.record.lines)
        let problems = points.flatMap { point in
            point.roster.problems.map { Fault(text: $0, lines: point.record.lines) }
        }
        return [
            valid.decide(faults: problems, passed: "\(points.count) valid", lines: lines),
            stream.decide(faults: points.flatMap(\.faults), passed: "\(points.count) in sequence", lines: lines),
        ]
    }
}
