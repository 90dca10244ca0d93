import Diagnostics
import MSRP
import Payloads

/// What MSRP messages of one connection have to keep to in view of those before them.
struct MSRPExchange: Sendable {
    private struct SentChunk: Sendable {
        var failureReport: MSRPFailureReport
        var toPath: MSRPURI?
        var fromPath: MSRPURI?
        var isReport: Bool
        var isAnswered = false
    }

    private struct SentMessage: Sendable {
        var wantsSuccess: Bool
        var failureReport: MSRPFailureReport
    }

    private var chunks: [String: SentChunk] = [:]
    private var messages: [String: SentMessage] = [:]
    /// The length that the chunks of an unfinished message announced, by Message-ID.
    private var totals: [String: Int] = [:]
    private var remembersAll = true

    mutating func sent(_ head: MSRPHead) {
        guard let method = head.method else { return }
        guard chunks.count < ClientMemory.most, messages.count < ClientMemory.most else {
            remembersAll = false
            return
        }
        chunks[head.transactionID] = SentChunk(
            failureReport: head.failureReport, toPath: head.toPath.first, fromPath: head.fromPath.first,
            isReport: method == "REPORT")
        if method == "SEND", let id = head.messageID {
            messages[id] = SentMessage(wantsSuccess: head.successReport, failureReport: head.failureReport)
        }
    }

    mutating func breaches(_ chunk: MSRPChunk, _ memory: ClientMemory) -> [Breach] {
        let head = chunk.head
        if let code = head.responseCode { return response(head, code) }
        var found = path(head, memory)
        if head.method == "REPORT" { found += report(head) }
        if head.method == "SEND" { found += total(chunk) + accepted(chunk, memory) }
        return found
    }

    private mutating func response(_ head: MSRPHead, _ code: Int) -> [Breach] {
        let name = MSRPRules.name(head)
        guard let asked = chunks[head.transactionID] else {
            return remembersAll ? [Breach(.msrpTransaction, "\(name) answers nothing that was sent")] : []
        }
        chunks[head.transactionID]?.isAnswered = true
        var found: [Breach] = []
        if asked.isAnswered { found.append(Breach(.msrpTransaction, "\(name) answers for the second time")) }
        if asked.isReport { found.append(Breach(.msrpUnwantedResponse, "\(name) answers a REPORT")) }
        if !asked.isReport, asked.failureReport == .no {
            found.append(Breach(.msrpUnwantedResponse, "\(name) answers a SEND with Failure-Report: no"))
        }
        if !asked.isReport, asked.failureReport == .partial, code == 200 {
            found.append(Breach(.msrpUnwantedResponse, "\(name) answers a SEND with Failure-Report: partial"))
        }
        if head.toPath.first != asked.fromPath || head.fromPath.first != asked.toPath {
            found.append(Breach(.msrpPaths, "the paths of \(name) are not those of its request, turned round"))
        }
        return found
    }

    private func path(_ head: MSRPHead, _ memory: ClientMemory) -> [Breach] {
        guard let session = head.toPath.last?.sessionID, memory.descriptions[session] == nil,
            memory.remembersAll
        else { return [] }
        return [
            Breach(
                .msrpPaths,
                "the To-Path of \(MSRPRules.name(head)) names the session \(escapedPeerText(session, limit: 60)), which the "
                    + "client never described")
        ]
    }

    private func report(_ head: MSRPHead) -> [Breach] {
        let name = MSRPRules.name(head)
        var found: [Breach] = []
        if head.byteRange == nil { found.append(Breach(.msrpReport, "\(name) has no Byte-Range")) }
        guard let id = head.messageID else { return found }
        guard let message = messages[id] else {
            if remembersAll { found.append(Breach(.msrpReport, "\(name) is about a message that was not sent on this connection")) }
            return found
        }
        guard let status = head.status else { return found }
        if status.code == 200, !message.wantsSuccess {
            found.append(Breach(.msrpReport, "\(name) reports success, which was not asked for"))
        }
        if status.code != 200, message.failureReport == .no {
            found.append(Breach(.msrpReport, "\(name) reports a failure, which was not asked for"))
        }
        return found
    }

    /// The chunks of one message announce one length.
    private mutating func total(_ chunk: MSRPChunk) -> [Breach] {
        guard let id = chunk.head.messageID else { return [] }
        let known = totals[id]
        if chunk.continuation == .more, totals.count < ClientMemory.most {
            totals[id] = chunk.head.byteRange?.total ?? known
        } else {
            totals[id] = nil
        }
        guard let known, let total = chunk.head.byteRange?.total, total != known else { return [] }
        return [
            Breach(.msrpByteRange, "\(MSRPRules.name(chunk.head)) says \(total) bytes of a message that was of \(known)")
        ]
    }

    /// Types and sizes that the client's description takes.
    private func accepted(_ chunk: MSRPChunk, _ memory: ClientMemory) -> [Breach] {
        guard chunk.length > 0, let session = chunk.head.toPath.last?.sessionID,
            let media = memory.descriptions[session]?.media
        else { return [] }
        let name = MSRPRules.name(chunk.head)
        var found: [Breach] = []
        if let type = chunk.head.contentType.flatMap({ MediaType($0) }), !media.accepts(type) {
            found.append(Breach(.msrpAccepted, "\(name) is of \(escapedPeerText(type.essence, limit: 80)), which the client does not take"))
        }
        let size = chunk.head.byteRange?.total ?? chunk.length
        if let most = media.maxSize, size > most {
            found.append(Breach(.msrpAccepted, "\(name) belongs to a message of \(size) bytes; the client takes \(most)"))
        }
        return found
    }
}
