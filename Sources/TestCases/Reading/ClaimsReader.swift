internal import Diagnostics

/// Reads what an implementation claims and what its deployment is set to do: parts that descriptions and provider
/// profiles have in common.
struct ClaimsReader {
    let findings: Findings

    func ics(_ node: DocumentNode, _ role: ImplementationRole?) -> ICS {
        var ics = ICS()
        let keys = ICSOption.allCases.map(\.rawValue)
        guard let section = Section(node, "'ics'", keys: keys, findings: findings) else { return ics }
        for option in ICSOption.allCases where section[option.rawValue] != nil {
            let name = option.rawValue
            if let role, option.role != role {
                findings.add(
                    "iut.other-role", section.place(name),
                    "'\(name)' is an option of the \(option.role.rawValue), and this describes the \(role.rawValue)",
                    "remove it")
            }
            if option.values == .flag {
                if let value = section.bool(name) { ics[option] = value ? "true" : "false" }
            } else if let word = section.string(name) {
                if option.values.all.contains(word) {
                    ics[option] = word
                } else {
                    findings.addUnknown(
                        "input.unknown-word", section.place(name), word, is: "value of '\(name)'", of: option.values.all
                    )
                }
            }
        }
        return ics
    }

    func policy(_ node: DocumentNode) -> Policy {
        var policy = Policy()
        let keys = PolicyItem.allCases.map(\.rawValue)
        guard let section = Section(node, "'policy'", keys: keys, findings: findings) else { return policy }
        policy.storage = section.bool("storage", words: "on or off")
        policy.retention = section.duration("retention")
        policy.maximum = section.int("maximum", in: 0...1_000_000)
        policy.keeps = section.word("keeps", PolicyKeeps.self, is: "value of 'keeps'")
        policy.intermediateLists = section.bool("intermediate-lists", words: "on or off")
        policy.endsWhenMembersBelow = section.int("ends-when-members-below", in: 0...1000)
        policy.inactivity = section.duration("inactivity")
        return policy
    }
}
