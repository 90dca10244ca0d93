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

    /// The bodies of messages that have begun and did not end, on all connections; they are forgotten then.
    func take() -> [[UInt8]] {
        defer { received = [:] }
        return received.sorted { $0.key < $1.key }.flatMap { Self.unfinished($0.value) }
    }

    /// What has come of each message that was given up, or whose last chunk never came.
    private static func unfinished(_ bytes: [UInt8]) -> [[UInt8]] {
        var open: [(id: Substring, body: String)] = []
        for send in String(decoding: bytes, as: UTF8.self).components(separatedBy: " SEND\r\n").dropFirst() {
            guard let head = send.range(of: "\r\n\r\n") else { continue }
            let id = send[..<head.lowerBound].split(separator: "\r\n").first { $0.hasPrefix("Message-ID:") } ?? ""
            let rest = send[head.upperBound...]
            let end = rest.range(of: "\r\n-------")
            let body = String(rest[..<(end?.lowerBound ?? rest.endIndex)])
            if let place = open.firstIndex(where: { $0.id == id }) {
                open[place].body += body
            } else {
                open.append((id, body))
            }
            let line = end.map { rest[$0.upperBound...].prefix { $0 != "\r\n" } }
            if line?.hasSuffix("$") == true { open.removeAll { $0.id == id } }
        }
        return open.map { Array($0.body.utf8) }
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
