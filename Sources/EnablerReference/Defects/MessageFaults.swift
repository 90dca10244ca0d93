import Payloads

/// What defects change in the copy of a message that had to wait. Without one, no byte is touched.
struct MessageFaults: Sendable {
    /// Changes a message; `before` is the one that was copied before it, as it was.
    typealias Edit = @Sendable (_ message: inout CPIMMessage, _ before: CPIMMessage?) -> Void

    private let edits: [Edit]
    /// For what was found in the store when the enabler was started again.
    private let editsAtRestart: [Edit]
    private var restored: Set<Int64> = []
    private var before: CPIMMessage?

    init(_ defects: Set<Defect>) {
        edits = Self.edits.filter { defects.contains($0.key) }.map(\.value)
        editsAtRestart = Self.editsAtRestart.filter { defects.contains($0.key) }.map(\.value)
    }

    mutating func restored(_ item: Int64) { if !editsAtRestart.isEmpty { restored.insert(item) } }

    mutating func copy(_ item: StoredItem) -> StoredItem {
        let edits = edits + (restored.contains(item.id) ? editsAtRestart : [])
        guard !edits.isEmpty, let original = try? CPIMMessage(parsing: item.body) else { return item }
        var message = original
        for edit in edits { edit(&message, before) }
        if message.body != original.body, message.contentHeaders["Content-Length"] != nil {
            message.contentHeaders["Content-Length"] = String(message.body.count)
        }
        before = original
        var copy = item
        copy.body = message.serialized()
        return copy
    }

    /// The same message under another id.
    func renamed(_ item: StoredItem) -> StoredItem {
        guard var message = try? CPIMMessage(parsing: item.body) else { return item }
        message.messageID = message.messageID.map { "again-\($0)" }
        var copy = item
        copy.body = message.serialized()
        return copy
    }

    static let editsAtRestart: [Defect: Edit] = [
        .idRenewedAtRestart: { message, _ in message.messageID = message.messageID.map { "again-\($0)" } },
        .dateTimeOfRestart: { message, _ in message.dateTime = "2001-02-03T04:05:06Z" },
    ]

    static let edits: [Defect: Edit] = headers.merging(contents) { first, _ in first }

    private static let headers: [Defect: Edit] = [
        .dateTimeRewritten: { message, _ in message.dateTime = "2001-02-03T04:05:06Z" },
        .dateTimeZone: { message, _ in
            message.dateTime = message.instant.map { RFC3339.string(fromMilliseconds: $0).dropLast() + "+01:00" }
        },
        .dateTimeDropped: { message, _ in message.dateTime = nil },
        .dateTimeAsSeconds: { message, _ in message.dateTime = message.instant.map { String($0 / 1_000) } },
        .requestStripped: { message, _ in message.dispositionRequests = [] },
        .requestNarrowed: { message, _ in message.dispositionRequests.formIntersection([.positiveDelivery]) },
        .requestAdded: { message, _ in
            if message.dispositionRequests.isEmpty { message.dispositionRequests = [.positiveDelivery] }
        },
        .senderAnonymous: { message, _ in message.from = CPIMAddress(uri: "sip:anonymous@anonymous.invalid") },
        .senderOfBefore: { message, before in message.from = before?.from ?? message.from },
        .senderDropped: { message, _ in message.from = nil },
        .idRenewed: { message, _ in message.messageID = message.messageID.map { "new-\($0)" } },
        .idDropped: { message, _ in message.messageID = nil },
        .typeMadeText: { message, _ in message.contentType = .plainTextUTF8 },
        .charsetDropped: { message, _ in message.contentType?.parameters["charset"] = nil },
        .typeDropped: { message, _ in message.contentType = nil },
    ]

    private static let contents: [Defect: Edit] = [
        .bodyOfBefore: { message, before in message.body = before?.body ?? message.body },
        .bodyCut: { message, _ in message.body = Array(message.body.prefix(1_024)) },
        .bodyCutAtZero: { message, _ in message.body = Array(message.body.prefix { $0 != 0 }) },
        .nonASCIIReplaced: { message, _ in message.body = message.body.map { $0 < 128 ? $0 : 63 } },
        .blankEmptied: { message, _ in
            if String(decoding: message.body, as: UTF8.self).unicodeScalars.allSatisfy(isBlank) { message.body = [] }
        },
        .lineEndsRewritten: { message, _ in
            message.body = zip(message.body, message.body.dropFirst() + [0]).filter { $0 != (13, 10) }.map(\.0)
        },
    ]

    /// Nothing of it is seen.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
    }
}
