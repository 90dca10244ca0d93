/// A legal difference that the reference enabler can be given on purpose; the suite must not flag it.
///
/// A case here names it; what there is to say of it stands in the file of its family.
public enum Variation: String, CaseIterable, Sendable, Hashable {
    // Forms of SIP
    case compactHeaders = "compact-headers"
    case headerOrder = "header-order"
    // Participant information
    case fullListsOnly = "full-lists-only"
    case absentUnlisted = "absent-unlisted"
    // Deliveries
    case deliveryAtFirstRequest = "delivery-at-first-request"

    /// What the enabler does otherwise, as one clause.
    public var summary: String { facts.summary }
    /// The text that allows it: a section of an RFC, a key of the binding profile, a reading.
    public var allowedBy: String { facts.allowedBy }

    /// Empty for a variation that no family describes, which a test finds.
    var facts: VariationFacts { Self.described[self] ?? VariationFacts("", allowedBy: "") }

    /// Every family; a new one is added here.
    static let families: [[Variation: VariationFacts]] = [sipForms, participantInformation, deliveries]

    private static let described: [Variation: VariationFacts] = families.reduce(into: [:]) { all, family in
        all.merge(family) { first, _ in first }
    }
}

/// What there is to say of a variation.
struct VariationFacts: Sendable, Hashable {
    /// What the enabler does otherwise, as one clause.
    var summary: String
    /// The text that allows it.
    var allowedBy: String

    init(_ summary: String, allowedBy: String) {
        self.summary = summary
        self.allowedBy = allowedBy
    }
}
