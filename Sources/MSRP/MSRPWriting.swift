import NIOCore

extension ByteBuffer {
    /// Seven hyphens, the transaction id, the flag and CRLF.
    mutating func writeEndLine(_ transactionID: String, _ continuation: MSRPContinuation) {
        writeStaticString("-------")
        writeString(transactionID)
        writeInteger(continuation.rawValue)
        writeStaticString("\r\n")
    }

    mutating func writeHeader(_ name: StaticString, _ value: String) {
        writeStaticString(name)
        writeStaticString(": ")
        writeString(value)
        writeStaticString("\r\n")
    }

    /// A whole response (RFC 4975 §7.2).
    mutating func writeResponse(_ code: Int, _ comment: String, to ticket: MSRPAnswerTicket) {
        writeStaticString("MSRP ")
        writeString(ticket.transactionID)
        writeStaticString(" ")
        if code == 200, comment == "OK" {
            writeStaticString("200 OK\r\n")
        } else {
            writeString(threeDigits(code))
            if !comment.isEmpty { writeString(" " + comment) }
            writeStaticString("\r\n")
        }
        writeHeader("To-Path", ticket.toPath)
        writeHeader("From-Path", ticket.fromPath)
        writeEndLine(ticket.transactionID, .complete)
    }
}

/// A status code as the wire wants it.
func threeDigits(_ code: Int) -> String {
    let text = String(min(max(code, 0), 999))
    return String(repeating: "0", count: 3 - text.utf8.count) + text
}

/// A whole REPORT (RFC 4975 §7.1.2, §7.1.3); nobody answers it.
struct MSRPReportRequest: Sendable {
    var transactionID: String
    var toPath: String
    var fromPath: String
    var messageID: String
    var byteRange: MSRPByteRange
    var code: Int

    func write(to buffer: inout ByteBuffer) {
        buffer.writeStaticString("MSRP ")
        buffer.writeString(transactionID)
        buffer.writeStaticString(" REPORT\r\n")
        buffer.writeHeader("To-Path", toPath)
        buffer.writeHeader("From-Path", fromPath)
        buffer.writeHeader("Message-ID", messageID)
        buffer.writeHeader("Byte-Range", byteRange.description)
        buffer.writeHeader("Status", "000 " + threeDigits(code) + " " + responseComment(code))
        buffer.writeEndLine(transactionID, .complete)
    }
}

extension MSRPHead {
    /// The head as bytes, up to and with the CRLF of its last header: an empty line and a body may follow, or the
    /// end-line.
    public func serialized() -> [UInt8] {
        var text = "MSRP " + transactionID + " "
        switch start {
        case .request(let method): text += method
        case .response(let code, let comment): text += threeDigits(code) + (comment.isEmpty ? "" : " " + comment)
        }
        text += "\r\n"
        for field in headers { text += field.name + ": " + field.value + "\r\n" }
        return Array(text.utf8)
    }
}
