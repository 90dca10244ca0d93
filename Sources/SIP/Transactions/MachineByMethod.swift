/// The machine of an INVITE or of any other request, so that the stack has one table for both.
enum MachineByMethod<Invite: Sendable & Hashable, Other: Sendable & Hashable>: Sendable, Hashable {
    case invite(Invite)
    case other(Other)

    /// Gives an event to the machine that is there; `other` takes what only an INVITE knows by doing nothing.
    mutating func change<Action>(
        _ invite: (inout Invite) -> [Action], _ other: (inout Other) -> [Action] = { _ in [] }
    ) -> [Action] {
        switch self {
        case .invite(var machine):
            defer { self = .invite(machine) }
            return invite(&machine)
        case .other(var machine):
            defer { self = .other(machine) }
            return other(&machine)
        }
    }
}
