import Actors
import TestCases

/// What the user of a client under test does, by whatever way it is brought to do it.
protocol UserSide: Sendable {
    /// Returns once it took effect, as far as the user's side can tell.
    func setOnline(_ online: Bool) async throws

    /// Makes a group.
    ///
    /// - Returns: its ids; nil where only the wire tells them.
    func createGroup(with names: [ActorName]) async throws -> GroupIDs?

    /// The user's own name for a group, asked for until the user knows the group.
    func handle(of group: UserGroup) async throws -> String

    /// - Returns: what became of the words; nil where only the wire tells.
    func write(_ text: String, in handle: String) async throws -> WrittenMessage?
    func read(_ message: ReadMessage, in handle: String) async throws
    /// Goes on with a group whose focus is gone.
    func restart(_ handle: String) async throws
    func leave(_ handle: String) async throws

    /// A number that grows with what the user sees, once it is greater than `after` or the time has passed; nil where the user's
    /// side has none.
    func revision(after: Int?, wait: Duration) async throws -> Int?

    /// Looks at everything in a group, so that it is recorded; returns it for a person to read, empty where nothing can be had.
    func look(at handle: String) async throws -> [String]

    func shutdown() async
}

/// A group as the user's side may know it.
struct UserGroup: Sendable {
    var ids: GroupIDs
    /// What a person sees of it.
    var name: String
}

struct WrittenMessage: Sendable {
    /// The imdn.Message-ID.
    var id: String
    /// Milliseconds since 1970.
    var sentAt: Int64
}

/// A message that the user is to read.
struct ReadMessage: Sendable {
    var id: String
    /// What a person sees of it.
    var words: String
}
