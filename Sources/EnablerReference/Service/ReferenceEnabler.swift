public import Connections
import MSRP
public import NIOCore
import SIP

/// An enabler that really stores and delivers: registrar, conference factory, focuses, and the participating function
/// that stands in for absent members. It keeps what is owed in SQLite and answers a sender only after the commit.
///
/// Everything runs on the event loop it is given; make one for each case, and stop it at the end. Start it once.
public final class ReferenceEnabler: Sendable {
    private let eventLoop: any EventLoop
    private let settings: EnablerSettings
    private let defects: Set<Defect>
    private let variations: Set<Variation>
    private let taps: NIOLoopBoundBox<EnablerTaps>
    private let running: NIOLoopBoundBox<Running?>

    private struct Running {
        var service: EnablerService
        var store: DeferralStore
    }

    /// - Parameters:
    ///   - defects: the faults it is given on purpose; none for a conformant enabler.
    ///   - variations: the legal differences it is given on purpose.
    public init(
        eventLoop: any EventLoop, settings: EnablerSettings = EnablerSettings(), defects: Set<Defect> = [],
        variations: Set<Variation> = []
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.defects = defects
        self.variations = variations
        taps = .makeBoxSendingValue(EnablerTaps(), eventLoop: eventLoop)
        running = .makeEmptyBox(valueType: Running.self, eventLoop: eventLoop)
    }

    /// Lets somebody see every byte; to be called on the event loop, before `start`.
    public func observe(sip: (any ConnectionTap)?, msrp: (any ConnectionTap)?) {
        taps.value = EnablerTaps(sip: sip, msrp: msrp)
    }

    /// Opens the store, takes up what is in it, and listens.
    /// - Returns: the addresses bound, with the ports that port 0 became.
    /// - Throws: the error of the store or of a socket; nothing is left open then.
    public func start() async throws -> EnablerAddresses {
        let store = try await DeferralStore.open(settings.store)
        do {
            let faults = RestartFaults(defects)
            let contents = faults.found(try await store.contents(withConfirmed: faults.takesConfirmedForOwed))
            return try await eventLoop.flatSubmit { self.start(store, contents) }.get()
        } catch {
            _ = try? await eventLoop.flatSubmit { self.shutDown() }.get()
            await store.close()
            throw error
        }
    }

    /// Closes every connection, calls every timer off, lets the store finish its work and closes it.
    ///
    /// Clients are told nothing: to them the enabler is gone, as after a crash.
    public func stop() async {
        let store = try? await eventLoop.flatSubmit { self.shutDown() }.get()
        await store?.close()
    }

    /// Ends a live group as its operator would: members get BYE with 200 Call Completed. False when there is no such
    /// group.
    public func dismiss(focus: String) async -> Bool {
        let dismissed = eventLoop.submit { () -> Bool in
            guard let group = self.running.value?.service.group(at: focus), !group.isOver else { return false }
            group.end(.dismissed)
            return true
        }
        return (try? await dismissed.get()) ?? false
    }

    /// What the store keeps for a user that its client has not confirmed, over all groups; nil while the enabler does not run,
    /// or where the store cannot be read.
    /// - Parameter user: a SIP URI, canonical as in `sip:carol@cpm.example`.
    public func kept(for user: String) async -> KeptItems? {
        let store = try? await eventLoop.submit { self.running.value?.store }.get()
        guard let owed = try? await store?.contents().owed else { return nil }
        return KeptItems(owed.filter { $0.user.uri == user }.map(\.kind))
    }

    private func start(_ store: DeferralStore, _ contents: StoreContents) -> EventLoopFuture<EnablerAddresses> {
        let context = EnablerContext(
            eventLoop: eventLoop, settings: settings, deviations: Deviations(defects: defects, variations: variations),
            store: store, contents: contents, taps: taps.value)
        let service = EnablerService(context: context)
        running.value = Running(service: service, store: store)
        let msrp = context.msrp.listen(host: settings.host, port: settings.msrpPort, tls: settings.tls)
        let sip = context.stack.listen(host: settings.host, port: settings.sipPort, tls: settings.tls)
        return sip.and(msrp).assumeIsolated().map { [settings] sip, msrp in
            let advertised = settings.advertisedHost ?? settings.host
            let addresses = EnablerAddresses(
                sipHost: advertised, sipPort: sip.port ?? 0, msrpHost: advertised, msrpPort: msrp.port ?? 0,
                isSecured: settings.tls != nil)
            context.addresses = addresses
            let host = advertised.contains(":") ? "[\(advertised)]" : advertised
            let transport = settings.tls == nil ? "tcp" : "tls"
            context.ownRoute = "sip:\(host):\(addresses.sipPort);transport=\(transport);lr"
            service.restore(contents)
            return addresses
        }.nonisolated()
    }

    /// Ends everything on the loop; the store is returned to be closed away from it.
    private func shutDown() -> EventLoopFuture<DeferralStore?> {
        guard let running = running.value else { return eventLoop.makeSucceededFuture(nil) }
        self.running.value = nil
        let context = running.service.context
        running.service.stop()
        let drained = eventLoop.makePromise(of: Void.self)
        context.writer.drain { drained.succeed() }
        let store = running.store
        return context.stack.close().and(context.msrp.close()).and(drained.futureResult).map { _ in
            Optional(store)
        }
    }
}
