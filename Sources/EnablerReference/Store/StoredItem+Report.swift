import Payloads

extension StoredItem {
    /// The same item with another report in its message, whose length stays right where it is said (RFC 3862 §2.4).
    func carrying(_ report: DispositionReport, in message: CPIMMessage) -> StoredItem {
        var message = message
        message.body = report.serialized()
        if message.contentHeaders["Content-Length"] != nil {
            message.contentHeaders["Content-Length"] = String(message.body.count)
        }
        var copy = self
        copy.body = message.serialized()
        return copy
    }
}
