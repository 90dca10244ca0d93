import Payloads

/// The defects in how sessions and messages are answered. Without one, everything passes through unchanged.
struct AnswerFaults: Sendable {
    private let defects: Set<ClientDefect>

    init(_ defects: Set<ClientDefect>) { self.defects = defects }

    /// What a defect knows of an invitation.
    struct Invitation {
        var direction: MediaDirection
        var isKnown: Bool
        var hasSubject: Bool
        /// True while the client has a session.
        var isBusy: Bool
        /// True for a group that is known at another focus.
        var isOfNewFocus: Bool
    }

    /// The status with which an invitation is refused; nil where it is not.
    func refusal(of invitation: Invitation) -> Int? {
        if defects.contains(.sendonlyRefused), invitation.direction == .sendonly { return 488 }
        if defects.contains(.unknownGroupRefused), !invitation.isKnown { return 404 }
        if defects.contains(.leanRefused), !invitation.hasSubject { return 400 }
        if defects.contains(.secondSessionRefused), invitation.isBusy { return 486 }
        if defects.contains(.newFocusRefused), invitation.isOfNewFocus { return 486 }
        return nil
    }

    /// The group as the client takes it.
    func group(_ key: GroupKey, knownAt focus: String?, invitedBy newFocus: String) -> GroupKey {
        guard defects.contains(.splitAtNewFocus), let focus, focus != newFocus else { return key }
        return GroupKey(conversation: key.conversation, contribution: "\(key.contribution) at \(newFocus)")
    }

    var answersMessages: Bool { !defects.contains(.neverAnswers) }
    var answersUnasked: Bool { defects.contains(.failureReportIgnored) }
    var opensConnections: Bool { !defects.contains(.connectionNotOpened) }
    var subscribes: Bool { !defects.contains(.neverSubscribes) }
    var reportsSuccess: Bool { !defects.contains(.successUnreported) }
    var showsInterrupted: Bool { defects.contains(.interruptedShown) }

    /// An answer as it is given; `taken` is the set-up of the offer.
    func altered(_ answer: SessionDescription, taken: MSRPSetup?) -> SessionDescription {
        guard defects.contains(.setupRepeated), let taken, taken == .active || taken == .passive else { return answer }
        var answer = answer
        for medium in answer.media.indices {
            answer.media[medium].attributes.removeAll { $0.name == "setup" }
            answer.media[medium].attributes.append(SDPAttribute("setup", taken.rawValue))
        }
        return answer
    }

    /// A body of which the first chunk had so many bytes.
    func joined(_ body: [UInt8], firstChunk: Int?) -> [UInt8] {
        guard defects.contains(.chunksJoinedWrongly), let firstChunk, firstChunk > 0, firstChunk < body.count else {
            return body
        }
        var body = body
        body.remove(at: firstChunk)
        return body
    }
}

/// The defects of an upper tester that says what is not so. Without one, everything passes through unchanged.
struct TesterFaults: Sendable {
    private let defects: Set<ClientDefect>

    init(_ defects: Set<ClientDefect>) { self.defects = defects }

    var hidesOthers: Bool { defects.contains(.othersHidden) }
    var invents: Bool { defects.contains(.testerInvents) }
    var hidesLast: Bool { defects.contains(.testerHides) }
    var renames: Bool { defects.contains(.testerRenames) }
    var reversesHistory: Bool { defects.contains(.historyReversed) }
    var inventsDeliveries: Bool { defects.contains(.acceptedTakenForDelivery) }
    var showsAudienceOfToday: Bool { defects.contains(.audienceOfToday) }
}
