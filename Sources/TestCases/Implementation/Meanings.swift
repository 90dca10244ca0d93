extension PolicyItem {
    /// One clause for `explain`.
    public var meaning: String {
        switch self {
        case .storage: "whether missed items are stored at all"
        case .retention: "how long a stored item is kept"
        case .maximum: "how many messages are kept for one user in one group"
        case .keeps: "which messages survive where there are more than the maximum"
        case .intermediateLists: "whether intermediate lists are delivered (CPM-CONV-058b)"
        case .endsWhenMembersBelow: "the focus ends the session when fewer members than this remain"
        case .inactivity: "after how long without anything happening the focus ends the session"
        }
    }

    /// What may be written, in words.
    public var values: String {
        switch self {
        case .storage, .intermediateLists: "on or off"
        case .retention, .inactivity: "a time, such as 10m or 7d"
        case .maximum, .endsWhenMembersBelow: "a whole number"
        case .keeps: PolicyKeeps.allCases.map(\.rawValue).joined(separator: ", ")
        }
    }
}

extension TimerName {
    /// One clause for the template and for `explain`.
    public var meaning: String {
        switch self {
        case .answer: "a final response, a report of success, a member's copy of a message"
        case .noAnswer: "after which it gives up on an invitation"
        case .lossRecognition: "within which it notices that a participant is gone"
        case .deliveryWithin: "within which a delivery begins after its trigger, and goes on after each item"
        case .quiet: "without any arrival before \"nothing more comes\" is believed; shorter than 'inactivity'"
        case .participantInfoInterval: "changes nearer to one another may be told at once; 0s where each is told"
        case .inactivity: "after which it ends a session in which nothing happens"
        case .longestWait: "the longest wait that a run accepts; what needs longer is not applicable"
        case .case: "the whole case"
        }
    }
}
