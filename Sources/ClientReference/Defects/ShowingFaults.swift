import Payloads

/// The defects that sit between what came and what is shown. Without one, everything passes through unchanged.
struct ShowingFaults: Sendable {
    private let defects: Set<ClientDefect>
    /// What came in each session that is there, where a break forgets it.
    private(set) var arrived: [Int: Set<Int64>] = [:]
    private var counts: [Int: Int] = [:]
    private var spoilt: Set<Int> = []
    private var before: MessageRecord?

    init(_ defects: Set<ClientDefect>) { self.defects = defects }

    var showsAgain: Bool { defects.contains(.shownAgain) }
    var comparesWords: Bool { defects.contains(.sameWordsDropped) }
    var forgetsAtBreak: Bool { defects.contains(.breakForgets) }

    /// True for what is answered and goes no further.
    mutating func ignores(_ content: ArrivedContent, at place: ArrivalPlace, _ reception: inout Reception) -> Bool {
        guard !defects.isEmpty else { return false }
        if let leg = place.leg, defects.contains(.restLostAfterMalformed) {
            if content == .malformed || content == .nothing { spoilt.insert(leg) }
            if spoilt.contains(leg), content != .malformed { return true }
        }
        if content == .malformed, defects.contains(.malformedEnds) {
            reception.givesUp = true
            return true
        }
        guard case .chat(let chat) = content else { return false }
        if defects.contains(.unknownContentEnds), Self.isUnknown(chat) {
            reception.givesUp = true
            return true
        }
        if defects.contains(.oneDropped), let leg = place.leg {
            counts[leg, default: 0] += 1
            if counts[leg] == 2 { return true }
        }
        if defects.contains(.blankDropped), Self.isBlank(chat) { return true }
        return defects.contains(.onlyTextShown) && !chat.contentType.lowercased().hasPrefix("text/")
    }

    /// What is taken for something else.
    func changed(_ content: ArrivedContent, at place: ArrivalPlace) -> [ArrivedContent] {
        guard !defects.isEmpty else { return [content] }
        switch content {
        case .composing(let chat) where defects.contains(.composingShown): return [.chat(chat)]
        case .reports(_, let wrapper) where defects.contains(.reportShown): return [content, .chat(wrapper)]
        case .reports where defects.contains(.lateIgnored) && place.leg != nil: return []
        case .reports where defects.contains(.pagedReportsIgnored) && place.leg == nil: return []
        default: return [content]
        }
    }

    /// The message as it is shown.
    mutating func record(_ message: MessageRecord, _ chat: ArrivedChat, at place: ArrivalPlace) -> MessageRecord {
        guard !defects.isEmpty else { return message }
        if defects.contains(.breakForgets), let leg = place.leg { arrived[leg, default: []].insert(message.id) }
        var shown = message
        if defects.contains(.arrivalTimeShown) { shown.dateTime = RFC3339.string(fromMilliseconds: place.now) }
        if defects.contains(.focusShownAsSender), let focus = place.focus { shown.sender = Person(uri: focus) }
        if defects.contains(.senderOfBefore) { shown.sender = before?.sender ?? message.sender }
        if defects.contains(.nonASCIILost) { shown.body = message.body.map { $0 < 128 ? $0 : 63 } }
        if defects.contains(.longCut) { shown.body = Array(message.body.prefix(1_024)) }
        if defects.contains(.typeMadeText) { shown.contentType = MediaType.plainTextUTF8.description }
        before = message
        return shown
    }

    func goesBeforeLast(at place: ArrivalPlace) -> Bool { defects.contains(.newestFirst) && place.leg != nil }

    private static func isUnknown(_ chat: ArrivedChat) -> Bool {
        let type = MediaType(chat.contentType)?.type ?? ""
        return !["text", "image", "audio", "video", "message", "multipart"].contains(type)
    }

    /// Nothing of it is seen.
    private static func isBlank(_ chat: ArrivedChat) -> Bool {
        String(decoding: chat.body, as: UTF8.self).unicodeScalars.allSatisfy {
            $0.properties.isWhitespace || $0.properties.generalCategory == .format
        }
    }
}
