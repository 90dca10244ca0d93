public import Connections
public import NIOCore
public import Recordings

/// Writes an actor's connections and bytes into the recording under the actor's name, and nothing else.
///
/// Confined to the event loop of the recorder.
public final class RecorderTap: ConnectionTap {
    private let recorder: Recorder
    private let actor: String
    private let device: Int

    /// - Parameter device: which of the user's devices it is, from 1.
    public init(recorder: Recorder, actor: String, device: Int = 1) {
        self.device = device
        self.recorder = recorder
        self.actor = actor
    }

    public func opened(_ info: ConnectionInfo) -> Int {
        recorder.open(
            actor: actor, proto: info.protocolName, accepted: info.accepted, local: info.local, remote: info.remote,
            device: device)
    }

    public func secured(_ connection: Int, version: String) { recorder.secured(connection, version: version) }

    public func passed(_ connection: Int, _ direction: WireDirection, _ bytes: ByteBuffer) {
        recorder.bytes(Array(bytes.readableBytesView), direction == .received ? .received : .sent, on: connection)
    }

    public func closed(_ connection: Int, cause: String) { recorder.close(connection, cause: cause) }
}
