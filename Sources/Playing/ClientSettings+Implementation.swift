public import Actors
public import Connections
public import TestCases

extension ClientSettings {
    /// How a user agent of `user` reaches the implementation that is described; the habits are the usual ones.
    ///
    /// - Parameters:
    ///   - tls: how the certificate is checked; nil where the address is without TLS.
    ///   - ownAddress: numeric address of this machine that the implementation can reach.
    public init(
        _ user: IXITUser, of description: ImplementationDescription, tls: TLSClient?, from ownAddress: String
    ) {
        let ixit = description.ixit
        self.init(
            address: user.uri, domain: ixit.domain, factoryURI: ixit.factory, outboundHost: ixit.address.host,
            outboundPort: ixit.address.port)
        authenticationUser = user.authenticationName
        password = user.password?.reveal()
        aliases = user.aliases
        self.tls = tls
        // MSRP may run on another host, which has a certificate of its own.
        mediaTLS = tls?.checkingNamesOfHosts()
        host = ownAddress
        answerLimit = .milliseconds(ixit.timers[.answer])
        habits.preloadsRoute = ixit.quirks.contains(.preloadedRoute)
        habits.claimsFlow = !ixit.quirks.contains(.noFlowReuse)
        // Whoever is called at its Contact does not need the connection that it registered over.
        habits.reopensFlow = habits.claimsFlow
    }
}
