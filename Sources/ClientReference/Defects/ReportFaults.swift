import Payloads

/// The defects in what is reported. Without one, everything passes through unchanged.
struct ReportFaults: Sendable {
    private let defects: Set<ClientDefect>

    init(_ defects: Set<ClientDefect>) { self.defects = defects }

    /// What a message asks for, as the client reads it.
    func requests(_ asked: Set<DispositionRequest>) -> Set<DispositionRequest> {
        defects.contains(.unaskedReports) ? asked.union([.positiveDelivery]) : asked
    }

    /// What is due when a message that asks for it has been shown.
    var deliveredAtOnce: ReportState { defects.contains(.deliveredMissing) ? .unwanted : .owed }
    var displayedAtOnce: ReportState { defects.contains(.displayedUnread) ? .owed : .asked }

    /// Whether reading is reported.
    var reportsDisplay: Bool { !defects.contains(.displayedMissing) }

    /// Whether reports are reported on.
    var answersReports: Bool { defects.contains(.reportOnReport) }

    /// How often a report goes.
    func copies(of kind: OwedReport.Kind) -> Int { kind == .delivered && defects.contains(.deliveredTwice) ? 2 : 1 }

    /// The report as it goes; `before` is the message that came before the one it is about.
    func altered(_ report: OwedReport, before: MessageRecord?) -> OwedReport {
        guard defects.contains(.wrongIDReported) else { return report }
        var report = report
        report.message.messageID = before?.messageID ?? "another-\(report.message.messageID)"
        return report
    }
}

/// The defects in what is made of reports on own messages. Without one, everything passes through unchanged.
struct DispositionFaults: Sendable {
    private let defects: Set<ClientDefect>

    init(_ defects: Set<ClientDefect>) { self.defects = defects }

    func taken(_ reports: [ArrivedReport]) -> [ArrivedReport] {
        defects.contains(.onlyFirstApplied) ? Array(reports.prefix(1)) : reports
    }

    /// The message at which a report is shown.
    func target(_ messageID: String, in conversation: Conversation?) -> String {
        guard defects.contains(.appliedToOther), let own = conversation?.messages.filter(\.isOwn),
            let place = own.firstIndex(where: { $0.messageID == messageID })
        else { return messageID }
        return own[place == 0 ? own.count - 1 : place - 1].messageID
    }

    func status(_ status: String) -> String {
        defects.contains(.failureTakenForDelivery) && status == "failed" ? "delivered" : status
    }

    func recipient(_ recipient: Person) -> Person {
        defects.contains(.recipientsMerged) ? Person(uri: "sip:somebody@anonymous.invalid") : recipient
    }
}
