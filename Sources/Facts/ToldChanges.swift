public import TestCases

/// Where the script tells of each join and departure, among the messages that it hands over.
public struct ToldChanges: Sendable {
    /// The step of each change, in order.
    public private(set) var places: [Int] = []
    /// The step of each message.
    public private(set) var messages: [String: Int] = [:]
    /// Those whom the first list names, or the one that came with the invitation.
    public private(set) var initial: Set<ActorName> = []

    public init(_ testCase: TestCase, group: String) {
        var isIn: [ActorName: Bool] = [:]
        for (index, step) in testCase.steps.enumerated() {
            switch step.kind {
            case .client(.hand(let hand)) where hand.message.group == group: messages[hand.message.label] = index
            case .client(.invite(let invite)) where invite.group == group:
                let isFirst = isIn.isEmpty
                for name in invite.listing ?? [] where isIn[name] == nil {
                    isIn[name] = true
                    if isFirst { initial.insert(name) }
                }
            case .client(.list(let list)) where list.group == group:
                let isFirst = isIn.isEmpty
                for (name, shown) in list.shows.sorted(by: { $0.key < $1.key }) {
                    let now = shown == .connected || shown == .pending
                    if !isFirst, isIn[name] ?? false != now { places.append(index) }
                    isIn[name] = now
                    if isFirst, now { initial.insert(name) }
                }
            default: break
            }
        }
    }
}
