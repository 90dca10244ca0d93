import SIP

/// The end of a session from this side, and the probe.
extension SIPClientActor {
    public func leave(_ group: GroupHandle, saying cause: LeaveCause) async throws(ActorFailure) {
        _ = try present("leave a group")
        let isHere = { (session: ClientSession) in session.phase == .accepted || session.phase == .established }
        guard let session = session(in: group.identity, where: isHere) else {
            throw .impossible("\(name) has no session in the group to leave")
        }
        try await wait(for: "the answer to BYE") { (wait: VerbWait<Void>) in
            // The callee says BYE only once its 200 is acknowledged (RFC 3261 §15).
            session.whenAcknowledged {
                self.request(.bye, in: session, fields: self.reason(cause)) { self.settle(wait, with: $0) { _ in } }
            }
            // The connection stays until the answer, so that its end cannot be taken for a loss before the BYE is read.
            wait.whenSettled { self.finish(session) }
        }
        if presence == .open { unsubscribe(from: group.identity) }
    }

    /// BYE that nobody waits for.
    func sendBye(in session: ClientSession, cause: LeaveCause) {
        request(.bye, in: session, fields: reason(cause)) { _ in }
    }

    private func reason(_ cause: LeaveCause) -> [(String, String)] {
        switch cause {
        case .leaves: [("Reason", "SIP;cause=200;text=\"Call completed\"")]
        case .failure: [("Reason", "SIP;cause=503;text=\"Service Unavailable\"")]
        case .unsaid: []
        }
    }

    public func probe() async throws(ActorFailure) -> Int {
        try await start()
        let equipment = try present("probe")
        return try await wait(for: "any answer to OPTIONS") { wait in
            exchange(preloaded(equipment.requests.probe(freshStart())), to: outbound) { _, outcome in
                switch outcome {
                case .response(let response):
                    if let status = response.status, status >= 200 { wait.succeed(status) }
                case .failed(let failure): wait.fail(self.failure(failure, awaited: wait.awaited))
                }
            }
        }
    }
}
