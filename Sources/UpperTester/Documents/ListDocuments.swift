public import Recordings

/// A list that changes: it says at which revision of the client it was.
public protocol RevisedList: UpperTesterDocument {
    associatedtype Entry: UpperTesterDocument
    /// Grows whenever something in the list changes and never falls. One number may count the changes of all lists.
    var revision: Int { get }
    var entries: [Entry] { get }
    /// The name of the member that holds the entries.
    static var key: String { get }
    init(revision: Int, _ entries: [Entry])
}

extension RevisedList {
    public init(_ field: JSONField) throws(DocumentProblem) {
        let instead = "write a whole number from 0 that grows whenever something changes"
        let revision = try field.required("revision", instead).revision()
        let entries = try field.required(Self.key, "write an array, [] when there is nothing")
            .elements { entry throws(DocumentProblem) in try Entry(entry) }
        self.init(revision: revision, entries)
    }

    public var json: JSONValue { .object(["revision": .integer(Int64(revision)), Self.key: entries.json]) }
}

/// All groups that the client knows.
public struct ShownConversations: RevisedList {
    public static let key = "conversations"
    public var revision: Int
    public var entries: [ShownConversation]

    public init(revision: Int, _ entries: [ShownConversation]) {
        self.revision = revision
        self.entries = entries
    }
}

/// The messages of a group in the order shown to the user.
public struct ShownMessages: RevisedList {
    public static let key = "messages"
    public var revision: Int
    public var entries: [ShownMessage]

    public init(revision: Int, _ entries: [ShownMessage]) {
        self.revision = revision
        self.entries = entries
    }
}

/// Who is, or was, in a group.
public struct ShownParticipants: RevisedList {
    public static let key = "participants"
    public var revision: Int
    public var entries: [ShownParticipant]

    public init(revision: Int, _ entries: [ShownParticipant]) {
        self.revision = revision
        self.entries = entries
    }
}

/// What happened in a group, in the order shown to the user.
public struct ShownHistory: RevisedList {
    public static let key = "entries"
    public var revision: Int
    public var entries: [ShownHistoryEntry]

    public init(revision: Int, _ entries: [ShownHistoryEntry]) {
        self.revision = revision
        self.entries = entries
    }
}
