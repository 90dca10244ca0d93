import Facts
import TestCases

/// Form of the lists that come after a return: the core schema, and the rules of their stream.
///
/// A fault in the final list fails 058a, which delivers it; one in any other list fails 058b where that is claimed.
enum RosterForm {
    static func run(at user: String, group: String, _ context: CheckContext) -> [CheckResult] {
        let timeline = context.timeline(of: user, group: group)
        guard !timeline.points.isEmpty else { return [] }
        // While the session goes on there is no final list: the last one is of a change, or shows the focus.
        let final = RosterChanges.finalList(at: user, group: group, timeline, context)
        let finals = timeline.points.filter { isFinal($0, final) }
        let rest = timeline.points.filter { !isFinal($0, final) && context.isStored($0, of: user, group: group) }
        let all = [
            Lists(
                name: "the final list", user: user, points: finals, requirements: [.deliver], weight: .requirement),
            Lists(
                name: "each earlier list", user: user, points: rest, requirements: [.intermediate],
                weight: context.intermediateWeight),
        ]
        let focuses = context.evidence.groups[group].flatMap { context.evidence.focuses[$0] } ?? []
        return all.filter { !$0.points.isEmpty }.flatMap { which in
            form(which) + [entity(which, focuses), once(which, context.addresses), userCount(which)].compactMap { $0 }
        }
    }

    /// The final list itself, or a copy of it that the user's side did not surely take over and that came again.
    private static func isFinal(_ point: RosterTimeline.Point, _ final: RosterTimeline.Point?) -> Bool {
        guard let final else { return false }
        if point.record.offer.id == final.record.offer.id { return true }
        return point.record.state != .confirmed && point.record.offer.id < final.record.offer.id
            && point.roster.extent == .full && Set(point.roster.users) == Set(final.roster.users)
    }

    /// Lists that one requirement delivers.
    private struct Lists {
        var name: String
        var user: String
        var points: [RosterTimeline.Point]
        var requirements: [RequirementID]
        var weight: Weight
    }

    private static func form(_ which: Lists) -> [CheckResult] {
        let points = which.points
        let valid = CheckMaker(
            id: "roster.valid", subject: which.user, requirements: which.requirements, basis: .rfc("RFC 4575 §5"),
            expected: "\(which.name) that \(which.user) gets is valid against the core schema", weight: which.weight)
        let stream = CheckMaker(
            id: "roster.stream", subject: which.user, requirements: which.requirements, basis: .rfc("RFC 4575 §4.4"),
            expected: "\(which.name) that \(which.user) gets can be applied to what came before it",
            weight: which.weight)
        let lines = points.flatMap(\.record.lines)
        let problems = points.flatMap { point in
            point.roster.problems.map { Fault(text: $0, lines: point.record.lines) }
        }
        return [
            valid.decide(faults: problems, passed: "\(points.count) valid", lines: lines),
            stream.decide(faults: points.flatMap(\.faults), passed: "\(points.count) in sequence", lines: lines),
        ]
    }

    /// The entity is the conference that the list describes: a focus that the group had.
    private static func entity(_ which: Lists, _ focuses: Set<String>) -> CheckResult? {
        // A document without the attribute breaks the schema.
        let points = which.points.filter { !$0.roster.entity.isEmpty }
        guard !points.isEmpty else { return nil }
        let make = CheckMaker(
            id: "roster.entity", subject: which.user, requirements: which.requirements, basis: .rfc("RFC 4575 §5.2"),
            expected: "\(which.name) that \(which.user) gets is about a focus of the group", weight: which.weight)
        if focuses.isEmpty { return make.notReached("no focus of the group is known") }
        let faults = points.filter { !focuses.contains(AddressBook.canonical($0.roster.entity)) }.map {
            Fault(
                text: "a list is about \($0.roster.entity), and the group was at \(listed(focuses.sorted()))",
                lines: $0.record.lines)
        }
        return make.decide(faults: faults, passed: "\(points.count) about it", lines: points.flatMap(\.record.lines))
    }

    /// Each user stands once in a document, by whichever of its addresses.
    private static func once(_ which: Lists, _ addresses: AddressBook) -> CheckResult {
        let make = CheckMaker(
            id: "roster.once", subject: which.user, requirements: which.requirements, basis: .rfc("RFC 4575 §5.6"),
            expected: "\(which.name) that \(which.user) gets shows each user once, by any address", weight: which.weight)
        let faults = which.points.flatMap { point -> [Fault] in
            var seen: [String: String] = [:]
            return point.roster.users.compactMap { user in
                // An address that goes may make room for another.
                guard user.extent != .deleted else { return nil }
                let who = addresses.actor(user.address) ?? AddressBook.canonical(user.address)
                guard let other = seen.updateValue(user.address, forKey: who) else { return nil }
                return Fault(text: "\(who) stands in it as \(other) and as \(user.address)", lines: point.record.lines)
            }
        }
        return make.decide(
            faults: faults, passed: "each user stands once", lines: which.points.flatMap(\.record.lines))
    }

    /// The count of users lies between those who are connected and all who are listed.
    private static func userCount(_ which: Lists) -> CheckResult? {
        let make = CheckMaker(
            id: "roster.user-count", subject: which.user, requirements: which.requirements,
            basis: .rfc("RFC 4575 §5.5"),
            expected: "the user-count of \(which.name) that \(which.user) gets lies between the connected and the listed",
            weight: .warning)
        var faults: [Fault] = []
        var lines: [Int] = []
        for point in which.points {
            guard let count = point.roster.userCount, let view = point.view else { continue }
            lines += point.record.lines
            let connected = view.values.count { $0.status == "connected" }
            if !(connected...max(connected, view.count)).contains(count) {
                faults.append(
                    Fault(
                        text: "user-count is \(count) where \(connected) are connected and \(view.count) listed",
                        lines: point.record.lines))
            }
        }
        if lines.isEmpty { return nil }
        return make.decide(faults: faults, passed: "it does", lines: lines)
    }
}
