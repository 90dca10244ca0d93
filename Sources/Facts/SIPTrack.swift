import Diagnostics
import Payloads
import Recordings
import SIP

/// Reads the SIP of one connection, both ways, and says what it means for the sessions.
struct SIPTrack: Sendable {
    let actor: String
    /// Which of the actor's devices it is, from 1.
    let device: Int
    private var inbound: SIPStreamParser
    private var outbound: SIPStreamParser
    private var inboundSpan = LineSpan()
    private var outboundSpan = LineSpan()
    /// When the message that is not whole yet began, each way.
    private var begun: [RecordedDirection: Int64] = [:]
    private var failed: Set<RecordedDirection> = []

    init(actor: String, device: Int = 1, limits: Limits) {
        self.actor = actor
        self.device = device
        inbound = SIPStreamParser(limits: limits)
        outbound = SIPStreamParser(limits: limits)
    }

    mutating func take(_ bytes: [UInt8], _ direction: RecordedDirection, _ line: Int, _ state: inout DecoderState) {
        guard !failed.contains(direction) else { return }
        var ended = false
        do {
            if direction == .received {
                try Self.drain(&inbound, &inboundSpan, bytes, line) { message, lines in
                    SIPReading(actor: actor, device: device, message: message, lines: lines, isReceived: true).apply(&state)
                    ended = true
                }
            } else {
                try Self.drain(&outbound, &outboundSpan, bytes, line) { message, lines in
                    SIPReading(actor: actor, device: device, message: message, lines: lines, isReceived: false).apply(&state)
                    ended = true
                }
            }
        } catch {
            failed.insert(direction)
            state.cannotRead(actor, "\(error)", fromEnabler: direction == .received)
        }
        let pending = direction == .received ? inbound.pending : outbound.pending
        if pending == 0 || ended { begun[direction] = nil }
        if pending > 0, begun[direction] == nil { begun[direction] = state.now }
    }

    /// The connection is gone: what was begun on it never ends.
    func close(_ state: inout DecoderState) {
        for (direction, since) in begun where !failed.contains(direction) {
            let span = direction == .received ? inboundSpan : outboundSpan
            state.neverEnded(actor, since: since, lines: span.lines, fromEnabler: direction == .received)
        }
    }

    private static func drain(
        _ parser: inout SIPStreamParser, _ span: inout LineSpan, _ bytes: [UInt8], _ line: Int,
        _ use: (SIPMessage, [Int]) -> Void
    ) throws(SIPParseError) {
        parser.append(bytes)
        span.add(line)
        while let message = try parser.next() {
            use(message, span.take(more: parser.pending > 0))
            if parser.pending > 0 { span.add(line) }
        }
        if parser.pending == 0 { _ = span.take(more: false) }
    }
}
