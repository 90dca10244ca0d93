public import Diagnostics
public import Recordings

/// Turns the lines of a recording into facts: incremental and pure, so that the player may feed it live and the judge
/// from the file, with the same result.
///
/// Facts are told from the side of the client: "user" is the client and "implementation" the enabler, whichever of the two is
/// under test.
public struct FactDecoder: Sendable {
    private var state: DecoderState
    private var sip: [Int: SIPTrack] = [:]
    private var msrp: [Int: MSRPTrack] = [:]
    private var http: [Int: UpperTesterTrack] = [:]

    /// - Parameter isClientTested: the lines are those of a scripted enabler, so that what it received was sent by a client.
    public init(limits: Limits = Limits(), isClientTested: Bool = false) {
        state = DecoderState(limits: limits, isClientTested: isClientTested)
    }

    /// All facts of a recording, in order.
    public static func facts(of recording: Recording, limits: Limits = Limits()) -> [Fact] {
        var decoder = FactDecoder(limits: limits, isClientTested: CaseContext(header: recording.header).isClientTested)
        return recording.lines.flatMap { decoder.take($0) }
    }

    /// The facts that a line completes; lines come in the order of their numbers.
    public mutating func take(_ line: RecordedLine) -> [Fact] {
        state.begin(line)
        switch line.kind {
        case .open: open(line)
        case .bytes: bytes(line)
        case .close: close(line)
        case .act: state.emit(.act(Self.act(line)))
        case .wait: if let wait = Self.wait(line) { state.emit(.wait(wait)) }
        case .stall: state.emit(.stalled(milliseconds: line.fields["ms"]?.int64 ?? 0))
        case .answer: if let answer = OperatorAnswer(line) { state.emit(.answered(answer)) }
        default: break
        }
        return state.finish()
    }

    private mutating func open(_ line: RecordedLine) {
        guard let conn = line.conn, let actor = line.actor else { return }
        // Only connections with the client itself say whether it can be reached.
        if line.fields["proto"] != "http" { state.connectionOpened(actor) }
        switch line.fields["proto"]?.string {
        case "sip": sip[conn] = SIPTrack(actor: actor, device: line.fields["device"]?.int ?? 1, limits: state.limits)
        case "http": http[conn] = UpperTesterTrack(actor: actor)
        case "msrp": msrp[conn] = MSRPTrack(actor: actor, limits: state.limits)
        default: break
        }
    }

    private mutating func bytes(_ line: RecordedLine) {
        guard let conn = line.conn, let payload = line.payload, let recorded = line.direction else { return }
        let direction = state.isClientTested ? recorded.reversed : recorded
        if sip[conn] != nil {
            sip[conn]?.take(payload, direction, line.n, &state)
        } else if http[conn] != nil {
            http[conn]?.take(payload, recorded, line.n, &state)
        } else if msrp[conn] != nil {
            msrp[conn]?.take(payload, direction, line.n, &state)
        }
    }

    private mutating func close(_ line: RecordedLine) {
        guard let conn = line.conn else { return }
        if let track = sip.removeValue(forKey: conn) {
            track.close(&state)
            state.connectionClosed(track.actor)
        }
        if var track = http.removeValue(forKey: conn) { track.close(&state) }
        if var track = msrp.removeValue(forKey: conn) {
            track.close(&state)
            state.connectionClosed(track.actor)
        }
    }

    private static func act(_ line: RecordedLine) -> Act {
        Act(
            step: line.fields["step"]?.string ?? "", phase: line.fields["phase"]?.string ?? "body",
            index: line.fields["index"]?.int, fields: line.fields)
    }

    private static func wait(_ line: RecordedLine) -> Wait? {
        guard let state = line.fields["state"]?.string.flatMap(Wait.State.init(rawValue:)) else { return nil }
        return Wait(
            state: state, index: line.fields["index"]?.int, limit: line.fields["limit"]?.string ?? "",
            milliseconds: line.fields["ms"]?.int64 ?? 0, awaited: line.fields["awaited"]?.strings ?? [])
    }
}
