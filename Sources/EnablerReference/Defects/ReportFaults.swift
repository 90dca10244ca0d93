import Payloads

/// What defects change in a stored report when it is delivered. Without one, no byte is touched.
struct ReportFaults: Sendable {
    typealias Edit = @Sendable (_ report: inout DispositionReport, _ message: inout CPIMMessage) -> Void

    private let edits: [Edit]

    init(_ defects: Set<Defect>) { edits = Self.edits.filter { defects.contains($0.key) }.map(\.value) }

    /// Aggregated reports are left as they are.
    func copy(_ item: StoredItem) -> StoredItem {
        guard !edits.isEmpty, var message = try? CPIMMessage(parsing: item.body),
            var report = try? DispositionReport(parsing: message.body)
        else { return item }
        for edit in edits { edit(&report, &message) }
        return item.carrying(report, in: message)
    }

    static let edits: [Defect: Edit] = [
        .reportRaised: { report, _ in
            guard report.status == "delivered" else { return }
            report.kind = .display
            report.status = "displayed"
        },
        .reportMisattributed: { report, message in
            message.from = message.to
            report.recipientURI = message.to?.uri
            report.originalRecipientURI = message.to?.uri
        },
        .reportAboutOther: { report, _ in report.messageID = "not-\(report.messageID)" },
    ]
}
