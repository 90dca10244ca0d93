public import Connections
import Diagnostics
public import NIOCore
import SIP

/// A CPM client without a screen: it registers, takes part in groups, takes what was missed, keeps it all in SQLite, and
/// answers only after the commit. What its user would see and do goes through `UpperTesterService`.
///
/// Everything runs on the event loop it is given. Start it once, and stop it at the end; what it keeps in a file
/// is shown again by the next client on that file.
public final class ReferenceClient: Sendable {
    public let settings: ReferenceClientSettings
    let eventLoop: any EventLoop
    let deviations: ClientDeviations
    private let taps: NIOLoopBoundBox<ClientTaps>
    private let running: NIOLoopBoundBox<Running?>

    private struct Running {
        var service: ClientService
        var store: ClientStore
    }

    /// - Parameters:
    ///   - defects: the faults it is given on purpose; none for a conformant client.
    ///   - variations: the legal differences it is given on purpose.
    public init(
        eventLoop: any EventLoop, settings: ReferenceClientSettings, defects: Set<ClientDefect> = [],
        variations: Set<ClientVariation> = []
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        deviations = ClientDeviations(defects: defects, variations: variations)
        taps = .makeBoxSendingValue(ClientTaps(), eventLoop: eventLoop)
        running = .makeEmptyBox(valueType: Running.self, eventLoop: eventLoop)
    }

    /// Lets somebody see every byte; to be called on the event loop, before `start`.
    public func observe(sip: (any ConnectionTap)?, msrp: (any ConnectionTap)?) {
        taps.value = ClientTaps(sip: sip, msrp: msrp)
    }

    /// Opens the store and takes up what is in it. The client is off-line then.
    /// - Throws: `Diagnostic` (`client.store`) when the store cannot be used.
    public func start() async throws {
        let store = try await ClientStore.open(settings.store)
        do {
            let contents = try await store.contents()
            try await eventLoop.submit {
                let context = ClientContext(
                    eventLoop: self.eventLoop, settings: self.settings, deviations: self.deviations, store: store,
                    taps: self.taps.value)
                self.running.value = Running(service: ClientService(context: context, contents: contents), store: store)
            }.get()
        } catch {
            await store.close()
            throw error
        }
    }

    /// Closes every connection without a word, lets the store finish its work and closes it.
    public func stop() async {
        let store = try? await eventLoop.flatSubmit { () -> EventLoopFuture<ClientStore?> in
            guard let running = self.running.value else { return self.eventLoop.makeSucceededFuture(nil) }
            self.running.value = nil
            let store = running.store
            return running.service.stop().map { store }
        }.get()
        await store?.close()
    }

    /// Opens sockets and registers; one that is on-line registers anew.
    /// - Throws: `Diagnostic` (`client.register`) when the registrar refused or could not be reached.
    public func goOnline() async throws {
        let status = try await on { service, done in service.goOnline(done) }
        guard status < 300 else {
            throw Diagnostic(
                .iut, "client.register",
                "the registrar at \(settings.outboundHost):\(settings.outboundPort) answered REGISTER with \(status)",
                instead: "look at address, password and outbound address")
        }
    }

    /// Ends the sessions, keeping the membership, gives the registration up and closes the sockets.
    public func goOffline() async throws {
        _ = try await on { (service: ClientService, done: @escaping (Int) -> Void) in service.goOffline(done) }
    }

    /// Breaks every connection without a word, as a device does that loses its network.
    public func loseConnections() async throws {
        try await look { $0.loseConnections() }
    }

    /// How invitations are met from now on.
    public func meetInvitations(_ habit: InvitationHabit) async throws {
        try await look { $0.habit = habit }
    }

    // MARK: On the loop

    /// Does something on the loop and returns what `done` is given.
    func on<Value: Sendable>(
        _ body: @escaping @Sendable (ClientService, _ done: @escaping (Value) -> Void) -> Void
    ) async throws -> Value {
        try await eventLoop.flatSubmit { () -> EventLoopFuture<Value> in
            let promise = self.eventLoop.makePromise(of: Value.self)
            if let service = self.running.value?.service {
                body(service) { promise.succeed($0) }
            } else {
                promise.fail(Self.notRunning)
            }
            return promise.futureResult
        }.get()
    }

    /// Looks at the service on the loop.
    func look<Value: Sendable>(_ body: @escaping @Sendable (ClientService) throws -> Value) async throws -> Value {
        try await eventLoop.submit { try self.present(body) }.get()
    }

    /// The same for who is on the loop.
    func present<Value>(_ body: (ClientService) throws -> Value) throws -> Value {
        guard let service = running.value?.service else { throw Self.notRunning }
        return try body(service)
    }

    private static var notRunning: Diagnostic {
        Diagnostic(.iut, "client.stopped", "the client is not running", instead: "start it first")
    }
}
