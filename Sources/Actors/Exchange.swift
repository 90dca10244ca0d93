import Connections
import SIP

/// One request of the client with its repetitions for digest challenges.
final class Exchange {
    /// The request as sent last, with credentials where they were asked for.
    fileprivate(set) var request: SIPMessage
    fileprivate(set) var key: SIPTransactionKey?
    fileprivate var attempts = 0

    init(request: SIPMessage) { self.request = request }
}

extension SIPClientActor {
    /// Where everything outside dialogs goes.
    var outbound: SIPHop {
        .address(host: settings.outboundHost, port: settings.outboundPort, tls: settings.tls)
    }

    /// Sends a request and answers digest challenges (RFC 7616) until a response is final in earnest.
    ///
    /// `then` is called with each provisional and with the final response, for an INVITE with each repeated 2xx too.
    @discardableResult
    func exchange(
        _ request: SIPMessage, to hop: SIPHop, then: @escaping (Exchange, SIPClientOutcome) -> Void
    ) -> Exchange {
        let exchange = Exchange(request: request)
        transmit(exchange, to: hop, then: then)
        return exchange
    }

    private func transmit(
        _ exchange: Exchange, to hop: SIPHop, then: @escaping (Exchange, SIPClientOutcome) -> Void
    ) {
        guard let sip = equipment?.sip, presence == .open else { return }
        exchange.attempts += 1
        exchange.key = sip.send(exchange.request, to: hop) { outcome in
            if case .response(let response) = outcome, let status = response.status, status == 401 || status == 407,
                exchange.attempts < 4,
                let next = self.digest.answer(challenges: response, for: exchange.request)
            {
                exchange.request = next
                self.transmit(exchange, to: hop, then: then)
                return
            }
            then(exchange, outcome)
        }
    }

    /// Adds the routes that the registrar gave for initial requests (RFC 3608 §6.1).
    func routed(_ request: SIPMessage) -> SIPMessage {
        guard !registration.serviceRoutes.isEmpty else { return preloaded(request) }
        var request = request
        request.setRoutes(registration.serviceRoutes)
        return request
    }

    /// Adds a Route with the outbound address where the core wants one before it has told its Service-Route.
    func preloaded(_ request: SIPMessage) -> SIPMessage {
        guard settings.habits.preloadsRoute else { return request }
        var request = request
        let host = settings.outboundHost.contains(":") ? "[\(settings.outboundHost)]" : settings.outboundHost
        let transport = settings.tls == nil ? "tcp" : "tls"
        request.setRoutes(["<sip:\(host):\(settings.outboundPort);transport=\(transport);lr>"])
        return request
    }

    /// Where a request in a dialog goes: to the outbound address for what lies in the home domain, else where it says.
    func hop(toward uri: String) -> SIPHop {
        guard let target = SIPURI(uri) else { return outbound }
        let host = target.host.lowercased()
        let domain = settings.domain.lowercased()
        if host == domain || host.hasSuffix("." + domain) { return outbound }
        if host == settings.outboundHost.lowercased(), (target.port ?? settings.outboundPort) == settings.outboundPort {
            return outbound
        }
        return SIPHop.resolving(uri: uri, tls: settings.tls) ?? outbound
    }

    /// Tokens for a request outside dialogs.
    func freshStart() -> RequestStart {
        RequestStart(callID: tokens.token(length: 24), fromTag: tokens.token(length: 12))
    }
}
