public import NIOCore
import NIOSSL

/// Closes a connection at once and without a word: under TLS without its own goodbye, which would wait for the peer.
///
/// To be called on the connection's event loop. What was written and is not out yet is lost.
public func breakOff(_ channel: any Channel) {
    let pipeline = channel.pipeline.syncOperations
    let secured =
        (try? pipeline.context(handlerType: NIOSSLClientHandler.self))
        ?? (try? pipeline.context(handlerType: NIOSSLServerHandler.self))
    guard let secured else { return channel.close(promise: nil) }
    // So that the tap, which stands behind TLS and does not see this close, knows whose doing it was.
    secured.fireUserInboundEventTriggered(BrokenOffHere())
    secured.close(promise: nil)
}

/// What the pipeline of a TLS connection is told when the socket is closed beneath it.
struct BrokenOffHere {}
