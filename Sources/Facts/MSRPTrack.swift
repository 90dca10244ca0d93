import Diagnostics
import MSRP
import Payloads
import Recordings

/// Reads the MSRP of one connection, both ways: which items came and went, and which were taken over.
struct MSRPTrack: Sendable {
    let actor: String
    private var inbound: Side
    private var outbound: Side
    /// Items that came and wait for the actor's answer, by transaction.
    /// What wants no answer, and has one.
    private var unwanted = UnwantedAnswers()
    private var awaitedOffers: [String: Int] = [:]
    /// Items that came and ask for a REPORT of success, by message: in place of an answer, or beside it.
    private var awaitedReports: [String: AwaitedReport] = [:]
    /// What was reported on of messages that are not whole yet.
    private var earlyReports: [String: MSRPCoverage] = [:]
    /// Chunks that went and wait for the implementation's answer, by transaction.
    private var awaitedChunks: [String: SentChunk] = [:]
    private var sent: [String: SentMessage] = [:]
    /// Offers answered so lately that the implementation may not have seen it.
    private var fresh: [(offer: Int, at: Int64, session: Int?)] = []
    private var freshLimit = 64
    private var session: Int?

    /// How long a connection has to live on after an answer until the answer counts as seen, in nanoseconds.
    ///
    /// Loopback and local networks need far less; a longer time would only make fewer items "confirmed".
    private static let grace: Int64 = 250_000_000

    private struct Side: Sendable {
        var parser: MSRPStreamParser
        var span = LineSpan()
        var head: MSRPHead?
        var assemblers: [String: MSRPMessageAssembler] = [:]
        /// Lines of each message that is not whole yet.
        var spans: [String: [Int]] = [:]
        var hasFailed = false
        /// When the chunk that has not ended yet began.
        var begun: Int64?
    }

    private struct AwaitedReport: Sendable {
        var offer: Int
        /// True where no other answer is wanted.
        var isAnswer: Bool
        var size: Int
        var coverage = MSRPCoverage()
        var lines: [Int] = []
    }

    private struct SentChunk: Sendable {
        var message: String
    }

    private struct SentMessage: Sendable {
        var submission: Int?
        var openChunks = 0
        var worst = 200
    }

    init(actor: String, limits: Limits) {
        self.actor = actor
        inbound = Side(parser: MSRPStreamParser(limits: limits))
        outbound = Side(parser: MSRPStreamParser(limits: limits))
    }

    mutating func take(_ bytes: [UInt8], _ direction: RecordedDirection, _ line: Int, _ state: inout DecoderState) {
        let received = direction == .received
        var side = received ? inbound : outbound
        if received { inbound = Side(parser: side.parser) } else { outbound = Side(parser: side.parser) }
        defer { if received { inbound = side } else { outbound = side } }
        guard !side.hasFailed else { return }
        side.parser.append(bytes)
        side.span.add(line)
        do {
            while let element = try side.parser.next() {
                if case .end = element { side.begun = nil }
                take(element, line, &side, received, &state)
            }
            side.begun = side.parser.isBetweenMessages ? nil : side.begun ?? state.now
        } catch {
            side.hasFailed = true
            state.cannotRead(actor, "\(error)", fromEnabler: received)
        }
        if side.parser.isBetweenMessages { _ = side.span.take(more: false) }
    }

    private mutating func take(
        _ element: MSRPStreamElement, _ line: Int, _ side: inout Side, _ received: Bool, _ state: inout DecoderState
    ) {
        switch element {
        case .head(let head):
            side.head = head
            guard head.method == "SEND" else { return }
            let key = assemblerKey(head, received)
            var assembler = side.assemblers[key] ?? MSRPMessageAssembler(limits: state.limits)
            if let refusal = assembler.begin(head, now: state.now), received {
                let size = head.byteRange?.total.map { " of \($0) bytes" } ?? ""
                state.cannotRead(actor, "a message\(size) that no client takes: \(refusal.comment)", fromEnabler: true)
            }
            side.assemblers[key] = assembler
        case .body(let slice):
            guard let head = side.head, head.method == "SEND" else { return }
            _ = side.assemblers[assemblerKey(head, received)]?.append(slice)
        case .end(let continuation):
            guard let head = side.head else { return }
            side.head = nil
            let lines = side.span.take(more: true)
            if let code = head.responseCode {
                response(head, code, received, lines, &state)
            } else if head.method == "SEND" {
                endOfSend(head, continuation, lines, &side, received, &state)
            } else if head.method == "REPORT", !received {
                report(head, lines, &state)
            }
        }
    }

    private func assemblerKey(_ head: MSRPHead, _ received: Bool) -> String {
        (received ? head.toPath.last?.sessionID : head.fromPath.last?.sessionID) ?? ""
    }

    private mutating func endOfSend(
        _ head: MSRPHead, _ continuation: MSRPContinuation, _ lines: [Int], _ side: inout Side, _ received: Bool,
        _ state: inout DecoderState
    ) {
        let key = assemblerKey(head, received)
        let id = head.messageID ?? ""
        session = state.session(actor, carriage: key) ?? session
        if let session { state.markCarried(session, lines: lines) }
        if !received {
            awaitedChunks[head.transactionID] = SentChunk(message: id)
            sent[id, default: SentMessage()].openChunks += 1
        }
        side.spans[id, default: []] += lines
        if received, head.failureReport != .yes {
            unwanted.chunk(head.transactionID, of: id, mayBeRefused: head.failureReport == .partial)
        }
        guard let end = side.assemblers[key]?.end(continuation, now: state.now) else { return }
        switch end {
        case .partial, .empty: return
        case .aborted, .refused:
            side.spans[id] = nil
            if received { earlyReports[id] = nil }
        case .complete(let message):
            let all = side.spans.removeValue(forKey: id) ?? lines
            if received {
                offered(message, head, all, key, &state)
            } else {
                submitted(message, head, all, key, &state)
            }
        }
    }

    private mutating func offered(
        _ message: MSRPIncomingMessage, _ head: MSRPHead, _ lines: [Int], _ carriage: String,
        _ state: inout DecoderState
    ) {
        let session = state.session(actor, carriage: carriage)
        let stream = state.stream("\(actor)\nsession \(session ?? -1)")
        let item = ItemReader(limits: state.limits).read(
            message.body, type: message.contentType, stream: stream, carriage: .session)
        let media = session.flatMap { state.userMedia[$0] }
        let offer = state.offer(
            item, to: actor, session: session, lines: lines, wantsReport: head.successReport,
            isAccepted: media.map { $0.takes(item, message.contentType, bytes: message.body.count) } ?? true)
        let early = earlyReports.removeValue(forKey: message.messageID)
        if head.successReport {
            awaitedReports[message.messageID] = AwaitedReport(
                offer: offer, isAnswer: head.failureReport != .yes, size: message.body.count, coverage: early ?? MSRPCoverage())
        }
        if head.failureReport == .yes {
            awaitedOffers[head.transactionID] = offer
        } else if !head.successReport {
            confirm(offer, session, &state)
        }
        if let before = unwanted.begins(offer, as: message.messageID) { tell(before, &state) }
    }

    /// Tells of an answer to what wanted none, or none but an error.
    private func tell(_ answer: UnwantedAnswers.Answer, _ state: inout DecoderState) {
        let kind: FactKind =
            answer.isRefusal ? .unconfirmed(offer: answer.offer, code: answer.code) : .unasked(offer: answer.offer, code: answer.code)
        state.emit(kind, lines: answer.lines)
    }

    private mutating func submitted(
        _ message: MSRPIncomingMessage, _ head: MSRPHead, _ lines: [Int], _ carriage: String, _ state: inout DecoderState
    ) {
        let session = state.session(actor, carriage: carriage)
        let stream = state.stream("\(actor)\nsent")
        let item = ItemReader(limits: state.limits).read(
            message.body, type: message.contentType, stream: stream, carriage: .session)
        let id = state.submit(
            item, from: actor, session: session, lines: lines, wantsAnswer: head.failureReport == .yes)
        sent[message.messageID, default: SentMessage()].submission = id
        settle(message.messageID, lines, &state)
    }

    private mutating func response(
        _ head: MSRPHead, _ code: Int, _ received: Bool, _ lines: [Int], _ state: inout DecoderState
    ) {
        if received {
            guard let chunk = awaitedChunks.removeValue(forKey: head.transactionID) else { return }
            sent[chunk.message]?.openChunks -= 1
            if code != 200 { sent[chunk.message]?.worst = code }
            settle(chunk.message, lines, &state)
        } else if unwanted.isUnwanted(head.transactionID) {
            if let answer = unwanted.answered(head.transactionID, code, lines) { tell(answer, &state) }
        } else if let offer = awaitedOffers.removeValue(forKey: head.transactionID) {
            if code == 200 {
                confirm(offer, session, &state)
            } else {
                state.emit(.unconfirmed(offer: offer, code: code), lines: lines)
            }
        }
    }

    /// The REPORTs on what asked for them (RFC 4975 §7.1.2), by which the client takes over what wants no other answer.
    ///
    /// Each may be about a part: all that were successful count once nothing is left out, one of a failure counts at once.
    private mutating func report(_ head: MSRPHead, _ lines: [Int], _ state: inout DecoderState) {
        guard let id = head.messageID else { return }
        let code = head.status?.code ?? 0
        guard var awaited = awaitedReports[id] else {
            if code == 200, inbound.spans[id] != nil { earlyReports[id, default: MSRPCoverage()].add(head.byteRange) }
            return
        }
        awaited.lines += lines
        if code == 200 { awaited.coverage.add(head.byteRange) }
        guard code != 200 || awaited.coverage.covers(awaited.size) else { return awaitedReports[id] = awaited }
        awaitedReports[id] = nil
        state.emit(.reported(offer: awaited.offer, code: code), lines: awaited.lines)
        guard awaited.isAnswer else { return }
        if code == 200 {
            confirm(awaited.offer, session, &state)
        } else {
            state.emit(.unconfirmed(offer: awaited.offer, code: code), lines: lines)
        }
    }

    /// A submitted message is answered when it went out whole and every chunk of it has its response.
    private mutating func settle(_ id: String, _ lines: [Int], _ state: inout DecoderState) {
        guard let message = sent[id], let submission = message.submission, message.openChunks == 0 else { return }
        sent[id] = nil
        state.emit(
            .submissionAnswered(submission: submission, accepted: message.worst == 200, code: message.worst),
            lines: lines)
    }

    private mutating func confirm(_ offer: Int, _ session: Int?, _ state: inout DecoderState) {
        state.emit(.confirmed(offer: offer))
        // Looked through only when it has doubled, so that many answers within the grace do not each look at all.
        if fresh.count >= freshLimit {
            fresh.removeAll { state.now - $0.at > Self.grace }
            freshLimit = max(64, 2 * fresh.count)
        }
        fresh.append((offer, state.now, session))
    }

    /// The connection is gone: what was not answered is unconfirmed; what was answered a moment before may not have
    /// been seen, unless the implementation ended the session itself, which it does once it has seen the answers.
    mutating func close(_ state: inout DecoderState) {
        for (side, received) in [(inbound, true), (outbound, false)] where !side.hasFailed {
            guard let since = side.begun else { continue }
            state.neverEnded(actor, since: since, lines: side.span.lines, fromEnabler: received)
        }
        let unanswered = Array(awaitedOffers.values) + awaitedReports.values.filter(\.isAnswer).map(\.offer)
        for offer in unanswered.sorted() { state.emit(.unconfirmed(offer: offer, code: nil)) }
        awaitedOffers = [:]
        awaitedReports = [:]
        earlyReports = [:]
        for entry in fresh where state.now - entry.at <= Self.grace {
            if let session = entry.session, state.isEnded(session) { continue }
            state.emit(.indeterminate(offer: entry.offer))
        }
        fresh = []
        if let session, state.isJoined(session), !state.isEnded(session) {
            state.emit(.carriageLost(user: actor, session: session))
        }
    }
}
