public import Diagnostics
public import Recordings

/// Looks at every message that the implementation under test sent, for what is wrong with it as SIP, MSRP or payload.
///
/// It reads recorded bytes and not facts, since it is about how things are said and not about what is said. A pure
/// function of the recording; memory and time are bounded by the recording's size.
public struct WireHygiene: Sendable {
    private let limits: Limits
    private var survey = WireSurvey()
    private var sip: [Int: SIPListener] = [:]
    private var msrp: [Int: MSRPListener] = [:]
    private var clients: [String: ClientMemory] = [:]

    private init(limits: Limits) { self.limits = limits }

    /// Surveys a whole recording.
    public static func survey(_ recording: Recording, limits: Limits = Limits()) -> WireSurvey {
        survey(recording.lines, limits: limits)
    }

    static func survey(_ lines: [RecordedLine], limits: Limits) -> WireSurvey {
        var hygiene = WireHygiene(limits: limits)
        for line in lines { hygiene.take(line) }
        return hygiene.survey
    }

    private mutating func take(_ line: RecordedLine) {
        guard let conn = line.conn else { return }
        switch line.kind {
        case .open: open(line, conn)
        case .bytes: bytes(line, conn)
        case .close:
            sip[conn] = nil
            msrp[conn] = nil
        default: break
        }
    }

    private mutating func open(_ line: RecordedLine, _ conn: Int) {
        guard let actor = line.actor else { return }
        switch line.fields["proto"]?.string {
        case "sip": sip[conn] = SIPListener(actor: actor, limits: limits)
        case "msrp": msrp[conn] = MSRPListener(actor: actor, limits: limits)
        default: break
        }
    }

    private mutating func bytes(_ line: RecordedLine, _ conn: Int) {
        guard let payload = line.payload, let direction = line.direction else { return }
        if let actor = sip[conn]?.actor {
            sip[conn]?.take(payload, direction, line.n, &clients[actor, default: ClientMemory()], &survey)
        } else if let actor = msrp[conn]?.actor {
            msrp[conn]?.take(payload, direction, line.n, &clients[actor, default: ClientMemory()], &survey)
        }
    }
}

/// Which recorded lines a message of a stream reached over: the first and the last.
struct StreamSpan: Sendable {
    private var first: Int?

    mutating func began(at line: Int) { if first == nil { first = line } }

    /// The lines of the message that ended at `line`.
    mutating func end(at line: Int) -> [Int] {
        defer { first = nil }
        guard let first, first != line else { return [line] }
        return [first, line]
    }
}
