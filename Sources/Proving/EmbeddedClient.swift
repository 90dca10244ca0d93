import Actors
public import ClientReference
import Connections
public import Diagnostics
import Foundation
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

    public var description: ImplementationDescription {
        var description = ImplementationDescription.embeddedClient
        // A legal difference that a foreign client would declare.
        if variations.contains(.notSubscribing) { description.ics[.subscribesToParticipants] = "false" }
        if variations.contains(.noIntermediateLists) {
            description.ics[.processesIntermediateLists] = "false"
            description.ics[.showsAudience] = "false"
        }
        return description
    }

    public func probe() async throws(Diagnostic) {}

    public func prepare(
        for testCase: TestCase, on eventLoop: any EventLoop
    ) async throws(Diagnostic) -> any PreparedImplementation {
        PreparedClient(description: description, life: ClientLife(eventLoop, defects, variations, keepsFile: testCase.reboots))
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
        do {
            try await life.control(command)
        } catch {
            throw Diagnostic(.harness, "embedded.control", "the embedded reference client cannot start again: \(failureSentence(error))")
        }
    }

    func finish() async { await life.end() }
}

/// The client of one case and the server of its upper tester.
private actor ClientLife {
    private let eventLoop: any EventLoop
    private let defects: Set<ClientDefect>
    private let variations: Set<ClientVariation>
    private var settings: ReferenceClientSettings?
    private var client: ReferenceClient?
    private var routes: UpperTesterRoutes?
    private var server: HTTPServer?
    /// Only a client that is stopped in mid-case needs a store that outlives it.
    private var file: String?
    private let keepsFile: Bool

    init(
        _ eventLoop: any EventLoop, _ defects: Set<ClientDefect>, _ variations: Set<ClientVariation>, keepsFile: Bool
    ) {
        self.keepsFile = keepsFile
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
        if keepsFile {
            let path = FileManager.default.temporaryDirectory.appendingPathComponent("cpmcheck-client-\(UUID().uuidString).sqlite").path
            file = path
            settings.store = .file(path)
        }
        self.settings = settings
        try await startClient()
        let server = try await HTTPServer.start(on: eventLoop) { await self.answer($0) }
        self.server = server
        return UpperTesterSettings(baseURL: "http://\(server.address)")
    }

    private func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
        await routes?.answer(request) ?? HTTPServerResponse(status: 503)
    }

    private func startClient() async throws {
        guard var settings else { return }
        let client = ReferenceClient(eventLoop: eventLoop, settings: settings, defects: defects, variations: variations)
        try await client.start()
        self.client = client
        routes = UpperTesterRoutes(client)
        // Nothing that was said before may be said again as if it were new.
        settings.seed &+= 1
        self.settings = settings
    }

    private func stopClient() async {
        routes = nil
        await client?.stop()
        client = nil
    }

    func control(_ command: ControlCommand) async throws {
        if command != .start { await stopClient() }
        if command != .stop { try await startClient() }
    }

    func end() async {
        await server?.stop()
        await stopClient()
        guard let file else { return }
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
    }
}

extension TestCase {
    fileprivate var reboots: Bool {
        steps.contains { if case .client(.reboot) = $0.kind { true } else { false } }
    }
}
