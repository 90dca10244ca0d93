import Facts
import TestCases

/// Late dispositions are shown at the messages that they are about, and no others (058c).
enum ShownFates {
    static func run(_ wanted: [ExpectedDisposition], _ screen: Screen, _ context: CheckContext) -> [CheckResult] {
        let all = CheckMaker(.allFates, at: screen.user, context)
        guard let shown = screen.messages else {
            let told = context.evidence.dispositionOffers(at: screen.user).first { offer in
                wanted.contains { context.evidence.message(labelled: $0.message)?.id == offer.disposition.message }
            }
            return [screen.unseen(all, came: told.flatMap { $0.record.isTakenOver ? ($0.record.at, $0.record.lines) : nil })]
        }
        let own = Dictionary(shown.filter(\.isOwn).map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
        var faults: [Fault] = []
        var lines = screen.messageLines
        var open: [String] = []
        for report in wanted {
            let sentence = "'\(report.status.rawValue)' of \(report.from) on \(report.message)"
            guard let script = context.evidence.message(labelled: report.message),
                let came = context.evidence.dispositionOffers(about: script.id, at: screen.user).first(where: {
                    $0.disposition.status == report.status.rawValue && $0.record.isTakenOver
                        && context.addresses.actor(of: $0.disposition) == report.from
                })
            else {
                open.append(sentence)
                continue
            }
            lines += came.record.lines
            if own[script.id].map({ isShown(report, at: $0, context) }) == true { continue }
            faults.append(Fault(text: "\(sentence) came and is not shown", lines: came.record.lines + screen.messageLines))
        }
        if faults.isEmpty, !open.isEmpty {
            return [all.inconclusive("\(listed(open)) never came to the client"), only(shown, screen, context)]
        }
        return [all.decide(faults: faults, passed: "every report is shown", lines: lines), only(shown, screen, context)]
    }

    /// A client need not show whose report it is, nor that what was displayed had been delivered.
    private static func isShown(_ report: ExpectedDisposition, at message: SeenMessage, _ context: CheckContext) -> Bool {
        message.dispositions.contains {
            ($0.status == report.status.rawValue || (report.status == .delivered && $0.status == "displayed"))
                && ($0.recipient == nil || context.addresses.actor($0.recipient) == report.from)
        }
    }

    private static func only(_ shown: [SeenMessage], _ screen: Screen, _ context: CheckContext) -> CheckResult {
        let make = CheckMaker(.onlyFates, at: screen.user, context)
        var faults: [Fault] = []
        for message in shown where message.isOwn {
            let told = context.evidence.dispositionOffers(about: message.id, at: screen.user).map(\.disposition)
            for fate in message.dispositions {
                let isTold = told.contains {
                    $0.status == fate.status
                        && (fate.recipient == nil || context.addresses.actor(of: $0) == context.addresses.actor(fate.recipient))
                }
                guard !isTold else { continue }
                let who = fate.recipient.map { " at \(context.addresses.actor($0) ?? $0)" } ?? ""
                let label = context.evidence.message(withID: message.id)?.label ?? message.id
                faults.append(Fault(text: "\(label) is shown as \(fate.status)\(who), which no report says", lines: screen.messageLines))
            }
        }
        return make.decide(faults: faults, passed: "each fate that is shown was told", lines: screen.messageLines)
    }
}
