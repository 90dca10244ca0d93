import Connections
import Diagnostics
import Playing

/// Whether the harness can be the enabler of a client under test: its address can be opened, and its certificate is for it.
struct ListeningTrial {
    let place: EnablerPlace
    /// `host:port`.
    let name: String
    let open: () async throws(Diagnostic) -> Void

    /// Whether the address can be opened.
    func perform(_ examination: inout Examination) async -> Bool {
        let canListen = await tryListening(&examination)
        tryCertificate(&examination)
        return canListen
    }

    private func tryListening(_ examination: inout Examination) async -> Bool {
        do throws(Diagnostic) {
            try await open()
            examination.passed("listening address", "\(name) can be opened, for \(place.tls == nil ? "TCP" : "TLS")")
            return true
        } catch {
            examination.failed("listening address", error.what, mend: error.instead, as: .unreachable)
            return false
        }
    }

    private func tryCertificate(_ examination: inout Examination) {
        guard let tls = place.tls else { return }
        let host = place.advertisedHost ?? place.host
        if let mistake = tls.mistake(for: host) {
            examination.failed(
                "certificate", mistake, mend: "make a certificate for \(host), or correct 'host' or 'advertised-host' under 'ixit.listen'",
                as: .badInput)
        } else {
            examination.passed("certificate", "it is for \(host), and valid now; whether the client trusts it shows when it registers")
        }
    }
}

/// A client that a person plays: what can be tried without asking that person.
struct OperatedTrial {
    let client: HandPlayedClient

    func perform(_ examination: inout Examination) async {
        let listening = ListeningTrial(place: client.place, name: client.listeningPlace) { () async throws(Diagnostic) in
            try await client.probe()
        }
        guard await listening.perform(&examination) else { return }
        examination.left("upper tester, registration", "since there is no 'ixit.upper-tester'; 'run --operator' asks a person in its place")
    }
}
