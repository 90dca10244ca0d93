public import Actors
public import Connections
public import TestCases

extension ClientSettings {
    /// How a user agent of `user` reaches the implementation that is described; the habits are the usual ones.
    ///
    /// - Parameter tls: how the certificate is checked; nil where the address is without TLS.
    public init(_ user: IXITUser, of description: ImplementationDescription, tls: TLSClient?) {
        let ixit = description.ixit
        self.init(
            address: user.uri, domain: ixit.domain, factoryURI: ixit.factory, outboundHost: ixit.address.host,
            outboundPort: ixit.address.port)
        authenticationUser = user.authenticationName
        password = user.password?.reveal()
        aliases = user.aliases
        self.tls = tls
        mediaTLS = tls
        host = ixit.address.host.contains(":") ? "::1" : "127.0.0.1"
        answerLimit = .milliseconds(ixit.timers[.answer])
        habits.preloadsRoute = ixit.quirks.contains(.preloadedRoute)
    }
}
