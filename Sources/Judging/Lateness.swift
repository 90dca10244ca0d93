public import Recordings

extension Verdict {
    /// True when nothing came out of a case in which the harness itself was held up: that says nothing of the
    /// implementation, and the case may be played again.
    public func isLate(in recording: Recording) -> Bool {
        self != .pass && self != .fail && recording.lines.contains { $0.kind == .stall }
    }
}
