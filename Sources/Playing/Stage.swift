import Recordings

/// Where one case is played, whoever is under test.
protocol Stage: Sendable {
    /// Plays preamble, body and closing; the deadline and the interruption are cancellations of the task.
    func play() async -> PlayEnd
    /// Says so when the recording is full, in words.
    var overflow: AsyncStream<String> { get }
    /// Takes everything down and returns what was recorded, with a note on an untimely end.
    func strike(_ end: PlayEnd) async -> Recording
    /// Something that only the harness can know, for the judge.
    func note(trouble: String, _ text: String) async
    /// What came from before the case did not end in time: its users are not used again.
    var isUnquiet: Bool { get async }
    /// Nobody took or answered what the case begins with.
    var isUnanswered: Bool { get async }
}
