import Actors
import Diagnostics
import Facts
import Recordings
import TestCases

/// What an operator is told and asked in a case, and how the answers are written down.
extension ClientStage {
    /// Before the first step: what the case is about, and whom the person plays.
    func introduce(_ address: EnablerAddress) async {
        guard let person = settings.person else { return }
        var lines = ["", "== \(testCase.id)", testCase.title + "."]
        let purpose = testCase.purpose
        lines += [("with", purpose.with), ("when", purpose.when), ("then", purpose.then)].compactMap { word, text in
            text.isEmpty ? nil : "  \(word) \(text)"
        }
        let text = PersonText()
        let members = testCase.actors.filter { $0.part == .member }.map { "\(text.name($0.name)) <\(addresses[$0.name] ?? "")>" }
        lines.append("The client is \(text.name(user))'s, \(addresses[user] ?? ""); in the groups: \(text.listed(members, none: "nobody")).")
        if isByHand {
            lines.append(
                "Its proxy is \(address.host), port \(address.port), over \(address.isSecure ? "TLS" : "TCP"). "
                    + "Accept every invitation, and open no group before you are asked to.")
        } else {
            lines.append("What the user does is done through the client's upper tester; you are asked what the user sees.")
        }
        await person.tell(lines.joined(separator: "\n"))
    }

    /// Nothing but the person knows when a telephone rings.
    func announceCall(_ label: String) async {
        guard isByHand, let person = settings.person else { return }
        await person.tell("\(name(of: label)) calls the client now. If it rings, accept.")
    }

    // MARK: Instructions

    /// Has something done; throws `StepFailure` where it could not be.
    func order(_ text: String) async throws {
        guard let person = settings.person else { throw StepFailure("an operator") }
        let reply = try await person.ask(OperatorPrompt(caseID: testCase.id, kind: .order, text: text))
        write(OperatorAnswer(user: user, asked: text, word: reply.word, remark: reply.remark))
        guard reply.word == .done else {
            throw StepFailure("what the operator was asked for and could not do\(reply.remark.map { " (\($0))" } ?? "")")
        }
    }

    // MARK: Questions

    /// Asks what the case expects the user to see: each question whole, and by its parts where the answer is not yes.
    func askOperator() async throws {
        guard let person = settings.person else { return }
        var seen: Set<String> = []
        for expectation in testCase.expectations.map(\.kind) {
            let label = expectation.group
            guard let question = OperatorQuestion(expectation, of: testCase, facts: log.facts, addresses: addressBook)
            else { continue }
            if seen.insert(label).inserted {
                act("look", index: nil, ["who": .string(user), "group": .string(label)])
                await show(label, person)
            }
            let word = try await ask(question, person)
            guard word != .yes, question.checks.count > 1 else { continue }
            await person.tell("Each of these by itself, then:")
            for check in question.checks { _ = try await ask(question.only(check), person) }
        }
    }

    private func ask(_ question: OperatorQuestion, _ person: any ClientOperator) async throws -> OperatorAnswer.Word {
        let text = QuestionWording(question: question, group: name(of: question.group)).text
        let reply = try await person.ask(
            OperatorPrompt(caseID: testCase.id, kind: .question(question.checks), text: text))
        write(
            OperatorAnswer(
                user: user, group: question.group, checks: question.checks.map(\.rawValue), about: question.about, asked: text,
                word: reply.word, remark: reply.remark))
        return reply.word
    }

    /// Where there is an upper tester, its words take the place of a screen.
    private func show(_ label: String, _ person: any ClientOperator) async {
        guard !isByHand, let side else { return }
        do {
            let lines = try await side.look(at: side.handle(of: userGroup(label)))
            await person.tell((["The client shows of \(name(of: label)):"] + lines.map { "  | \($0)" }).joined(separator: "\n"))
        } catch {
            // The questions say about it what there is to say.
            await person.tell("The client shows nothing of \(name(of: label)): \(PersonText().safe("\(error)", limit: 400))")
        }
    }

    private func write(_ answer: OperatorAnswer) {
        recorder.add(.answer, actor: user, fields: answer.fields)
    }

    // MARK: Names of groups

    /// How a person knows a group: by its subject, which is another in each case, or by who is in it.
    func name(of label: String) -> String {
        let text = PersonText()
        guard let group = groups[label] else { return "the group" }
        if let title = group.title { return "the group “\(title)”" }
        let others = (group.invited ?? testCase.actors.filter { $0.part == .member }.map(\.name)).sorted()
        return "the newest group with \(text.names(others))"
    }

    func userGroup(_ label: String) throws(StepFailure) -> UserGroup {
        UserGroup(ids: try group(label).ids, name: settings.person == nil ? "the group \(label)" : name(of: label))
    }
}
