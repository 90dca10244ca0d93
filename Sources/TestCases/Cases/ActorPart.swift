/// What somebody of a case is to the harness.
public enum ActorPart: String, Sendable, Hashable, CaseIterable {
    /// A scripted client of an enabler under test; what the file says of it is its `Absence`.
    case participant = ""
    /// The user of the client under test.
    case client
    /// A member of the group whom the scripted enabler speaks for.
    case member

    /// Those that a case for a client can name.
    public static let allCases: [ActorPart] = [.client, .member]
}
