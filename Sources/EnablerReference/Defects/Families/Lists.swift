extension Defect {
    /// Participant information: the final, the initial and the intermediate lists.
    static let lists: [Defect: DefectFacts] = [
        .finalListMissing: DefectFacts(
            "an ended session is delivered without its final list", check: "roster.final", [.deliver]),
        .finalListShowsLeaver: DefectFacts(
            "the final list shows members who left as connected", check: "roster.final", [.deliver]),
        .partialWithoutFull: DefectFacts(
            "the deferred roster stream of an ended session starts with a partial document", check: "roster.stream", [.intermediate]),
        .conferenceInfoInvalid: DefectFacts(
            "deferred conference-info breaks the core schema of RFC 4575", check: "roster.valid",
            [.deliver, .intermediate]),
        .currentListIncomplete: DefectFacts(
            "the list for a member who subscribes again leaves out somebody who is there", check: "roster.current",
            [.deliver]),
    ]
}
