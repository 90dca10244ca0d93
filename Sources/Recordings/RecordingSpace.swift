internal import Synchronization

/// The room that all recordings of a run have together while they are held in memory: many peers that flood at once fill it,
/// and not the machine's memory.
public final class RecordingSpace: Sendable {
    /// Bytes, as they will be written.
    public let limit: Int
    private let taken = Atomic(0)

    /// - Parameter limit: bytes; `Limits.recordingsAtOnce`.
    public init(limit: Int) { self.limit = limit }

    /// Bytes that are taken now.
    public var used: Int { taken.load(ordering: .relaxed) }

    /// What one recording takes; it is given back when nobody holds the share any more.
    public func share() -> Share { Share(of: self) }

    /// The part of one recording.
    public final class Share: Sendable {
        private let space: RecordingSpace
        private let own = Atomic(0)

        fileprivate init(of space: RecordingSpace) { self.space = space }

        deinit { space.taken.subtract(own.load(ordering: .relaxed), ordering: .relaxed) }

        /// Bytes for all.
        public var limit: Int { space.limit }

        /// Takes so many bytes; false, and nothing taken, where they are not left.
        func take(_ bytes: Int) -> Bool {
            let all = space.taken.add(bytes, ordering: .relaxed).newValue
            guard all <= space.limit else {
                space.taken.subtract(bytes, ordering: .relaxed)
                return false
            }
            own.add(bytes, ordering: .relaxed)
            return true
        }
    }
}
