import MSRP

/// The bytes of an item that does not get to its end at once, or at all. Pure but for the transaction ids it draws.
struct UnfinishedItem {
    var item: HandedItem
    var messageID: String
    var toPath: String
    var fromPath: String
    var transactionIDs: () -> String

    /// The chunks until `count` bytes of the body, the last one ended with `#` (RFC 4975 §7.1).
    func aborted(after count: Int) -> [UInt8] {
        let (bytes, transaction) = chunks(until: count)
        return bytes + endLine(transaction, .aborted)
    }

    /// The chunks until `count` bytes of the body, the last one without an end.
    func cutOff(after count: Int) -> [UInt8] { chunks(until: count).bytes }

    /// The chunks until `count` bytes of the body, each whole.
    func paused(after count: Int) -> [UInt8] {
        let (bytes, transaction) = chunks(until: count)
        return bytes + endLine(transaction, .more)
    }

    /// The chunks from `count` bytes of the body to its end.
    func rest(from count: Int) -> [UInt8] {
        let (bytes, transaction) = chunks(from: count, until: item.body.count)
        return bytes + endLine(transaction, .complete)
    }

    /// Whole chunks, and then one that has begun; with the transaction id of that one.
    private func chunks(from start: Int = 0, until count: Int) -> (bytes: [UInt8], transaction: String) {
        let end = min(max(count, 0), item.body.count)
        let size = max(item.chunkSize ?? item.body.count, 1)
        var bytes: [UInt8] = []
        var sent = min(max(start, 0), end)
        while true {
            let transaction = transactionIDs()
            let next = min(sent + size, end)
            bytes += head(transaction, from: sent)
            bytes += item.body[sent..<next]
            if next == end { return (bytes, transaction) }
            bytes += endLine(transaction, .more)
            sent = next
        }
    }

    private func head(_ transaction: String, from sent: Int) -> [UInt8] {
        var headers = [
            MSRPHeaderField("To-Path", toPath), MSRPHeaderField("From-Path", fromPath),
            MSRPHeaderField("Message-ID", messageID),
        ]
        if item.successReport { headers.append(MSRPHeaderField("Success-Report", "yes")) }
        if item.failureReport != .yes {
            headers.append(MSRPHeaderField("Failure-Report", item.failureReport.rawValue))
        }
        let range = MSRPByteRange(start: sent + 1, end: nil, total: item.body.count)
        headers.append(MSRPHeaderField("Byte-Range", range.description))
        headers.append(MSRPHeaderField("Content-Type", item.contentType))
        let head = MSRPHead(start: .request(method: "SEND"), transactionID: transaction, headers: headers)
        return head.serialized() + Array("\r\n".utf8)
    }

    private func endLine(_ transaction: String, _ flag: MSRPContinuation) -> [UInt8] {
        Array("\r\n-------\(transaction)".utf8) + [flag.rawValue] + Array("\r\n".utf8)
    }
}
