import Recordings

extension ClientStep {
    /// What stands after the step's word, every default written out.
    var json: JSONValue {
        switch self {
        case .online(let who), .offline(let who), .cut(let who), .reboot(let who): .string(who)
        case .create(let group, let by, let invite):
            ["group": .string(group), "by": .string(by), "invite": JSONValue(strings: invite)]
        case .write(let step): step.json
        case .read(let by, let message): ["by": .string(by), "message": .string(message)]
        case .restart(let step):
            ["group": .string(step.group), "by": .string(step.by), "refused": .bool(step.isRefused)]
        case .leave(let who, let group): ["who": .string(who), "group": .string(group)]
        case .invite(let step): step.json
        case .hand(let step): step.json
        case .again(let labels): JSONValue(strings: labels)
        case .resume(let label): .string(label)
        case .report(let fates, let carriage):
            ["together": .array(fates.map(\.json)), "carriage": .string(carriage.rawValue)]
        case .list(let step): step.json
        case .strange(let what, let group): ["what": .string(what.rawValue), "group": .string(group)]
        case .hangUp(let group, let cause): ["group": .string(group), "cause": .string(cause.rawValue)]
        }
    }
}

extension SendContent {
    /// The key of its kind, and its value.
    var member: (key: String, value: JSONValue) {
        switch self {
        case .text(let text): ("text", .string(text))
        case .sample(let sample): ("sample", .string(sample.rawValue))
        case .size(let size): ("size", .integer(Int64(size)))
        }
    }
}

extension WriteStep {
    fileprivate var json: JSONValue {
        let content = content.member
        return .object(["by": .string(by), "as": .string(label), "group": .string(group), content.key: content.value])
    }
}

extension InviteStep {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "group": .string(group), "by": .string(by), "as": .string(form.rawValue), "dress": .string(dress.rawValue),
            "setup": .string(setup.rawValue), "at-new-focus": .bool(atNewFocus),
        ]
        members["listing"] = listing.map(JSONValue.init(strings:))
        return .object(members)
    }
}

extension HandStep {
    fileprivate var json: JSONValue {
        var members = message.json.object ?? [:]
        members["chunk"] = chunk.map { .integer(Int64($0)) }
        members["failure-report"] = .string(failureReport.rawValue)
        members["success-report"] = .bool(successReport)
        members["breaks-after"] = breaksAfter.map { .integer(Int64($0)) }
        members["aborts-after"] = abortsAfter.map { .integer(Int64($0)) }
        members["pauses-after"] = pausesAfter.map { .integer(Int64($0)) }
        if age > 0 { members["age"] = .string("\(age)ms") }
        return .object(members)
    }
}

extension ReportedFate {
    fileprivate var json: JSONValue {
        ["by": .string(by), "message": .string(message), "status": .string(status.rawValue)]
    }
}

extension ListStep {
    fileprivate var json: JSONValue {
        [
            "group": .string(group), "shows": .object(shows.mapValues { .string($0.rawValue) }),
            "form": .string(extent.rawValue), "by": .string(carriage.rawValue),
        ]
    }
}
