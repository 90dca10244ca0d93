extension Defect {
    /// Policy of the deployment that is passed over.
    static let policy: [Defect: DefectFacts] = [
        .storageOffIgnored: unwanted("what is missed is stored and delivered although the policy stores nothing"),
        .finalListThoughOff: unwanted(
            "the final list is kept for absent members although the policy stores nothing"),
        .retentionIgnored: unwanted("what is older than the policy keeps it is delivered all the same"),
        .intermediatesThoughOff: unwanted(
            "intermediate lists are delivered although the policy switches them off"),
        .maximumIgnored: DefectFacts(
            "more messages are kept and delivered than the policy keeps", check: "messages.right", [.store]),
        .maximumKeepsOthers: DefectFacts(
            "of too many messages those are kept that the policy drops", check: "messages.right", [.store, .deliver]),
        .maximumOneShort: lost("one message less is kept than the policy keeps"),
        .expiryTakesAll: lost("everything is dropped as soon as one item is older than the policy keeps it"),
        .everyByeLeaves: DefectFacts(
            "a BYE that by the policy keeps the membership ends it", check: "messages.complete",
            [.store, .deliver, .intermediate]),
    ]

    private static func unwanted(_ summary: String) -> DefectFacts {
        DefectFacts(summary, check: "policy.withheld", [.store])
    }
}
