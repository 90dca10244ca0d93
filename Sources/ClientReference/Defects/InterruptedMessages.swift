import Connections
import Foundation
import NIOCore

/// Reads along what comes over MSRP, so that a defective client has something to show of a message that did not come
/// whole. Keeps the last bytes of each connection only.
final class InterruptedMessages: ConnectionTap {
    private let next: (any ConnectionTap)?
    private var received: [Int: [UInt8]] = [:]
    private var nextNumbers: [Int: Int] = [:]
    private var last = 0
    private static let kept = 256 * 1024

    init(passingOnTo next: (any ConnectionTap)?) { self.next = next }

    /// The bodies of SENDs that have begun and not ended, on all connections; they are forgotten then.
    func take() -> [[UInt8]] {
        defer { received = [:] }
        return received.sorted { $0.key < $1.key }.compactMap { Self.unfinished($0.value) }
    }

    /// What comes after the head of the last SEND, where no end-line follows or one that gives the message up.
    private static func unfinished(_ bytes: [UInt8]) -> [UInt8]? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let start = text.range(of: " SEND\r\n", options: .backwards)?.upperBound else { return nil }
        let rest = text[start...]
        guard let head = rest.range(of: "\r\n\r\n") else { return nil }
        var body = rest[head.upperBound...]
        if let end = body.range(of: "\r\n-------") {
            guard body[end.upperBound...].contains("#") else { return nil }
            body = body[..<end.lowerBound]
        }
        return Array(body.utf8)
    }

    func opened(_ info: ConnectionInfo) -> Int {
        last += 1
        nextNumbers[last] = next?.opened(info)
        return last
    }

    func secured(_ connection: Int, version: String) {
        if let number = nextNumbers[connection] { next?.secured(number, version: version) }
    }

    func passed(_ connection: Int, _ direction: WireDirection, _ bytes: ByteBuffer) {
        if let number = nextNumbers[connection] { next?.passed(number, direction, bytes) }
        guard direction == .received else { return }
        let known = received[connection, default: []] + Array(bytes.readableBytesView)
        received[connection] = Array(known.suffix(Self.kept))
    }

    func closed(_ connection: Int, cause: String) {
        if let number = nextNumbers.removeValue(forKey: connection) { next?.closed(number, cause: cause) }
    }
}
