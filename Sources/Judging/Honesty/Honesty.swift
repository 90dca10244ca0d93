import TestCases

/// A difference between what is claimed and what the wire shows. It changes no verdict.
public struct ClaimDifference: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case claimedNotShown = "claimed, not shown"
        case shownNotClaimed = "shown, not claimed"
    }

    public var kind: Kind
    /// The ICS option or policy item that differs.
    public var item: String
    /// One sentence.
    public var text: String
    /// The cases whose recordings show it, or which should have.
    public var cases: [String]

    public init(kind: Kind, item: String, text: String, cases: [String]) {
        self.kind = kind
        self.item = item
        self.text = text
        self.cases = cases
    }
}

/// Something that a recording may show of the implementation, claimed or not.
public enum ShownTrait: String, Sendable, Hashable, CaseIterable {
    case deferredMessages = "messages from an absence come at the return"
    case deferredAfterLoss = "messages come later to one who was in and lost its connection"
    case deferredAfterRestart = "messages from before a restart come after it"
    case intermediateLists = "lists of participants come before later messages"
    case singleReports = "disposition notifications come"
    case aggregatedReports = "several disposition notifications come in one body"
    case deliveryAtRegistration = "a delivery begins when the user registers"
    case deliveryAtFirstRequest = "a delivery begins only after the user's first request"
    case deferredToDecliner = "something comes to one who declined"
    case keptAfterBye = "one who sent BYE gets what followed"
    case servedAfterBusy = "one who was busy gets what followed"
    case acceptsLists = "lists of participants are among the accepted types"
    case acceptsReports = "disposition notifications are among the accepted types"
    case storeAndForwardTag = "the feature tag of group store and forward is shown"
}

/// What one recording shows, and what it would have been the occasion to show.
public struct ShownTraits: Sendable, Hashable {
    public var shown: Set<ShownTrait> = []
    public var occasions: Set<ShownTrait> = []

    public init() {}
}

/// Compares claims with what the recordings of a run show.
struct HonestyCheck {
    /// One thing that can be claimed, and whether a description does: nil where it leaves it open.
    private struct Rule {
        var item: String
        var trait: ShownTrait
        var claim: (ImplementationDescription) -> Bool?

        init(_ item: String, _ trait: ShownTrait, _ claim: @escaping (ImplementationDescription) -> Bool?) {
            self.item = item
            self.trait = trait
            self.claim = claim
        }

        init(_ option: ICSOption, _ trait: ShownTrait, _ claim: @escaping (String) -> Bool?) {
            self.init(option.rawValue, trait) { $0.ics.isStated(option) ? claim($0.ics[option]) : nil }
        }

        init(flag option: ICSOption, _ trait: ShownTrait) {
            self.init(option.rawValue, trait) { $0.ics.claims(option) }
        }
    }

    private static var rules: [Rule] {
        [
            Rule("storage", .deferredMessages) { $0.policy.storage },
            Rule("storage", .storeAndForwardTag) { $0.policy.storage },
            Rule(flag: .storesAfterLoss, .deferredAfterLoss),
            Rule(flag: .survivesRestart, .deferredAfterRestart),
            Rule(flag: .busyMeansTemporary, .servedAfterBusy),
            Rule(ICSOption.deliversIntermediateLists.rawValue, .intermediateLists) {
                $0.policy.intermediateLists == false ? false : $0.ics.deliversIntermediateLists
            },
            Rule(ICSOption.deliversIntermediateLists.rawValue, .acceptsLists) {
                $0.ics.deliversIntermediateLists ? true : nil
            },
            Rule(.groupIMDN, .singleReports) { $0 == "aggregated" ? nil : $0 == "all" },
            Rule(.groupIMDN, .aggregatedReports) { $0 == "aggregated" },
            Rule(.groupIMDN, .acceptsReports) { $0 != "none" },
            Rule(.deliveryTrigger, .deliveryAtRegistration) { $0 == "either" ? nil : $0 == "registration" },
            Rule(.deliveryTrigger, .deliveryAtFirstRequest) { $0 == "either" ? nil : $0 == "first-request" },
            Rule(.declinedReading, .deferredToDecliner) { $0 == "owed" },
            Rule(.byeSemantics, .keptAfterBye) { $0 != "leaves" },
        ]
    }

    let scopes: [ClaimedScope]

    func differences(in cases: [CaseResult]) -> [ClaimDifference] {
        var all: [ClaimDifference] = []
        for scope in scopes {
            let planned = Set(scope.planned.map(\.id))
            let own = cases.filter { planned.contains($0.id) }
            for rule in Self.rules {
                guard let claim = rule.claim(scope.description),
                    let difference = difference(rule, claim, own, scope)
                else { continue }
                all.append(difference)
            }
        }
        return all
    }

    private func difference(
        _ rule: Rule, _ claim: Bool, _ cases: [CaseResult], _ scope: ClaimedScope
    ) -> ClaimDifference? {
        let shown = cases.filter { $0.traits.shown.contains(rule.trait) }.map(\.id)
        let value = ICSOption(rawValue: rule.item).map { scope.description.ics[$0] }
            ?? PolicyItem(rawValue: rule.item).flatMap { scope.description.policy[$0] } ?? ""
        let claimed = "'\(rule.item): \(value)'\(scope.suffix)"
        if !claim, !shown.isEmpty {
            return ClaimDifference(
                kind: .shownNotClaimed, item: rule.item, text: "\(rule.trait.rawValue), against \(claimed)", cases: shown)
        }
        let occasions = cases.filter { $0.traits.occasions.contains(rule.trait) }.map(\.id)
        guard claim, shown.isEmpty, !occasions.isEmpty else { return nil }
        return ClaimDifference(
            kind: .claimedNotShown, item: rule.item,
            text: "\(claimed) is claimed, and that \(rule.trait.rawValue) was never seen", cases: occasions)
    }
}
