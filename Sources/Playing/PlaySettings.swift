public import Diagnostics
public import Recordings
public import TestCases

/// What holds for all cases of a run.
public struct PlaySettings: Sendable {
    /// Ids, tags and generated payloads follow from it and from the case's ID.
    public var seed: UInt64
    public var strict: Bool
    public var limits: Limits
    /// The project's binding profile, before what the implementation's description says otherwise.
    public var binding: BindingProfile
    /// Versions of the harness and whatever else bears on the verdict, by name.
    public var versions: [String: String]
    /// Who is asked what the user of a client sees, in place of its upper tester; nil asks the upper tester.
    public var person: (any ClientOperator)?
    /// The room that the recordings of all cases have together.
    public var space: RecordingSpace
    /// What the recording of the case at hand takes of it; each case has its own.
    var share: RecordingSpace.Share?
    /// Told of each line of the recording of a case, by its ID, as it is written down; on the case's event loop.
    public var onlooker: (@Sendable (String, RecordedLine) -> Void)?
    /// Wall clock in milliseconds since 1970.
    public var wallClock: @Sendable () -> Int64

    public init(
        seed: UInt64, strict: Bool = false, limits: Limits = Limits(), binding: BindingProfile = .standard,
        versions: [String: String] = [:], wallClock: @escaping @Sendable () -> Int64
    ) {
        self.seed = seed
        self.strict = strict
        self.limits = limits
        self.binding = binding
        self.versions = versions
        self.wallClock = wallClock
        space = RecordingSpace(limit: limits.recordingsAtOnce)
    }

    /// The seed of one case: the same whatever else is run beside it.
    func seed(of testCase: TestCase) -> UInt64 {
        testCase.id.utf8.reduce(seed ^ 0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

/// How the playing of a case ended; the verdict is the judge's.
public enum PlayEnd: Sendable, Hashable {
    /// Every step that could be played was played.
    case played
    /// The preamble did not get there, or the implementation or the harness gave out; the recording says why.
    case broken(String)
    /// The implementation did not take or answer what the case begins with, and was gone when it was looked for again.
    case unreachable(Diagnostic)
    /// The case's own time limit passed.
    case timedOut
    /// The run was interrupted while the case was being played.
    case interrupted
    /// The run was interrupted before the case began.
    case notBegun
}

/// A case that was played, with all that was recorded.
public struct PlayedCase: Sendable {
    public var testCase: TestCase
    public var end: PlayEnd
    /// Nil when the case was not begun, and where it has been handed over before.
    public var recording: Recording?
    /// Wall time of the playing.
    public var seconds: Double
    /// Keeps the room that the recording takes.
    private let share: RecordingSpace.Share?

    init(
        _ testCase: TestCase, end: PlayEnd, recording: Recording? = nil, seconds: Double = 0,
        share: RecordingSpace.Share? = nil
    ) {
        self.testCase = testCase
        self.end = end
        self.recording = recording
        self.seconds = seconds
        self.share = share
    }

    /// The same without what was recorded.
    var withoutRecording: PlayedCase { PlayedCase(testCase, end: end, seconds: seconds) }
}
