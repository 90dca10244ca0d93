extension TestCase {
    /// What a case for a client takes for granted by what it expects.
    var clientNeeds: [Need] {
        guard role == .client else { return [] }
        var all: [Need] = []
        if requirements.contains("CPM-CONV-058d") {
            all.append(.ics(ICSOption.processesIntermediateLists.rawValue, oneOf: ["true"]))
        }
        for expectation in expectations.map(\.kind) {
            switch expectation {
            case .reports(_, _, let reports): all += Set(reports.map(\.status)).sorted(by: <).map(Self.reporting)
            case .restarted: all.append(.ics(ICSOption.restartsFromFinalList.rawValue, oneOf: ["true"]))
            case .audience: all.append(.ics(ICSOption.showsAudience.rawValue, oneOf: ["true"]))
            case .messages, .dispositions, .roster, .changes, .nothing, .withheld: break
            }
        }
        return all
    }

    private static func reporting(_ status: DispositionStatus) -> Need {
        .ics(
            ICSOption.sendsReports.rawValue,
            oneOf: ICSOption.sendsReports.values.all.filter { $0.contains(status.rawValue) })
    }
}

extension DispositionStatus: Comparable {
    public static func < (a: DispositionStatus, b: DispositionStatus) -> Bool { a.rawValue < b.rawValue }
}

extension ICS {
    /// Whether the client says that it gives reports of a kind when they are asked for.
    public func gives(_ status: DispositionStatus) -> Bool { self[.sendsReports].contains(status.rawValue) }
}
