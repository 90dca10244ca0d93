extension Defect {
    /// The initial and the intermediate lists, and what all lists have in common.
    static let earlierLists: [Defect: DefectFacts] = [
        .intermediateMissing: earlier("no list but the first and the final one is delivered", "roster.intermediate"),
        .departuresUntold: earlier("no intermediate list is delivered for a member who leaves", "roster.intermediate"),
        .changesNewestFirst: earlier(
            "the lists between the first and the final one come from the newest to the oldest", "roster.intermediate"),
        .changesFirst: earlier("all lists but the final one come before the first message", "roster.place"),
        .changesLast: earlier("all lists but the first come behind the last message", "roster.place"),
        .initialMissing: earlier("no list is delivered before the first message", "roster.initial"),
        .initialCurrent: earlier("the list before the first message shows the members of today", "roster.initial"),
        .partialWithoutFull: earlier("the deferred roster stream of an ended session starts with a partial document", "roster.stream"),
        .listVersionFalls: earlier("every list but the final one has the version of the first", "roster.stream"),
        .listVersionGap: earlier("the versions of partial lists leave one out each time", "roster.stream"),
        .listOtherFocus: earlier("lists before the final one are about a focus that never was", "roster.entity"),
        .listStranger: earlier("lists before the final one show a user who never was in the group", "roster.initial"),
        .listUserTwice: earlier("lists before the final one show a user under two addresses", "roster.once"),
        .listsWithoutAbsent: earlier("lists before the final one leave out those who are away", "roster.audience"),
        .partialUnversioned: earlier("partial lists of an ended session have no version", "roster.stream"),
        .conferenceInfoInvalid: DefectFacts(
            "deferred conference-info breaks the core schema of RFC 4575", check: "roster.valid",
            [.deliver, .intermediate]),
    ]

    private static func earlier(_ summary: String, _ check: String) -> DefectFacts {
        DefectFacts(summary, check: check, [.intermediate])
    }
}
