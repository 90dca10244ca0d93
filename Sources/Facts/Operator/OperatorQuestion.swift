public import TestCases

/// What an operator is asked in place of an upper tester: whether the client shows what a case expects of what crossed the wire.
///
/// A question that can be answered yes where the client behaved, and only about what really came. It has no wording, so that
/// answers outlive the wording.
public struct OperatorQuestion: Sendable, Hashable {
    /// A message as it came, or as the user wrote it.
    public struct Message: Sendable, Hashable {
        /// nil for one that no expectation names.
        public var label: String?
        public var by: ActorName?
        public var contentType: String
        public var body: [UInt8]
        /// Milliseconds since 1970; nil when it names no time.
        public var sentAt: Int64?
    }

    /// A report that came.
    public struct Fate: Sendable, Hashable {
        /// The user's message that it is about.
        public var message: Message
        public var from: ActorName
        public var status: DispositionStatus
    }

    /// A line of the history.
    public enum Line: Sendable, Hashable {
        case message(Message)
        case change(RosterChange)
    }

    public struct Audience: Sendable, Hashable {
        public var message: Message
        public var names: [ActorName]
    }

    public enum Matter: Sendable, Hashable {
        /// What came, in order; what else came and may be shown; what the user wrote.
        case messages([Message], beside: [Message], own: [Message])
        /// What came, and all that the user wrote.
        case fates([Fate], own: [Message])
        case members([ActorName: ExpectedStatus])
        /// Changes among the messages; the changes alone where nobody can say where they stand.
        case history([Line])
        case audience([Audience])
    }

    public var user: ActorName
    public var group: String
    /// What a yes says; never empty.
    public var checks: [ShownCheck]
    /// Names what it is about: two questions are the same when this and the checks are.
    public var about: [String]
    public var matter: Matter
    /// The recorded lines by which the things came.
    public var lines: [Int]
    /// What is expected and never came, so that a yes is not all.
    public var missing: [String]

    /// The same about one of its checks.
    public func only(_ check: ShownCheck) -> OperatorQuestion {
        var question = self
        question.checks = [check]
        return question
    }
}

extension OperatorQuestion {
    /// What can be asked about an expectation; nil where nothing crossed the wire that a person could look for.
    ///
    /// - Parameter facts: of everything that was recorded.
    public init?(
        _ expectation: Expectation, of testCase: TestCase, facts: [Fact], addresses: AddressBook
    ) {
        let inquiry = Inquiry(
            testCase: testCase, user: expectation.at, group: expectation.group, account: WireAccount(facts, user: expectation.at),
            addresses: addresses)
        let question: OperatorQuestion? =
            switch expectation {
            case .messages(_, _, let labels): inquiry.messages(labels)
            case .dispositions(_, _, let wanted): inquiry.fates(wanted)
            case .roster(_, _, _, let members): inquiry.members(members)
            case .changes(_, _, let changes): inquiry.history(changes)
            case .audience(_, _, let audiences): inquiry.audience(audiences)
            case .nothing, .withheld, .reports, .restarted: nil
            }
        guard let question else { return nil }
        self = question
    }
}

/// Makes the question about one expectation.
private struct Inquiry {
    let testCase: TestCase
    let user: ActorName
    let group: String
    let account: WireAccount
    let addresses: AddressBook

    private func question(
        _ checks: [ShownCheck], _ matter: OperatorQuestion.Matter, about: [String], lines: [Int], missing: [String] = []
    ) -> OperatorQuestion? {
        guard !checks.isEmpty, account.groups[group] != nil else { return nil }
        return OperatorQuestion(
            user: user, group: group, checks: checks, about: about, matter: matter, lines: Array(Set(lines)).sorted(), missing: missing)
    }

    // MARK: Messages

    func messages(_ labels: [String]) -> OperatorQuestion? {
        let came = labels.compactMap(arrival)
        let beside = strangers(labels)
        let checks: [ShownCheck] =
            switch came.count {
            case 0: [.only]
            case 1: ShownCheck.ofMessages.filter { $0 != .order }
            default: ShownCheck.ofMessages
            }
        let own = written
        return question(
            checks, .messages(came.map(shown), beside: beside.map(shown), own: own.map(shown)),
            about: came.map { "came \($0.label ?? "") \($0.chat.id ?? "")" } + beside.map { "beside \($0.chat.id ?? "without id")" }
                + own.map { "own \($0.id)" },
            lines: came.flatMap(\.lines), missing: labels.filter { arrival($0) == nil })
    }

    /// The first copy that came whole and was taken over.
    private func arrival(_ label: String) -> WireAccount.Message? {
        guard let id = account.ids[label] else { return nil }
        return account.messages.first { $0.chat.id == id && $0.isTaken }
    }

    /// What came in the group beside what is expected, each once: whether it is shown is the client's affair.
    private func strangers(_ labels: [String]) -> [WireAccount.Message] {
        let expected = Set(labels.compactMap { account.ids[$0] })
        var seen: Set<[UInt8]> = []
        return account.messages.filter { message in
            guard message.group == account.groups[group] else { return false }
            guard let id = message.chat.id else { return seen.insert(message.chat.body).inserted }
            return !expected.contains(id) && seen.insert(Array(id.utf8)).inserted
        }
    }

    private var written: [WireAccount.Written] { account.written.filter { $0.group == group } }

    private func shown(_ message: WireAccount.Message) -> OperatorQuestion.Message {
        OperatorQuestion.Message(
            label: message.label, by: addresses.actor(message.chat.sender), contentType: message.chat.contentType,
            body: message.chat.body, sentAt: message.chat.instant)
    }

    private func shown(_ message: WireAccount.Written) -> OperatorQuestion.Message {
        OperatorQuestion.Message(
            label: message.label, by: user, contentType: message.chat?.contentType ?? SendStep.plainText,
            body: message.chat?.body ?? [], sentAt: message.chat?.instant)
    }

    // MARK: Reports

    func fates(_ wanted: [ExpectedDisposition]) -> OperatorQuestion? {
        let own = written
        guard !own.isEmpty else { return nil }
        var came: [OperatorQuestion.Fate] = []
        var about = own.map { "own \($0.id)" }
        var lines: [Int] = []
        var missing: [String] = []
        for report in wanted {
            guard let message = own.first(where: { $0.label == report.message }),
                let arrival = account.reports.first(where: { isOf($0, report, message) })
            else {
                missing.append("'\(report.status.rawValue)' of \(report.from) on \(report.message)")
                continue
            }
            came.append(OperatorQuestion.Fate(message: shown(message), from: report.from, status: report.status))
            about.append("\(report.status.rawValue) of \(report.from) on \(message.id)")
            lines += arrival.lines
        }
        return question(
            came.isEmpty ? [.onlyFates] : [.allFates, .onlyFates], .fates(came, own: own.map(shown)), about: about, lines: lines,
            missing: missing)
    }

    private func isOf(_ came: WireAccount.Report, _ report: ExpectedDisposition, _ message: WireAccount.Written) -> Bool {
        came.isTaken && came.disposition.message == message.id && came.disposition.status == report.status.rawValue
            && addresses.actor(of: came.disposition) == report.from
    }

    // MARK: Participants

    func members(_ members: [ActorName: ExpectedStatus]) -> OperatorQuestion? {
        guard let last = account.lists(in: group).last else { return nil }
        return question(
            [.members], .members(members), about: members.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.rawValue)" },
            lines: last)
    }

    /// Every list of the script came, so that the client can know each change.
    private var isToldAll: Bool {
        let lists = testCase.steps.filter { if case .client(.list(let list)) = $0.kind { list.group == group } else { false } }
        return account.lists(in: group).count >= lists.count
    }

    func history(_ changes: [RosterChange]) -> OperatorQuestion? {
        guard isToldAll else { return nil }
        let told = ToldChanges(testCase, group: group)
        var lines = changes.map { OperatorQuestion.Line.change($0) }
        if told.places.count == changes.count {
            var placed = zip(told.places, lines).map { (step: $0, line: $1) }
            for (label, step) in told.messages {
                if let message = arrival(label) { placed.append((step, .message(shown(message)))) }
            }
            lines = placed.enumerated().sorted { ($0.element.step, $0.offset) < ($1.element.step, $1.offset) }.map(\.element.line)
        }
        return question([.history], .history(lines), about: lines.map(words), lines: account.lists(in: group).flatMap(\.self))
    }

    private func words(_ line: OperatorQuestion.Line) -> String {
        switch line {
        case .message(let message): "message \(message.label.flatMap { account.ids[$0] } ?? "")"
        case .change(.joined(let who)): "joined \(who)"
        case .change(.left(let who)): "left \(who)"
        }
    }

    func audience(_ audiences: [String: [ActorName]]) -> OperatorQuestion? {
        let came = audiences.sorted { $0.key < $1.key }.compactMap { label, names in arrival(label).map { ($0, names.sorted()) } }
        guard isToldAll, came.count == audiences.count else { return nil }
        return question(
            [.audience], .audience(came.map { OperatorQuestion.Audience(message: shown($0), names: $1) }),
            about: came.map { "\($0.chat.id ?? "") with \($1.joined(separator: " "))" }, lines: came.flatMap(\.0.lines))
    }
}
