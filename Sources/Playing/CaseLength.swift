public import TestCases

extension TestCase {
    /// How long the case will take if all goes well, for the order of play; milliseconds, never exact.
    public func expectedMilliseconds(_ timers: Timers) -> Int64 {
        steps.reduce(0) { $0 + expectedMilliseconds(of: $1.kind, timers) }
    }

    private func expectedMilliseconds(of step: StepKind, _ timers: Timers) -> Int64 {
        switch step {
        case .create(_, _, let invite, _):
            let waits = invite.compactMap { absence(of: $0) }.contains {
                $0.effectiveObservation == .invitationGivenUp
            }
            return 20 + (waits ? timers[.noAnswer] : 0)
        case .away, .noticed: return timers[.lossRecognition]
        case .return, .returnElsewhere, .reboot: return timers[.quiet]
        case .returnBroken: return timers[.quiet] + timers[.lossRecognition]
        case .send(let send): return Int64(send.count) * 10
        case .end(_, .inactivity): return timers[.inactivity]
        default: return 10
        }
    }
}
