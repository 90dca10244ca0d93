public import Recordings

/// What a recording's header says that the decoder and the checks need.
public struct CaseContext: Sendable {
    /// Which address is which actor.
    public var addresses: AddressBook
    /// The implementation under test is a client, and the recording that of a scripted enabler.
    public var isClientTested: Bool

    /// From the alias sets under `iut.users`: actor name to addresses.
    public init(header: RecordingHeader) {
        var aliases: [String: [String]] = [:]
        for (actor, list) in header.iut["users"]?.object ?? [:] { aliases[actor] = list.strings ?? [] }
        addresses = AddressBook(aliases: aliases)
        isClientTested = header.case["role"] == "client"
    }
}
