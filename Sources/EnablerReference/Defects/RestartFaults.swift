/// The defects that sit between the store and an enabler that is started on it again. Without one, nothing is touched.
struct RestartFaults: Sendable {
    private let defects: Set<Defect>

    init(_ defects: Set<Defect>) { self.defects = defects }

    /// Whether messages that were confirmed before are read, too (`confirmed-again-after-restart`, `…-after-a-crash`).
    var takesConfirmedForOwed: Bool {
        defects.contains(.confirmedAgainAfterRestart) || defects.contains(.confirmedAgainAfterCrash)
    }

    /// What the enabler finds of what was kept.
    func found(_ contents: StoreContents) -> StoreContents {
        if defects.isEmpty { return contents }
        var contents = contents
        contents.owed.removeAll { isLost($0.kind) }
        if !defects.contains(.confirmedAgainAfterRestart) { dropFinished(&contents.owed) }
        if defects.contains(.unansweredLostAtCrash) { contents.owed.removeAll { $0.state == .offered } }
        if defects.contains(.newestLostAtRestart) { dropNewest(&contents.owed) }
        return contents
    }

    private func isLost(_ kind: ItemKind) -> Bool {
        if defects.contains(.storeLostAtRestart) { return true }
        switch kind {
        case .message: return false
        case .disposition: return defects.contains(.reportsLostAtRestart)
        case .roster: return defects.contains(.listsLostAtRestart)
        case .finalRoster: return defects.contains(.finalListLostAtRestart)
        }
    }

    /// Confirmed messages are only taken for owed where a delivery to their user had not come to its end.
    private func dropFinished(_ owed: inout [OwedEntry]) {
        let unfinished = Set(owed.filter { $0.state == .offered }.map { "\($0.group) \($0.user)" })
        owed.removeAll { $0.state == .confirmed && !unfinished.contains("\($0.group) \($0.user)") }
    }

    /// The newest message of each user in each group had not been written down yet.
    private func dropNewest(_ owed: inout [OwedEntry]) {
        var seen: Set<String> = []
        let lost = owed.reversed().filter { $0.kind == .message && seen.insert("\($0.group) \($0.user)").inserted }
        let gone = Set(lost)
        owed.removeAll(where: gone.contains)
    }
}
