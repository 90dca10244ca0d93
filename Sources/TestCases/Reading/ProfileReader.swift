internal import Diagnostics

/// Reads a provider profile, and refuses one that contradicts itself as a description would be.
struct ProfileReader {
    static let keys = ["provider", "summary", "ics", "policy", "timers", "longest-backlog"]

    let findings: Findings

    func read(_ node: DocumentNode) -> ProviderProfile? {
        guard
            let section = Section(
                node, "a provider profile", keys: Self.keys, required: ["provider", "summary"], findings: findings),
            let name = section.string("provider"), let summary = section.string("summary")
        else { return nil }
        guard MatrixExpansion.isSlug(name), name != "all" else {
            findings.add(
                "profile.name", section.place("provider"), "'\(escapedPeerText(name))' cannot be the name of a profile",
                "use small letters, digits and single hyphens; 'all' means every profile")
            return nil
        }
        let claims = ClaimsReader(findings: findings)
        var profile = ProviderProfile(name: name, summary: summary)
        profile.ics = section["ics"].map { claims.ics($0, .enabler) } ?? ICS()
        profile.policy = section["policy"].map(claims.policy) ?? Policy()
        profile.timers = section["timers"].map(timers) ?? [:]
        profile.longestBacklog = section.int("longest-backlog", in: 1...StepReader.maximumCount)
        profile.place = section.place("provider")
        let whole = ImplementationDescription.embedded(
            address: IXITAddress(host: "127.0.0.1", port: 0), profile: profile)
        Contradictions(description: whole, root: section, findings: findings).check()
        return profile
    }

    private func timers(_ node: DocumentNode) -> [TimerName: Int64] {
        let keys = TimerName.allCases.map(\.rawValue)
        guard let section = Section(node, "'timers'", keys: keys, findings: findings) else { return [:] }
        var timers: [TimerName: Int64] = [:]
        for name in TimerName.allCases { timers[name] = section.duration(name.rawValue) }
        return timers
    }
}
