import SIP

/// Requests that wait for their answers: registrations, and items outside a session's carriage.
extension DecoderState {
    /// A REGISTER went out: remember what it asked for.
    mutating func register(_ actor: String, _ callID: String, _ message: SIPMessage) {
        let asked = message.contacts.first.flatMap { $0.parameters["expires"].flatMap { Int($0) } } ?? message.expires
        registrations["\(actor)\n\(callID)\n\(message.cseq?.number ?? 0)"] = asked != 0
    }

    mutating func registerAnswered(_ actor: String, _ callID: String, _ message: SIPMessage, lines: [Int]) {
        guard let status = message.status, status >= 200 else { return }
        let key = "\(actor)\n\(callID)\n\(message.cseq?.number ?? 0)"
        guard let comes = registrations.removeValue(forKey: key), status < 300 else { return }
        emit(comes ? .registered(user: actor) : .deregistered(user: actor), lines: lines)
    }

    mutating func expectAnswer(_ key: String, for offer: Int) { awaitedOffers[key] = offer }

    mutating func settleOffer(_ key: String, _ status: Int) {
        guard status >= 200, let offer = awaitedOffers.removeValue(forKey: key) else { return }
        emit(status < 300 ? .confirmed(offer: offer) : .unconfirmed(offer: offer, code: status))
    }

    mutating func expectSubmissionAnswer(_ key: String, for submission: Int) { awaitedSubmissions[key] = submission }

    mutating func settleSubmission(_ key: String, _ status: Int, lines: [Int]) {
        guard let submission = awaitedSubmissions.removeValue(forKey: key) else { return }
        emit(.submissionAnswered(submission: submission, accepted: status < 300, code: status), lines: lines)
    }
}
