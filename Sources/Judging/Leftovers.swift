import Facts

/// What came into the script and belongs to groups that this case did not make: left over from elsewhere, it is told and
/// charged to nobody. What came before the first step was fetched so that it would not come later.
enum Leftovers {
    private struct Key: Hashable, Comparable {
        var user: String
        var what: String

        static func < (a: Key, b: Key) -> Bool { (a.user, a.what) < (b.user, b.what) }
    }

    static func all(_ evidence: Evidence) -> [Leftover] {
        let own = Set(evidence.groups.values)
        if own.isEmpty { return [] }
        let ours = own.reduce(into: Set<String>()) { $0.formUnion(evidence.focuses[$1] ?? []) }
        var found: [Key: [[Int]]] = [:]
        let began = evidence.acts.first { $0.act.index != nil }?.fact.at ?? 0
        for record in evidence.sessions where record.session.by == .implementation && record.askedAt >= began {
            guard let group = record.session.group, !own.contains(group) else { continue }
            found[Key(user: record.session.user, what: "invitations to other groups"), default: []].append(record.lines)
        }
        for record in evidence.offers where record.at >= began {
            guard let what = kind(record.offer, own, ours, evidence) else { continue }
            found[Key(user: record.offer.user, what: what), default: []].append(record.lines)
        }
        return found.sorted { $0.key < $1.key }.map { key, lines in
            Leftover("\(key.what) came to \(key.user): \(lines.count)", lines: lines.flatMap(\.self))
        }
    }

    /// What an item of another group is; nil for one that belongs to the case, or may.
    private static func kind(
        _ offer: Offer, _ own: Set<GroupIdentity>, _ ours: Set<String>, _ evidence: Evidence
    ) -> String? {
        let group = evidence.session(offer.session)?.session.group
        let isForeign = group.map { !own.contains($0) } ?? false
        switch offer.item {
        case .message(let message):
            let isUnknown = group == nil && evidence.message(withID: message.id) == nil
            return isForeign || isUnknown ? "messages of other groups" : nil
        case .dispositions(let all):
            let isUnknown = group == nil && all.allSatisfy { evidence.message(withID: $0.message) == nil }
            return isForeign || isUnknown ? "reports of other groups" : nil
        case .roster(let roster):
            let focus = AddressBook.canonical(roster.entity)
            let isUnknown = group == nil && !ours.contains(focus) && evidence.focuses.values.contains { $0.contains(focus) }
            return isForeign || isUnknown ? "lists of other groups" : nil
        case .composing: return nil
        case .other: return isForeign ? "items of other groups" : nil
        }
    }
}
