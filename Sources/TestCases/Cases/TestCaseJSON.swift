public import Recordings

extension TestCase {
    /// The expanded case in the shape of the language, every default written out, without places.
    ///
    /// It goes into the header of a recording, so that a recording can be judged without its suite.
    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "base": .string(baseID), "suite": .string(suite), "title": .string(title),
            "role": .string(role.rawValue), "requirements": JSONValue(strings: requirements.map(\.rawValue)),
            "purpose": ["with": .string(purpose.with), "when": .string(purpose.when), "then": .string(purpose.then)],
            "row": .object(row.mapValues(JSONValue.string)),
            "actors": .array(actors.map { .object([$0.name: .string($0.word)]) }),
            "steps": .array(steps.map { .object([$0.kind.beginning: $0.kind.json]) }),
            "expect": .array(expectations.map { .object([$0.kind.word.rawValue: $0.kind.json]) }),
        ]
        if !needs.isEmpty { members["needs"] = needsJSON }
        return .object(members)
    }

    private var needsJSON: JSONValue {
        var ics: [String: JSONValue] = [:]
        var policy: [String: JSONValue] = [:]
        var timers: [String] = []
        for need in needs {
            switch need {
            case .ics(let name, let values): ics[name] = JSONValue(strings: values)
            case .policy(let name, let values, _): policy[name] = JSONValue(strings: values)
            case .timer(let name): timers.append(name.rawValue)
            // These follow from the steps and are never written.
            case .room, .left, .stay, .outlasting, .control, .backlog: break
            }
        }
        var members: [String: JSONValue] = [:]
        if !ics.isEmpty { members["ics"] = .object(ics) }
        if !policy.isEmpty { members["policy"] = .object(policy) }
        if !timers.isEmpty { members["timers"] = JSONValue(strings: timers) }
        return .object(members)
    }
}

extension StepKind {
    /// What stands after the step's word.
    var json: JSONValue {
        switch self {
        case .create(let group, let by, let invite, let subject):
            var members: [String: JSONValue] = [
                "group": .string(group), "by": .string(by), "invite": JSONValue(strings: invite),
            ]
            members["subject"] = subject.map(JSONValue.string)
            return .object(members)
        case .send(let step): return step.json
        case .compose(let by, let group): return ["by": .string(by), "group": .string(group)]
        case .report(let by, let message, let status):
            return ["by": .string(by), "message": .string(message), "status": .string(status.rawValue)]
        case .leave(let who, let group), .rejoin(let who, let group), .subscribe(let who, let group):
            return ["who": .string(who), "group": .string(group)]
        case .add(let by, let who, let group):
            return ["by": .string(by), "who": .string(who), "group": .string(group)]
        case .away(let who), .noticed(let who), .return(let who): return ["who": .string(who)]
        case .awayUnnoticed(let who): return ["who": .string(who), "waits": false]
        case .returnElsewhere(let who): return ["who": .string(who), "with": "another-device"]
        case .returnBroken(let who, let after, let how):
            var members: [String: JSONValue] = ["who": .string(who), "breaks-after": .integer(Int64(after))]
            if how != .afterSilence { members["how"] = .string(how.rawValue) }
            return .object(members)
        case .restart(let group, let by, let invite):
            return ["group": .string(group), "by": .string(by), "invite": JSONValue(strings: invite)]
        case .boot(let by, let who, let group):
            return ["by": .string(by), "who": .string(who), "group": .string(group)]
        case .outlast(let time): return .string(time.rawValue)
        case .reboot(let party): return .string(party.rawValue)
        case .client(let step): return step.json
        case .end(let group, let how): return ["group": .string(group), "how": .string(how.rawValue)]
        }
    }
}

extension SendStep {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "by": .string(by), "as": .string(label), "group": .string(group), "content-type": .string(contentType),
        ]
        members[content.member.key] = content.member.value
        if !dispositions.isEmpty { members["asks-for"] = JSONValue(strings: dispositions.map(\.rawValue).sorted()) }
        if concurrent { members["concurrent"] = true }
        if count > 1 { members["count"] = .integer(Int64(count)) }
        return .object(members)
    }
}

extension Expectation {
    /// What stands after the expectation's word.
    var json: JSONValue {
        var members: [String: JSONValue] = ["at": .string(at), "group": .string(group)]
        switch self {
        case .messages(_, _, let labels): members["exactly"] = JSONValue(strings: labels)
        case .dispositions(_, _, let reports): members["exactly"] = .array(reports.map(\.json))
        case .roster(_, _, let list, let statuses):
            members[list.rawValue] = .object(statuses.mapValues { .string($0.rawValue) })
        case .changes(_, _, let changes): members["in-order"] = .array(changes.map(\.json))
        case .withheld(_, _, let what): members["what"] = .string(what.rawValue)
        case .reports(_, _, let reports): members["exactly"] = .array(reports.map(\.json))
        case .restarted(_, _, let inviting): members["inviting"] = JSONValue(strings: inviting)
        case .audience(_, _, let audiences): members["of"] = .object(audiences.mapValues(JSONValue.init(strings:)))
        case .nothing: break
        }
        return .object(members)
    }
}

extension ExpectedDisposition {
    var json: JSONValue {
        ["message": .string(message), "from": .string(from), "status": .string(status.rawValue)]
    }
}

extension ExpectedReport {
    var json: JSONValue { ["message": .string(message), "status": .string(status.rawValue)] }
}

extension RosterChange {
    var json: JSONValue {
        switch self {
        case .joined(let actor): ["joined": .string(actor)]
        case .left(let actor): ["left": .string(actor)]
        }
    }
}
