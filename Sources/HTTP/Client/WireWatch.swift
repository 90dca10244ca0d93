import CCurlShim
import Connections
import NIOCore

/// Gives the connections of a client their numbers and tells its tap of them. On the client's thread.
final class WireWatch {
    private struct Socket {
        /// 0 until its first bytes.
        var number = 0
        var localPort = 0
    }

    private let tap: HTTPTap
    private var sockets: [Int32: Socket] = [:]
    private var lastNumber = 0
    /// Called before a connection is told to be closed, with its number.
    var onClosing: (Int) -> Void = { _ in }

    init(_ tap: @escaping HTTPTap) { self.tap = tap }

    func opened(_ descriptor: Int32) { sockets[descriptor] = Socket() }

    func closing(_ descriptor: Int32) {
        guard let socket = sockets.removeValue(forKey: descriptor), socket.number > 0 else { return }
        onClosing(socket.number)
        tell(socket.number, .closed)
    }

    /// The number of the connection that has this port here; a new one the first time.
    func connection(localPort: Int, isSecure: Bool) -> Int {
        if let known = sockets.first(where: { $0.value.localPort == localPort && $0.value.number > 0 }) {
            return known.value.number
        }
        lastNumber += 1
        let found = sockets.first { descriptor, socket in
            socket.number == 0 && Self.port(of: address(descriptor, ofPeer: false)) == localPort
        }?.key
        if let found { sockets[found] = Socket(number: lastNumber, localPort: localPort) }
        tell(
            lastNumber,
            .opened(
                local: found.map { address($0, ofPeer: false) } ?? "unknown",
                remote: found.map { address($0, ofPeer: true) } ?? "unknown", isSecure: isSecure))
        return lastNumber
    }

    func passed(_ connection: Int, _ direction: WireDirection, _ bytes: [UInt8]) {
        tell(connection, .passed(direction, bytes))
    }

    private func tell(_ connection: Int, _ kind: HTTPTapEvent.Kind) {
        tap(HTTPTapEvent(connection: connection, kind, nanoseconds: NIODeadline.now().uptimeNanoseconds))
    }

    private func address(_ descriptor: Int32, ofPeer: Bool) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
            guard let start = text.baseAddress, ccurl_socket_address(descriptor, ofPeer, start, text.count) else {
                return "unknown"
            }
            return String(cString: start)
        }
    }

    private static func port(of address: String) -> Int? {
        address.lastIndex(of: ":").flatMap { Int(address[address.index(after: $0)...]) }
    }
}
