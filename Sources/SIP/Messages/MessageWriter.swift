import NIOCore

/// Puts a message into a buffer in two passes: the first adds up the size, the second copies.
///
/// One write to the buffer in place of one per word is worth a third of the time of a message.
enum MessageWriter {
    static func write(_ message: SIPMessage, into buffer: inout ByteBuffer) {
        let length = String(message.body.count)
        var size = 0
        pieces(of: message, length: length) { size += $0.utf8.count }
        size += message.body.count
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { target in
            var place = 0
            pieces(of: message, length: length) { place += copy($0.utf8, to: target, at: place) }
            place += copy(message.body, to: target, at: place)
            return place
        }
    }

    /// Every word of the head in order; the same for both passes.
    @inline(__always)
    private static func pieces(of message: SIPMessage, length: String, _ take: (String) -> Void) {
        switch message.start {
        case .request(let method, let uri):
            take(method.rawValue)
            take(" ")
            take(uri)
            take(" SIP/2.0\r\n")
        case .response(let status, let reason):
            take("SIP/2.0 ")
            take(String(status))
            take(" ")
            take(reason)
            take("\r\n")
        }
        var hasLength = false
        for field in message.headers.fields {
            if field.code == .contentLength, hasLength { continue }
            take(field.name)
            take(": ")
            take(field.code == .contentLength ? length : field.value)
            take("\r\n")
            if field.code == .contentLength { hasLength = true }
        }
        if !hasLength {
            take("Content-Length: ")
            take(length)
            take("\r\n")
        }
        take("\r\n")
    }

    /// Copies what fits, which is all, since the size was added up from the same bytes.
    @inline(__always)
    private static func copy(
        _ bytes: some Collection<UInt8>, to target: UnsafeMutableRawBufferPointer, at place: Int
    ) -> Int {
        let room = UnsafeMutableRawBufferPointer(rebasing: target[place...])
        let copied: Void? = bytes.withContiguousStorageIfAvailable { room.copyMemory(from: UnsafeRawBufferPointer($0)) }
        if copied == nil { room.copyBytes(from: bytes) }
        return bytes.count
    }
}
