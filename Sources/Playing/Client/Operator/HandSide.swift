import Actors
import TestCases

/// The user's side by the hands of an operator: each wish is an instruction, and what came of it the wire tells.
struct HandSide: UserSide {
    let user: ActorName
    let addresses: [ActorName: String]
    var person = PersonText()
    /// Gives an instruction and returns when it was carried out; throws `StepFailure` when it could not be.
    let order: @Sendable (String) async throws -> Void

    private func whole(_ name: ActorName) -> String { "\(person.name(name)) <\(addresses[name] ?? "")>" }

    func setOnline(_ online: Bool) async throws {
        try await order(
            online
                ? "Go on-line: let the client sign in as \(whole(user))."
                : "Go off-line: sign the client out, so that it takes its registration back.")
    }

    func createGroup(with names: [ActorName]) async throws -> GroupIDs? {
        try await order("Make a group with \(person.listed(names.map(whole), none: "nobody")).")
        return nil
    }

    func handle(of group: UserGroup) async throws -> String { group.name }

    func write(_ text: String, in handle: String) async throws -> WrittenMessage? {
        try await order("Write in \(handle), without the quotation marks: “\(person.safe(text))”")
        return nil
    }

    func read(_ message: ReadMessage, in handle: String) async throws {
        try await order("Open \(handle) and read \(message.words).")
    }

    func restart(_ handle: String) async throws {
        try await order("Go on with \(handle), whose session is over, in the way in which the client lets its user do it.")
    }

    func leave(_ handle: String) async throws { try await order("Leave \(handle) for good.") }

    func revision(after: Int?, wait: Duration) async throws -> Int? { nil }

    func look(at handle: String) async throws -> [String] { [] }

    func shutdown() async {}
}
