// What the words of a case for a client mean, for `explain`; docs/TEST-CASES.md says the same at more length.

extension ClientStepWord {
    /// How it is written. USER is the client's user, MEMBER one for whom the enabler speaks.
    public var form: String {
        switch self {
        case .online: "online: USER"
        case .offline: "offline: USER"
        case .create: "create: { group: NAME, by: USER, invite: [MEMBER, …] }"
        case .send:
            "send: { by: ACTOR, as: LABEL, group: NAME, text: TEXT | sample: NAME | size: BYTES }; by a MEMBER also content-type: "
                + "TYPE, asks-for: [delivered, …], age: TIME, chunk: BYTES, failure-report: yes | partial | no, success-report: true, "
                + "breaks-after: BYTES | aborts-after: BYTES | pauses-after: BYTES"
        case .read: "read: { by: USER, message: LABEL }"
        case .restart: "restart: { by: USER, group: NAME, refused: true }"
        case .leave: "leave: { who: USER, group: NAME }"
        case .invite:
            "invite: { by: MEMBER, as: live | over, group: NAME, dress: full | lean | compact, setup: actpass | active | passive | "
                + "unsaid, listing: [ACTOR, …], at-new-focus: true }"
        case .again: "again: LABEL, or again: [LABEL, …]"
        case .resume: "resume: LABEL"
        case .report: "report: { by: MEMBER, message: LABEL, status: delivered }; docs/TEST-CASES.md has the form for several"
        case .list: "list: { shows: { ACTOR: connected | pending | departed | booted, … }, group: NAME, form: full | partial, by: \(Self.words(ListStep.Carriage.self)) }"
        case .hand: "hand: { what: \(Self.words(StrangeContent.self)), group: NAME }"
        case .hangUp: "hang-up: \(Self.words(HangUpReason.self)), or hang-up: { group: NAME, cause: … }"
        case .break: "break: USER"
        case .reboot: "reboot: USER"
        }
    }

    /// What happens, in one clause.
    public var meaning: String {
        switch self {
        case .online: "the client's user goes on-line; what comes before it is preamble"
        case .offline: "the client's user goes off-line"
        case .create: "the client's user makes a group"
        case .send: "the client's user writes a message, or the enabler hands over one of a member; known by its label from then on"
        case .read: "the client's user reads a message"
        case .restart: "the client's user goes on with a group whose focus is gone"
        case .leave: "the client's user leaves"
        case .invite: "the enabler calls the client to a session that goes on (live) or is only delivered (over)"
        case .again: "the enabler hands over, byte for byte, what it has handed over before"
        case .resume: "the enabler goes on, in the same session, with a message in which it has paused"
        case .report: "the enabler hands over a member's report on a message of the user"
        case .list: "the enabler tells who takes part"
        case .hand: "the enabler hands over what nobody can understand"
        case .hangUp: "the enabler ends the session"
        case .break: "all connections between the client and the enabler break"
        case .reboot: "the client is stopped and started, and is off-line then"
        }
    }

    /// What completes it, and the timer that bounds the wait.
    public var completion: String {
        switch self {
        case .online: "the client has registered ('answer')"
        case .offline: "the upper tester says that it is so ('answer')"
        case .create, .restart: "the client has asked the factory and been answered ('answer')"
        case .send: "it is answered as it was asked to; what needs no answer, after 'quiet' ('answer')"
        case .read, .leave: "the upper tester says that it is so ('answer')"
        case .invite: "the client has answered ('answer')"
        case .again, .resume, .report, .list: "it is answered ('answer')"
        case .hand: "it is answered, or nobody answers; both will do ('answer')"
        case .hangUp: "the BYE is answered ('answer')"
        case .break: "at once"
        case .reboot: "the commands under 'control' have ended"
        }
    }

    private static func words<Word: CaseIterable & RawRepresentable>(_: Word.Type) -> String where Word.RawValue == String {
        Word.allCases.map(\.rawValue).joined(separator: " | ")
    }
}
