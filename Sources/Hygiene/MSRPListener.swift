import Diagnostics
import MSRP
import NIOCore
import Payloads
import Recordings

/// Listens to one MSRP connection, both ways: what the client sent is remembered, what came is looked at.
struct MSRPListener: Sendable {
    let actor: String
    private let limits: Limits
    private var inbound: MSRPStreamParser
    private var outbound: MSRPStreamParser
    private var span = StreamSpan()
    private var coming: Coming?
    private var going: MSRPHead?
    private var exchange = MSRPExchange()
    private var assembler: MSRPMessageAssembler
    private var failed: Set<RecordedDirection> = []

    /// A message of the implementation that has not ended.
    private struct Coming: Sendable {
        var head: MSRPHead
        var length = 0
    }

    init(actor: String, limits: Limits) {
        self.actor = actor
        self.limits = limits
        inbound = MSRPStreamParser(limits: limits)
        outbound = MSRPStreamParser(limits: limits)
        assembler = MSRPMessageAssembler(limits: limits)
    }

    mutating func take(
        _ bytes: [UInt8], _ direction: RecordedDirection, _ line: Int, _ memory: inout ClientMemory,
        _ survey: inout WireSurvey
    ) {
        guard !failed.contains(direction) else { return }
        do {
            if direction == .received {
                inbound.append(bytes)
                span.began(at: line)
                while let element = try inbound.next() { receive(element, line, memory, &survey) }
                if inbound.isBetweenMessages { _ = span.end(at: line) }
            } else {
                outbound.append(bytes)
                while let element = try outbound.next() { remember(element) }
            }
        } catch {
            failed.insert(direction)
            if direction == .received { survey.add(.msrpReadable, actor, "\(error)", span.end(at: line)) }
        }
    }

    private mutating func remember(_ element: MSRPStreamElement) {
        switch element {
        case .head(let head): going = head
        case .body: break
        case .end:
            if let going { exchange.sent(going) }
            going = nil
        }
    }

    private mutating func receive(
        _ element: MSRPStreamElement, _ line: Int, _ memory: ClientMemory, _ survey: inout WireSurvey
    ) {
        switch element {
        case .head(let head):
            span.began(at: line)
            coming = Coming(head: head)
            if head.method == "SEND" { _ = assembler.begin(head, now: 0) }
        case .body(let slice):
            coming?.length += slice.readableBytes
            if coming?.head.method == "SEND" { _ = assembler.append(slice) }
        case .end(let continuation):
            guard let ended = coming else { return }
            coming = nil
            survey.looked(at: .msrp)
            let lines = span.end(at: line)
            let chunk = MSRPChunk(head: ended.head, length: ended.length, continuation: continuation)
            for breach in MSRPRules.breaches(chunk) + exchange.breaches(chunk, memory) {
                survey.add(breach.rule, actor, breach.what, lines)
            }
            if ended.head.method == "SEND" { complete(continuation, lines, &survey) }
        }
    }

    private mutating func complete(_ continuation: MSRPContinuation, _ lines: [Int], _ survey: inout WireSurvey) {
        guard case .complete(let message) = assembler.end(continuation, now: 0),
            let type = message.contentType.flatMap({ MediaType($0) })
        else { return }
        PayloadRules(limits: limits, actor: actor, lines: lines).look(at: message.body, type, &survey)
    }
}

/// One chunk, response or report, as it came.
struct MSRPChunk: Sendable {
    var head: MSRPHead
    /// Bytes of the body.
    var length: Int
    var continuation: MSRPContinuation
}
