import Diagnostics
import SIP

/// What a SIP message has to keep to in view of those before it.
enum SIPExchangeRules {
    static func breaches(_ message: SIPMessage, _ memory: inout ClientMemory) -> [Breach] {
        if message.isRequest { return request(message, &memory) }
        return response(message, memory)
    }

    private static func response(_ message: SIPMessage, _ memory: ClientMemory) -> [Breach] {
        guard let branch = message.topVia?.branch, let sequence = message.cseq else { return [] }
        let name = SIPMessageRules.name(message)
        guard let asked = memory.request(answered: branch, sequence.method) else {
            return memory.remembersAll
                ? [Breach(.sipResponseMatch, "\(name) answers nothing that was sent: its branch is unknown")] : []
        }
        var found: [Breach] = []
        if message.headers.values("Via").count != 1 {
            found.append(Breach(.sipResponseMatch, "\(name) comes with more Vias than the request had"))
        }
        if message.callID != asked.callID { found.append(Breach(.sipResponseMatch, "\(name) has another Call-ID")) }
        if sequence.number != asked.sequence.number {
            found.append(Breach(.sipResponseMatch, "\(name) has another CSeq number"))
        }
        if message.from?.tag != asked.fromTag { found.append(Breach(.sipResponseMatch, "\(name) has another tag in From")) }
        if let tag = asked.toTag, message.status != 100, message.to?.tag != tag {
            found.append(Breach(.sipResponseMatch, "\(name) has another tag in To"))
        }
        return found
    }

    private static func request(_ message: SIPMessage, _ memory: inout ClientMemory) -> [Breach] {
        guard let method = message.method, let sequence = message.cseq, let callID = message.callID else { return [] }
        if method == .ack {
            if memory.accepted[callID]?.sequence == sequence.number { memory.accepted[callID]?.acknowledged = true }
            return []
        }
        if method == .cancel { return [] }
        var found = order(message, method, sequence, callID, &memory)
        if method == .bye, let accepted = memory.accepted[callID], !accepted.acknowledged {
            found.append(Breach(.sipAcknowledged, "a BYE came for an INVITE whose 200 never got its ACK"))
        }
        return found
    }

    private static func order(
        _ message: SIPMessage, _ method: SIPMethod, _ sequence: SIPCSeq, _ callID: String, _ memory: inout ClientMemory
    ) -> [Breach] {
        guard let from = message.from?.tag, message.to?.tag != nil || method == .invite else { return [] }
        let dialog = "\(callID) \(from)"
        let branch = message.topVia?.branch ?? ""
        defer {
            let isHigher = memory.sequences[dialog].map { sequence.number > $0.number } ?? true
            if isHigher, memory.sequences.count < ClientMemory.most { memory.sequences[dialog] = (sequence.number, branch) }
        }
        guard let last = memory.sequences[dialog], sequence.number <= last.number, branch != last.branch else { return [] }
        return [
            Breach(
                .sipSequence,
                "\(SIPMessageRules.name(message)) has CSeq \(sequence.number) behind \(last.number) in its dialog")
        ]
    }
}
