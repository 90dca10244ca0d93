import Facts
import Payloads
import TestCases

/// What was handed over is what the user sees: all of it, once, in order, with its text, sender and time, and nothing that
/// never came (058c).
enum ShownMessages {
    /// A message of the script that came whole.
    private struct Came {
        var label: String
        var by: String
        var message: ChatMessage
        var at: Int64
        var lines: [Int]
    }

    static func run(_ labels: [String], _ screen: Screen, _ context: CheckContext) -> [CheckResult] {
        let came = labels.compactMap { arrival(of: $0, screen, context) }
        guard let shown = screen.messages else {
            let first = came.min { $0.at < $1.at }
            return [screen.unseen(CheckMaker(.complete, at: screen.user, context), came: first.map { ($0.at, $0.lines) })]
        }
        let places = Dictionary(grouping: shown.enumerated().filter { !$1.isOwn }, by: \.element.id)
        return [
            complete(labels, came, places, screen, context), once(came, places, screen, context),
            order(came, places, screen, context),
            text(came, places, screen, context), sender(came, places, screen, context),
            time(came, places, screen, context),
            only(shown, screen, context),
        ]
    }

    private typealias Places = [String: [(offset: Int, element: SeenMessage)]]

    /// The first copy of a message that came whole and was taken over.
    private static func arrival(of label: String, _ screen: Screen, _ context: CheckContext) -> Came? {
        guard let script = context.evidence.message(labelled: label),
            let copy = context.evidence.copies(of: script.id, at: screen.user).first(where: { $0.record.isTakenOver })
        else { return nil }
        return Came(label: label, by: script.by, message: copy.message, at: copy.record.at, lines: copy.record.lines)
    }

    private static func complete(
        _ labels: [String], _ came: [Came], _ places: Places, _ screen: Screen, _ context: CheckContext
    ) -> CheckResult {
        let make = CheckMaker(.complete, at: screen.user, context)
        let missing = Set(labels).subtracting(came.map(\.label))
        var faults = came.filter { places[$0.message.id ?? ""] == nil }.map {
            Fault(text: "\($0.label) came and is not shown", lines: $0.lines + screen.messageLines)
        }
        faults += missing.sorted().compactMap { StrangeContents.loss(of: $0, screen, context) }
        if faults.isEmpty, !missing.isEmpty {
            return make.inconclusive("\(listed(missing.sorted())) never came to the client", lines: screen.messageLines)
        }
        if faults.isEmpty, came.isEmpty { return make.notReached("no message came", lines: screen.messageLines) }
        return make.decide(
            faults: faults, passed: "\(listed(came.map(\.label))) came and are shown",
            lines: came.flatMap(\.lines) + screen.messageLines)
    }

    /// Nothing can be wrong with what is not there: whether it should be is for `shown.complete`.
    private static func decide(
        _ check: ShownCheck, _ came: [Came], _ places: Places, _ faults: [Fault], passed: String, _ screen: Screen,
        _ context: CheckContext
    ) -> CheckResult {
        let make = CheckMaker(check, at: screen.user, context)
        let seen = came.filter { places[$0.message.id ?? ""] != nil }
        if seen.isEmpty { return make.notReached(came.isEmpty ? "no message came" : "none of what came is shown", lines: screen.messageLines) }
        if check == .order, seen.count < 2 { return make.notReached("one message has no order", lines: screen.messageLines) }
        return make.decide(faults: faults, passed: passed, lines: seen.flatMap(\.lines) + screen.messageLines)
    }

    private static func once(
        _ came: [Came], _ places: Places, _ screen: Screen, _ context: CheckContext
    ) -> CheckResult {
        let faults = came.compactMap { item -> Fault? in
            guard let all = places[item.message.id ?? ""], all.count > 1 else { return nil }
            return Fault(text: "\(item.label) is shown \(all.count) times", lines: screen.messageLines)
        }
        return decide(.once, came, places, faults, passed: "each is shown once", screen, context)
    }

    private static func order(
        _ came: [Came], _ places: Places, _ screen: Screen, _ context: CheckContext
    ) -> CheckResult {
        let shown = came.compactMap { item in places[item.message.id ?? ""]?.first.map { (item.label, $0.offset) } }
        let faults = zip(shown, shown.dropFirst()).filter { $0.1 > $1.1 }.map {
            Fault(text: "\($1.0) is shown before \($0.0), which came first", lines: screen.messageLines)
        }
        return decide(.order, came, places, faults, passed: "they are shown in order", screen, context)
    }

    private static func text(
        _ came: [Came], _ places: Places, _ screen: Screen, _ context: CheckContext
    ) -> CheckResult {
        let faults = came.compactMap { item -> Fault? in
            guard let seen = places[item.message.id ?? ""]?.first?.element else { return nil }
            guard seen.body != item.message.body else { return type(item, seen, screen) }
            return Fault(
                text: "\(item.label) came with \(item.message.body.count) bytes and is shown with \(seen.body.count), "
                    + "the first difference at byte \(firstDifference(seen.body, item.message.body))",
                lines: item.lines + screen.messageLines)
        }
        return decide(.text, came, places, faults, passed: "each content is what came", screen, context)
    }

    /// Text may be shown as any text; what is no text is not to be taken for another thing.
    private static func type(_ item: Came, _ seen: SeenMessage, _ screen: Screen) -> Fault? {
        guard let came = MediaType(item.message.contentType), let shown = MediaType(seen.contentType),
            (came.type, came.subtype) != (shown.type, shown.subtype), came.type != "text" || shown.type != "text"
        else { return nil }
        return Fault(
            text: "\(item.label) came as \(came.type)/\(came.subtype) and is shown as \(shown.type)/\(shown.subtype)",
            lines: item.lines + screen.messageLines)
    }

    private static func firstDifference(_ a: [UInt8], _ b: [UInt8]) -> Int {
        zip(a, b).enumerated().first { $1.0 != $1.1 }?.offset ?? min(a.count, b.count)
    }

    private static func sender(
        _ came: [Came], _ places: Places, _ screen: Screen, _ context: CheckContext
    ) -> CheckResult {
        let faults = came.compactMap { item -> Fault? in
            guard let seen = places[item.message.id ?? ""]?.first?.element,
                context.addresses.actor(seen.sender) != item.by
            else { return nil }
            let who = context.addresses.actor(seen.sender) ?? seen.sender
            return Fault(text: "\(item.label) is by \(item.by) and shown as by \(who)", lines: item.lines + screen.messageLines)
        }
        return decide(.sender, came, places, faults, passed: "each sender is right", screen, context)
    }

    private static func time(
        _ came: [Came], _ places: Places, _ screen: Screen, _ context: CheckContext
    ) -> CheckResult {
        let faults = came.compactMap { item -> Fault? in
            guard let seen = places[item.message.id ?? ""]?.first?.element, let sent = item.message.instant else { return nil }
            guard let shown = seen.sentAt else { return Fault(text: "\(item.label) is shown without a time", lines: screen.messageLines) }
            // Whole seconds are enough for a user.
            guard abs(shown - sent) >= 1_000 else { return nil }
            return Fault(
                text: "\(item.label) is shown \(abs(shown - sent)) ms \(shown > sent ? "later" : "earlier") than it was written",
                lines: item.lines + screen.messageLines)
        }
        return decide(.time, came, places, faults, passed: "each time is right", screen, context)
    }

    /// Also an upper tester that says more than its client can know.
    private static func only(_ shown: [SeenMessage], _ screen: Screen, _ context: CheckContext) -> CheckResult {
        let make = CheckMaker(.only, at: screen.user, context)
        let unknown = shown.filter { !isKnown($0, screen, context) }
        let strange = StrangeContents.handed(screen, context)
        // What cannot be read may stand there as something that cannot be read.
        if !unknown.isEmpty, unknown.count <= strange.count, unknown.allSatisfy({ isPlaceholder($0, screen, context) }) {
            return make.pass(
                "everything that is shown crossed the wire, \(unknown.count) of it as something that cannot be read",
                lines: strange.flatMap(\.lines) + screen.messageLines)
        }
        let faults = unknown.map { seen in
            Fault(
                text: seen.isOwn
                    ? "a message is shown as the user's own that never left the client"
                    : "a message is shown that never came whole in this group (\(seen.id))",
                lines: screen.messageLines)
        }
        return make.decide(faults: faults, passed: "everything that is shown crossed the wire", lines: screen.messageLines)
    }

    /// No message of the script, neither by its id nor by its words.
    private static func isPlaceholder(_ seen: SeenMessage, _ screen: Screen, _ context: CheckContext) -> Bool {
        guard !seen.isOwn, context.evidence.message(withID: seen.id) == nil else { return false }
        return seen.body.isEmpty || !context.evidence.messageOffers(at: screen.user).contains { $0.message.body == seen.body }
    }

    private static func isKnown(_ seen: SeenMessage, _ screen: Screen, _ context: CheckContext) -> Bool {
        if seen.isOwn {
            // What the user wrote may still wait for a connection.
            return context.evidence.message(withID: seen.id)?.by == screen.user
        }
        func isHere(_ offer: Evidence.MessageOffer) -> Bool { context.isHere(offer.record, screen.group) }
        if context.evidence.copies(of: seen.id, at: screen.user).contains(where: isHere) { return true }
        // One without an id has to be called something.
        return context.evidence.messageOffers(at: screen.user).contains {
            $0.message.id == nil && $0.message.body == seen.body && isHere($0)
        }
    }
}

extension CheckContext {
    /// True for what came in a session of the group.
    func isHere(_ record: Evidence.OfferRecord, _ group: String) -> Bool {
        guard let identity = evidence.groups[group] else { return false }
        return evidence.session(record.offer.session)?.session.group == identity
    }
}
