import Diagnostics
import MSRP

/// What one MSRP message has to keep to by itself.
enum MSRPRules {
    static func breaches(_ chunk: MSRPChunk) -> [Breach] {
        var found: [Breach] = []
        if let fault = chunk.head.fault { found.append(Breach(.msrpHeaders, "\(name(chunk.head)): \(fault)")) }
        guard chunk.head.method == "SEND" else { return found }
        if chunk.length > 0, chunk.head.contentType == nil {
            found.append(Breach(.msrpContentType, "\(name(chunk.head)) has \(chunk.length) bytes and no Content-Type"))
        }
        if let range = chunk.head.byteRange, let what = misfit(range, chunk) {
            found.append(Breach(.msrpByteRange, "\(name(chunk.head)) \(what)"))
        }
        return found
    }

    /// `SEND 7sg2` or `response 200 7sg2`, for sentences.
    static func name(_ head: MSRPHead) -> String {
        let id = escapedPeerText(head.transactionID, limit: 40)
        if let method = head.method { return "\(escapedPeerText(method, limit: 20)) \(id)" }
        return "response \(head.responseCode ?? 0) \(id)"
    }

    private static func misfit(_ range: MSRPByteRange, _ chunk: MSRPChunk) -> String? {
        // What was given up may end anywhere.
        if chunk.continuation == .aborted { return nil }
        let last = range.start + chunk.length - 1
        if let end = range.end, end != last {
            return "says bytes \(range) and has \(chunk.length)"
        }
        guard let total = range.total else { return nil }
        if last > total { return "reaches byte \(last) of a message of \(total)" }
        if chunk.continuation == .complete, last != total { return "ends its message at byte \(last) of \(total)" }
        return nil
    }
}
