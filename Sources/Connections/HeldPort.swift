import Glibc
public import NIOCore

/// Keeps a port from being given to anybody else after its listener has gone: bound, and not listened on.
///
/// Peers that still call there are refused, as they should be, instead of reaching whoever got the port next. The port is
/// free again when the value goes away.
public final class HeldPort: Sendable {
    private let descriptor: CInt

    /// Nil where the port cannot be bound any more; then nothing is held.
    public init?(_ address: SocketAddress) {
        let family: CInt = address.protocol == .inet6 ? AF_INET6 : AF_INET
        let opened = socket(family, CInt(SOCK_STREAM.rawValue), 0)
        guard opened >= 0 else { return nil }
        var yes: CInt = 1
        setsockopt(opened, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        let bound = address.withSockAddr { bind(opened, $0, socklen_t($1)) }
        guard bound == 0 else {
            Glibc.close(opened)
            return nil
        }
        descriptor = opened
    }

    deinit { Glibc.close(descriptor) }
}
