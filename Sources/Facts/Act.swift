public import Recordings

/// What the script did, as the player wrote it down.
public struct Act: Sendable, Hashable {
    /// `create`, `send`, `compose`, `report`, `leave`, `add`, `away`, `noticed`, `return`, `rejoin`, `subscribe`, `end`,
    /// `register`, `deregister`, `probe`, `done` (a step is over) and what later versions add.
    public var step: String
    /// `preamble`, `body` or `closing`.
    public var phase: String
    /// The step's number in the case, from 0; nil for acts that are no step.
    public var index: Int?
    /// All that the line says.
    public var fields: [String: JSONValue]

    public init(step: String, phase: String, index: Int?, fields: [String: JSONValue]) {
        self.step = step
        self.phase = phase
        self.index = index
        self.fields = fields
    }

    /// A field that is text.
    public func text(_ key: String) -> String? { fields[key]?.string }

    /// A field that is a list of texts.
    public func texts(_ key: String) -> [String] { fields[key]?.array?.compactMap(\.string) ?? [] }

    /// A field that is true.
    public func flag(_ key: String) -> Bool { fields[key] == .bool(true) }
}

/// A wait of the script: for what, how long at most, and how it ended.
public struct Wait: Sendable, Hashable {
    public enum State: String, Sendable, Hashable {
        case begun
        case met
        case unmet
    }

    public var state: State
    /// The step it belongs to.
    public var index: Int?
    /// The name of the IXIT timer that bounds it.
    public var limit: String
    public var milliseconds: Int64
    /// One sentence for each condition that had not held yet.
    public var awaited: [String]

    public init(state: State, index: Int?, limit: String, milliseconds: Int64, awaited: [String]) {
        self.state = state
        self.index = index
        self.limit = limit
        self.milliseconds = milliseconds
        self.awaited = awaited
    }
}
