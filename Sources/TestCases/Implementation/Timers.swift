public import Recordings

/// The times in the IXIT: how long the harness waits, never what is right.
public enum TimerName: String, Sendable, Hashable, CaseIterable {
    /// For a final response, a report of success or a member's copy of a message.
    case answer
    /// After which the implementation gives up on an invitation that is not answered.
    case noAnswer = "no-answer"
    /// Within which the implementation notices that a participant is gone.
    case lossRecognition = "loss-recognition"
    /// Within which a delivery begins after its trigger, and goes on after each item.
    case deliveryWithin = "delivery-within"
    /// Without any arrival before "nothing more comes" is believed; each arrival starts it again.
    case quiet
    /// Changes of membership nearer to one another may be told at once.
    case participantInfoInterval = "participant-info-interval"
    /// After which the implementation ends a session in which nothing happens.
    case inactivity
    /// The longest single wait that a run accepts; cases that need longer are not applicable.
    case longestWait = "longest-wait"
    /// The time a whole case may take.
    case `case`

    /// Milliseconds taken for an implementation whose description says nothing.
    public var standard: Int64 {
        switch self {
        case .answer: 32_000
        case .noAnswer: 60_000
        case .lossRecognition: 60_000
        case .deliveryWithin: 30_000
        case .quiet: 5_000
        case .participantInfoInterval: 5_000
        case .inactivity: 600_000
        case .longestWait: 300_000
        case .case: 900_000
        }
    }

    /// Milliseconds for the embedded reference enabler, which is set to match.
    public var embedded: Int64 {
        switch self {
        case .answer: 5_000
        case .noAnswer: 800
        case .lossRecognition: 1_500
        case .deliveryWithin: 5_000
        case .quiet: 400
        case .participantInfoInterval: 0
        case .inactivity: 3_500
        case .longestWait: 10_000
        case .case: 30_000
        }
    }
}

/// A value for each timer, in milliseconds.
public struct Timers: Sendable, Hashable {
    private var milliseconds: [TimerName: Int64]

    /// The times for an implementation that says nothing.
    public static let standard = Timers { $0.standard }
    /// The times for the embedded reference enabler.
    public static let embedded = Timers { $0.embedded }

    /// A table from a rule.
    public init(_ rule: (TimerName) -> Int64) {
        milliseconds = [:]
        for name in TimerName.allCases { milliseconds[name] = Self.held(rule(name)) }
    }

    /// Times are added and multiplied, and some come from recordings of strangers.
    private static func held(_ milliseconds: Int64) -> Int64 { min(max(milliseconds, 0), longest) }

    /// Milliseconds.
    public subscript(name: TimerName) -> Int64 {
        get { milliseconds[name] ?? name.standard }
        set { milliseconds[name] = Self.held(newValue) }
    }

    /// The longest time that a timer may have: 30 days, in milliseconds.
    public static let longest: Int64 = 30 * 86_400_000

    /// Nanoseconds, the unit of `now`.
    public func nanoseconds(_ name: TimerName) -> Int64 { self[name] * 1_000_000 }

    /// Milliseconds by name.
    public var json: JSONValue {
        .object(Dictionary(uniqueKeysWithValues: TimerName.allCases.map { ($0.rawValue, .integer(self[$0])) }))
    }

    /// Reads what `json` wrote; names that are missing keep their standard value.
    public init(json: JSONValue) {
        self.init { json[$0.rawValue]?.int64 ?? $0.standard }
    }
}
