extension Variation {
    /// How participant information may be told.
    static let participantInformation: [Variation: VariationFacts] = [
        .fullListsOnly: VariationFacts(
            "each change of the participants is told by a full list, never by a partial one",
            allowedBy: "RFC 4575 §4.4"),
        .absentUnlisted: VariationFacts(
            "members for whom the participating function answers are left out of every list that shows somebody else",
            allowedBy: "binding takeover: unrepresented"),
    ]
}
