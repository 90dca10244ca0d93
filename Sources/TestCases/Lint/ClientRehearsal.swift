internal import Diagnostics

/// Goes through the script of a case for a client without playing it, and says which step cannot be taken and which
/// expectation no client could meet.
struct ClientRehearsal {
    let testCase: TestCase
    let findings: Findings
    private var isOnline = false
    /// Groups in which a session stands.
    private var open: Set<String> = []
    /// Groups that there are.
    private var made: Set<String> = []
    /// Messages that came to the client whole, in order.
    private var whole: [String] = []
    /// Messages of which at least a part came.
    private var handed: Set<String> = []
    /// Messages in which the enabler has paused, each with its group.
    private var paused: [String: String] = [:]
    private var written: Set<String> = []
    private var read: Set<String> = []

    static func run(_ testCase: TestCase, findings: Findings) {
        var rehearsal = ClientRehearsal(testCase: testCase, findings: findings)
        rehearsal.checkCast()
        for step in testCase.steps {
            if case .client(let kind) = step.kind { rehearsal.take(kind, step.place) }
        }
        for expectation in testCase.expectations { rehearsal.check(expectation.kind, expectation.place) }
    }

    private init(testCase: TestCase, findings: Findings) {
        self.testCase = testCase
        self.findings = findings
    }

    private func checkCast() {
        let clients = testCase.actors.filter { $0.part == .client }.map(\.name)
        guard clients.count != 1 else { return }
        findings.add(
            "case.one-client", testCase.place,
            clients.isEmpty ? "nobody of the case is the client under test" : "\(clients.joined(separator: " and ")) are both the client under test",
            "declare one actor as 'client' and the others as 'member'")
    }

    // MARK: Steps

    private mutating func take(_ step: ClientStep, _ place: SourcePlace?) {
        if !isOnline, needsClient(step) {
            findings.add(
                "case.client-offline", place, "the client is off-line here, so nothing can be done with it",
                "write '- online: …' before")
            isOnline = true
        }
        if let group = step.group, needsSession(step), !open.contains(group) {
            findings.add(
                "case.no-session", place, "no session of '\(group)' stands here", "write '- invite: { by: …, as: over }' before")
            open.insert(group)
        }
        switch step {
        case .online: isOnline = true
        case .offline, .cut, .reboot:
            isOnline = false
            open = []
            paused = [:]
        case .create(let group, _, _):
            open.insert(group)
            made.insert(group)
        case .invite(let invite):
            open.insert(invite.group)
            made.insert(invite.group)
        case .write(let step): written.insert(step.label)
        case .hand(let hand): take(hand)
        case .again(let labels): takeAgain(labels, place)
        case .read(_, let label): takeRead(label, place)
        case .report(let fates, _): check(fates, place)
        case .restart(let step): restart(step, place)
        case .resume(let label): resume(label, place)
        case .leave(_, let group), .hangUp(let group, _):
            open.remove(group)
            paused = paused.filter { $0.value != group }
        case .list, .strange: break
        }
    }

    private func needsClient(_ step: ClientStep) -> Bool {
        switch step {
        case .online, .offline, .reboot: false
        default: true
        }
    }

    private func needsSession(_ step: ClientStep) -> Bool {
        switch step {
        case .write, .hand, .strange, .hangUp, .leave: true
        case .list(let list): list.carriage != .subscription
        case .online, .offline, .create, .read, .restart, .invite, .again, .resume, .report, .cut, .reboot: false
        }
    }

    private mutating func take(_ hand: HandStep) {
        handed.insert(hand.message.label)
        if !hand.isCut, !whole.contains(hand.message.label) { whole.append(hand.message.label) }
        if hand.pausesAfter != nil { paused[hand.message.label] = hand.message.group }
        guard hand.breaksAfter != nil else { return }
        open.remove(hand.message.group)
        paused = paused.filter { $0.value != hand.message.group }
    }

    private mutating func resume(_ label: String, _ place: SourcePlace?) {
        guard paused.removeValue(forKey: label) != nil else {
            findings.add(
                "case.resume-nothing", place, "the enabler has not paused in '\(label)', or its session is over",
                "give its 'send' a 'pauses-after', and resume it in the same session")
            return
        }
        if !whole.contains(label) { whole.append(label) }
    }

    private mutating func takeAgain(_ labels: [String], _ place: SourcePlace?) {
        for label in labels {
            guard handed.contains(label) else {
                findings.add(
                    "case.again-nothing", place, "'\(label)' was not handed over before", "write '- send: …' for the first time")
                continue
            }
            if !whole.contains(label) { whole.append(label) }
        }
    }

    private mutating func takeRead(_ label: String, _ place: SourcePlace?) {
        if !whole.contains(label) {
            findings.add("case.read-nothing", place, "'\(label)' has not come whole, so nobody can read it", "move the step behind it")
        }
        read.insert(label)
    }

    private func check(_ fates: [ReportedFate], _ place: SourcePlace?) {
        for fate in fates where !written.contains(fate.message) {
            findings.add(
                "case.report-on-others", place, "'\(fate.message)' is not written by the client's user",
                "report on a message of a 'send' by the user")
        }
    }

    private mutating func restart(_ step: RestartStep, _ place: SourcePlace?) {
        if open.contains(step.group) {
            findings.add(
                "case.restart-live", place, "a session of '\(step.group)' still stands", "write '- hang-up: completed' before")
        }
        if !made.contains(step.group) {
            findings.add("case.restart-nothing", place, "there is no group '\(step.group)' yet", "write '- invite: …' before")
        }
        if !step.isRefused { open.insert(step.group) }
    }

    // MARK: Expectations

    private func check(_ expectation: Expectation, _ place: SourcePlace?) {
        if testCase.actors.first(where: { $0.name == expectation.at })?.part != .client {
            findings.add(
                "case.expected-elsewhere", place, "\(expectation.at) is not the client under test",
                "expect it at the actor that is declared as 'client'")
        }
        switch expectation {
        case .messages(_, let group, let labels): checkMessages(labels, group, place)
        case .reports(_, _, let reports): checkReports(reports, place)
        case .audience(_, _, let audiences):
            for label in audiences.keys.sorted() where !whole.contains(label) {
                findings.add("case.never-whole", place, "'\(label)' never comes whole", "remove it")
            }
        case .restarted(_, let group, _) where !testCase.restarts(group):
            findings.add("case.never-restarted", place, "no step lets the user go on with '\(group)'", "write '- restart: { by: … }'")
        case .changes where !testCase.requirements.contains("CPM-CONV-058d"):
            findings.add(
                "case.requirement-missing", place, "intermediate lists are judged under CPM-CONV-058d",
                "add CPM-CONV-058d to 'requirements'")
        case .dispositions, .roster, .changes, .restarted, .nothing, .withheld: break
        }
    }

    private func checkMessages(_ labels: [String], _ group: String, _ place: SourcePlace?) {
        for label in labels where !whole.contains(label) {
            findings.add(
                "case.never-whole", place,
                written.contains(label) ? "'\(label)' is written by the user itself" : "'\(label)' never comes whole", "remove it")
        }
        for label in labels where testCase.handed(label).map({ $0.message.group != group }) == true {
            findings.add("case.other-group", place, "'\(label)' is of another group", "expect it there")
        }
        let order = whole.filter(labels.contains)
        if order != labels, Set(order) == Set(labels) {
            findings.add(
                "case.order", place, "the labels are not in the order in which they come",
                "write [\(order.joined(separator: ", "))]")
        }
    }

    private func checkReports(_ reports: [ExpectedReport], _ place: SourcePlace?) {
        for report in reports {
            guard let hand = testCase.handed(report.message) else { continue }
            if !hand.message.dispositions.contains(report.status) {
                findings.add(
                    "case.not-asked-for", place, "'\(report.message)' does not ask for '\(report.status.rawValue)'",
                    "add 'asks-for: [\(report.status.rawValue)]' to its 'send'")
            }
            if report.status == .displayed, !read.contains(report.message) {
                findings.add(
                    "case.never-read", place, "nobody reads '\(report.message)'",
                    "write '- read: { by: …, message: \(report.message) }'")
            }
        }
    }
}

extension TestCase {
    /// How a message is handed to the client for the first time.
    public func handed(_ label: String) -> HandStep? {
        for case .client(.hand(let step)) in steps.lazy.map(\.kind) where step.message.label == label { return step }
        return nil
    }

    /// A message that the client's user writes.
    public func written(_ label: String) -> WriteStep? {
        for case .client(.write(let step)) in steps.lazy.map(\.kind) where step.label == label { return step }
        return nil
    }

    /// The user of the client under test.
    public var clientUser: ActorName? { actors.first { $0.part == .client }?.name }

    fileprivate func restarts(_ group: String) -> Bool {
        steps.contains { if case .client(.restart(let step)) = $0.kind { step.group == group } else { false } }
    }
}
