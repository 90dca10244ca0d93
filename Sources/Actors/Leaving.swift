import SIP

/// The end of a session from this side, and the probe.
extension SIPClientActor {
    public func leave(_ group: GroupHandle, saying cause: LeaveCause) async throws(ActorFailure) {
        _ = try present("leave a group")
        guard let session = session(in: group.identity) else {
            throw .impossible("\(name) has no session in the group to leave")
        }
        try await wait(for: "the answer to BYE") { (wait: VerbWait<Void>) in
            request(.bye, in: session, fields: reason(cause)) { self.settle(wait, with: $0) { _ in } }
            finish(session)
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
            exchange(equipment.requests.probe(freshStart()), to: outbound) { _, outcome in
                switch outcome {
                case .response(let response):
                    if let status = response.status, status >= 200 { wait.succeed(status) }
                case .failed(let failure): wait.fail(self.failure(failure, awaited: wait.awaited))
                }
            }
        }
    }
}
