public import Actors
import Connections
public import Diagnostics
import Foundation
import HTTP
public import NIOCore
import NIOPosix
public import TestCases
public import UpperTester

/// A client that somebody else runs, as its description says: the harness listens where the client is configured to go, and
/// asks its upper tester.
///
/// It is one client for all cases, so they are played one after the other.
public struct ForeignClient: ImplementationUnderTest {
    public let description: ImplementationDescription
    /// Where the harness listens in every case.
    public let place: EnablerPlace
    /// Where the upper tester is asked.
    public let tester: UpperTesterSettings
    private let users: UserLeases

    /// Throws a `Diagnostic` of family `input` when the certificate, the authorities or the URL of the description cannot be
    /// used.
    public init(_ description: ImplementationDescription) throws(Diagnostic) {
        self.description = description
        users = UserLeases(users: description.ixit.users)
        guard let upperTester = description.ixit.upperTester else {
            throw Diagnostic(
                .input, "iut.no-upper-tester", at: description.place, "the description does not say what tells what the user sees",
                instead: "add 'upper-tester' under 'ixit', or ask a person with 'run --operator'")
        }
        place = try Self.place(description)
        tester = try Self.settings(upperTester, description)
    }

    /// Where the harness listens, as a description says.
    static func place(_ description: ImplementationDescription) throws(Diagnostic) -> EnablerPlace {
        guard let listen = description.ixit.listen else {
            throw Diagnostic(
                .input, "iut.no-place", at: description.place, "the description does not say where the client is met",
                instead: "add 'listen' under 'ixit'")
        }
        return try place(listen, description.addressPlace)
    }

    private static func place(_ listen: IXITListen, _ source: SourcePlace?) throws(Diagnostic) -> EnablerPlace {
        var place = EnablerPlace()
        place.host = listen.host
        place.port = listen.port
        place.advertisedHost = listen.advertisedHost
        guard listen.transport == .tls, let certificate = listen.certificate else { return place }
        do {
            place.tls = try TLSServer(certificateFile: certificate, keyFile: listen.key ?? certificate)
        } catch {
            throw (error as? Diagnostic)
                ?? Diagnostic(.input, "tls.certificate", at: source, "the certificate cannot be used: \(failureSentence(error))")
        }
        return place
    }

    private static func settings(
        _ tester: IXITUpperTester, _ description: ImplementationDescription
    ) throws(Diagnostic) -> UpperTesterSettings {
        var settings = UpperTesterSettings(baseURL: tester.url)
        settings.authorityFile = tester.ca
        settings.serverName = tester.serverName
        settings.credentials = tester.token.map { .bearer($0.reveal()) }
        settings.answerTime = .milliseconds(description.ixit.timers[.answer])
        do throws(HTTPFailure) {
            _ = try UpperTesterClient(settings)
        } catch {
            throw Diagnostic(.input, "iut.url", at: description.testerPlace, error.description)
        }
        return settings
    }

    public var sharedUsers: Int? { 1 }

    /// Opens the port that the client is configured with for a moment, and asks the upper tester who it is.
    public func probe() async throws(Diagnostic) {
        try await tryListening()
        _ = try await askIdentity()
    }

    /// One that is being started again gets a moment for it. One that is there and answers garbage is there.
    public func probeAgain() async throws(Diagnostic) {
        let end = ContinuousClock.now + .milliseconds(min(description.ixit.timers[.answer], 5000))
        while true {
            guard let failure = await goneFailure() else { return }
            guard ContinuousClock.now < end, !Task.isCancelled else { throw unreachable(failure) }
            try? await Task.sleep(for: .milliseconds(250))
        }
    }

    public func prepare(
        for testCase: TestCase, on eventLoop: any EventLoop
    ) async throws(Diagnostic) -> any PreparedImplementation {
        PreparedForeignClient(client: self, users: users)
    }

    /// A client that an unfinished case left on-line is brought off-line; one that does not want to is left alone.
    public func finish() async {
        let work = startTask { try? await bringOffline(on: MultiThreadedEventLoopGroup.singleton.next()) }
        let limit = startTask {
            guard (try? await Task.sleep(for: Self.farewell)) != nil else { return }
            work.cancel()
        }
        await work.value
        limit.cancel()
    }

    /// How long the last look at a client takes at most.
    private static let farewell = Duration.seconds(5)
}

/// The foreign client is the same for each case.
private struct PreparedForeignClient: PreparedImplementation {
    let client: ForeignClient
    let users: UserLeases
    var description: ImplementationDescription { client.description }
    var needsDraining: Bool { true }
    var tls: TLSClient? { nil }
    var place: EnablerPlace { client.place }

    func calm(on eventLoop: any EventLoop) async throws(Diagnostic) { try await client.bringOffline(on: eventLoop) }

    func meet(_ enabler: EnablerAddress) async throws(Diagnostic) -> UpperTesterSettings { client.tester }

    func control(_ command: ControlCommand) async throws(Diagnostic) {
        try await ControlProcess.run(command, of: description)
    }

    func finish() async {}
}

/// Whether the client can be met, one thing after the other.
extension ForeignClient {
    /// `host:port` at which the harness listens, IPv6 in brackets.
    public var listeningPlace: String { place.inWords }

    /// Opens the listening address for a moment.
    public func tryListening() async throws(Diagnostic) { try await place.tryListening(description) }
}

extension EnablerPlace {
    /// `host:port`, IPv6 in brackets.
    var inWords: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// Opens the address for a moment.
    func tryListening(_ description: ImplementationDescription) async throws(Diagnostic) {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let (host, port) = (host, port)
        do {
            try await loop.flatSubmit {
                Sockets(eventLoop: loop, protocolName: "sip", tap: nil).listen(host: host, port: port, tls: nil) { _ in }
                    .flatMap { $0.close() }
            }.get()
        } catch {
            throw Diagnostic(
                .iut, "iut.cannot-listen", at: description.addressPlace ?? description.place,
                "the harness cannot listen on \(inWords): \(failureSentence(error))",
                instead: "end what listens there, or write an address of this machine and a free port under 'ixit.listen'")
        }
    }
}

/// What the upper tester says, and does.
extension ForeignClient {
    /// What the upper tester says of itself.
    public func askIdentity() async throws(Diagnostic) -> UpperTesterIdentity {
        do throws(UpperTesterFailure) {
            return try await ask { client throws(UpperTesterFailure) in try await client.identity() }
        } catch {
            throw unreachable(error)
        }
    }

    /// Sees that the client is off-line, and with nobody's connections but its own: what it says in farewell is answered and
    /// recorded nowhere.
    public func bringOffline(on eventLoop: any EventLoop) async throws(Diagnostic) {
        do throws(UpperTesterFailure) {
            let state = try await ask { client throws(UpperTesterFailure) in try await client.connection() }
            guard state.online || state.registered else { return }
        } catch {
            throw unreachable(error)
        }
        let enabler = makeEnabler(on: eventLoop)
        do throws(ActorFailure) {
            _ = try await enabler.start()
        } catch {
            throw Diagnostic(.iut, "iut.cannot-listen", at: description.addressPlace, "\(error)")
        }
        let state: Result<ClientConnection, UpperTesterFailure>
        do throws(UpperTesterFailure) {
            state = .success(try await ask { client throws(UpperTesterFailure) in try await client.setOnline(false) })
        } catch {
            state = .failure(error)
        }
        await enabler.stop()
        switch state {
        case .success(let connection) where connection.online:
            throw Diagnostic(
                .iut, "upper-tester.on-line", at: description.testerPlace,
                "the upper tester was told to go off-line, and says that the client is on-line")
        case .success: break
        case .failure(let failure): throw unreachable(failure)
        }
    }

    /// A scripted enabler where the client looks for it, of which nothing is recorded.
    public func makeEnabler(on eventLoop: any EventLoop) -> SIPEnablerActor {
        let user = description.ixit.users.first ?? IXITUser(uri: "")
        return SIPEnablerActor(
            settings: EnablerSettings(of: description, user: "client", user, at: place),
            environment: ActorEnvironment(
                eventLoop: eventLoop, recorder: nil, seed: UInt64.random(in: 1...UInt64(UInt32.max)),
                wallClock: { Int64(Date().timeIntervalSince1970 * 1000) }))
    }

    /// Asks the upper tester by connections of its own.
    public func ask<Answer: Sendable>(
        _ question: (UpperTesterClient) async throws(UpperTesterFailure) -> Answer
    ) async throws(UpperTesterFailure) -> Answer {
        let client: UpperTesterClient
        do throws(HTTPFailure) {
            client = try UpperTesterClient(tester)
        } catch {
            throw UpperTesterFailure(.identity, .noAnswer(error))
        }
        let answer: Result<Answer, UpperTesterFailure>
        do throws(UpperTesterFailure) {
            answer = .success(try await question(client))
        } catch {
            answer = .failure(error)
        }
        await client.shutdown()
        return try answer.get()
    }

    /// Why nobody can be there; nil as soon as anybody answers, whatever it is.
    private func goneFailure() async -> UpperTesterFailure? {
        do throws(UpperTesterFailure) {
            _ = try await ask { client throws(UpperTesterFailure) in try await client.identity() }
            return nil
        } catch {
            guard case .noAnswer(let why) = error.cause else { return nil }
            switch why {
            case .unknownName, .cannotConnect, .tls, .timedOut: return error
            default: return nil
            }
        }
    }

    /// The URL that was tried, and how it failed.
    private func unreachable(_ failure: UpperTesterFailure) -> Diagnostic {
        let said = failure.diagnostic
        return Diagnostic(
            .iut, said.code, at: description.testerPlace ?? description.place,
            "asked at \(tester.baseURL) under 'ixit.upper-tester': \(failure)")
    }
}

extension EnablerSettings {
    /// As a description says, with one user, who is called `user` in the script.
    init(of description: ImplementationDescription, user: String, _ subscriber: IXITUser, at place: EnablerPlace) {
        self.init(
            domain: description.ixit.domain, factoryURI: description.ixit.factory,
            users: [
                EnablerUser(
                    name: user, address: subscriber.uri, aliases: subscriber.aliases,
                    authenticationUser: subscriber.authenticationName, password: subscriber.password?.reveal())
            ])
        host = place.host
        port = place.port
        advertisedHost = place.advertisedHost
        tls = place.tls
        mediaTLS = place.tls
        if subscriber.password != nil { challenge = .md5 }
        answerLimit = .milliseconds(description.ixit.timers[.answer])
    }
}
