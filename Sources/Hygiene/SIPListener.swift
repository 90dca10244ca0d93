import Diagnostics
import MSRP
import Payloads
import Recordings
import SIP

/// Listens to one SIP connection, both ways: what the client sent is remembered, what came is looked at.
struct SIPListener: Sendable {
    let actor: String
    private let limits: Limits
    private var inbound: SIPStreamParser
    private var outbound: SIPStreamParser
    private var span = StreamSpan()
    private var failed: Set<RecordedDirection> = []

    init(actor: String, limits: Limits) {
        self.actor = actor
        self.limits = limits
        inbound = SIPStreamParser(limits: limits)
        outbound = SIPStreamParser(limits: limits)
    }

    mutating func take(
        _ bytes: [UInt8], _ direction: RecordedDirection, _ line: Int, _ memory: inout ClientMemory,
        _ survey: inout WireSurvey
    ) {
        guard !failed.contains(direction) else { return }
        do {
            if direction == .received {
                try receive(bytes, line, &memory, &survey)
            } else {
                outbound.append(bytes)
                while let message = try outbound.next() { remember(message, &memory) }
            }
        } catch {
            failed.insert(direction)
            if direction == .received { survey.add(.sipReadable, actor, "\(error)", span.end(at: line)) }
        }
    }

    private mutating func receive(
        _ bytes: [UInt8], _ line: Int, _ memory: inout ClientMemory, _ survey: inout WireSurvey
    ) throws(SIPParseError) {
        inbound.append(bytes)
        span.began(at: line)
        while let message = try inbound.next() {
            let lines = span.end(at: line)
            if inbound.pending > 0 { span.began(at: line) }
            survey.looked(at: .sip)
            for breach in SIPMessageRules.breaches(message) { survey.add(breach.rule, actor, breach.what, lines) }
            for breach in SIPExchangeRules.breaches(message, &memory) { survey.add(breach.rule, actor, breach.what, lines) }
            PayloadRules(limits: limits, actor: actor, lines: lines).look(at: message, &survey)
        }
        if inbound.pending == 0 { _ = span.end(at: line) }
    }

    private func remember(_ message: SIPMessage, _ memory: inout ClientMemory) {
        if message.isRequest, let method = message.method {
            if let branch = message.topVia?.branch { memory.sent(message, branch: branch, method: method) }
        } else if message.status.map({ (200..<300).contains($0) }) == true, message.cseq?.method == .invite,
            let callID = message.callID, let number = message.cseq?.number, memory.accepted.count < ClientMemory.most
        {
            if memory.accepted[callID]?.sequence != number { memory.accepted[callID] = (number, false) }
        }
        if let media = PayloadRules.media(of: message, limits: limits), let path = media.path.last,
            let session = MSRPURI(path)?.sessionID
        {
            memory.described(media, session: session)
        }
    }
}

/// A broken rule before it is known where it stands.
struct Breach: Sendable {
    var rule: WireRule
    var what: String

    init(_ rule: WireRule, _ what: String) {
        self.rule = rule
        self.what = what
    }
}
