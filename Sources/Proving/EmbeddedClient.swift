import Actors
public import ClientReference
import Connections
public import Diagnostics
import HTTP
public import NIOCore
public import Playing
public import TestCases
import UpperTester

/// The reference client as the implementation under test: one for each case, in process, with a store of its own, reached over
/// the network and through its upper tester as a foreign one is.
public struct EmbeddedClient: ImplementationUnderTest {
    /// Faults that it is given on purpose.
    public var defects: Set<ClientDefect>
    /// Legal differences that it is given on purpose.
    public var variations: Set<ClientVariation>

    public init(defects: Set<ClientDefect> = [], variations: Set<ClientVariation> = []) {
        self.defects = defects
        self.variations = variations
    }

    public var description: ImplementationDescription { .embeddedClient }

    public func probe() async throws(Diagnostic) {}

    public func prepare(
        for testCase: TestCase, on eventLoop: any EventLoop
    ) async throws(Diagnostic) -> any PreparedImplementation {
        PreparedClient(description: description, life: ClientLife(eventLoop, defects, variations))
    }

    public func finish() async {}
}

/// The embedded client of one case.
private struct PreparedClient: PreparedImplementation {
    let description: ImplementationDescription
    let users: UserLeases
    let life: ClientLife
    var needsDraining: Bool { false }
    var tls: TLSClient? { nil }

    init(description: ImplementationDescription, life: ClientLife) {
        self.description = description
        self.life = life
        users = UserLeases(users: description.ixit.users)
    }

    func meet(_ enabler: EnablerAddress) async throws(Diagnostic) -> UpperTesterSettings {
        do {
            return try await life.start(description.ixit, enabler)
        } catch {
            throw Diagnostic(.harness, "embedded.start", "the embedded reference client cannot start: \(failureSentence(error))")
        }
    }

    func control(_ command: ControlCommand) async throws(Diagnostic) {
        throw Diagnostic(.harness, "embedded.control", "the embedded reference client is not stopped in mid-case")
    }

    func finish() async { await life.end() }
}

/// The client of one case and the server of its upper tester.
private actor ClientLife {
    private let eventLoop: any EventLoop
    private let defects: Set<ClientDefect>
    private let variations: Set<ClientVariation>
    private var client: ReferenceClient?
    private var server: HTTPServer?

    init(_ eventLoop: any EventLoop, _ defects: Set<ClientDefect>, _ variations: Set<ClientVariation>) {
        self.eventLoop = eventLoop
        self.defects = defects
        self.variations = variations
    }

    func start(_ ixit: IXIT, _ enabler: EnablerAddress) async throws -> UpperTesterSettings {
        var settings = ReferenceClientSettings(
            address: ixit.users.first?.uri ?? "", domain: ixit.domain, factoryURI: ixit.factory, outboundHost: enabler.host,
            outboundPort: enabler.port)
        settings.quiet = ixit.timers[.quiet] / 2
        settings.answerLimit = ixit.timers[.answer]
        let client = ReferenceClient(eventLoop: eventLoop, settings: settings, defects: defects, variations: variations)
        self.client = client
        try await client.start()
        let routes = UpperTesterRoutes(client)
        let server = try await HTTPServer.start(on: eventLoop) { await routes.answer($0) }
        self.server = server
        return UpperTesterSettings(baseURL: "http://\(server.address)")
    }

    func end() async {
        await server?.stop()
        await client?.stop()
    }
}
