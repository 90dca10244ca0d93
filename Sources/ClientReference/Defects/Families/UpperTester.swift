extension ClientDefect {
    /// An upper tester that does not say what the client does.
    static let upperTester: [ClientDefect: ClientDefectFacts] = [
        .othersHidden: ClientDefectFacts(
            "a group that others have made is taken and not shown", check: "shown.complete", [.process, .processIntermediate]),
        .testerInvents: ClientDefectFacts(
            "the upper tester shows a message that never came", check: "shown.only"),
        .testerHides: ClientDefectFacts(
            "the upper tester does not show the last message of a group", check: "shown.complete"),
        .testerRenames: ClientDefectFacts(
            "the upper tester shows every message as the user's own", check: "shown.sender"),
    ]
}
