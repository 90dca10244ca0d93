import Connections
import EnablerReference
import Foundation
import NIOCore

/// In what an embedded enabler is made to differ.
struct Deviating: Sendable {
    var defects: Set<Defect>
    var variations: Set<Variation>
}

/// The embedded enabler of one case, which may be stopped and started on the same store and the same ports.
actor EmbeddedLife {
    private var settings: EnablerSettings
    private let deviating: Deviating
    private let eventLoop: any EventLoop
    private var enabler: ReferenceEnabler?
    /// Keeps the ports of both protocols from becoming somebody else's meanwhile.
    private var held: [HeldPort] = []

    init(_ settings: EnablerSettings, _ deviating: Deviating, _ eventLoop: any EventLoop) {
        self.settings = settings
        self.deviating = deviating
        self.eventLoop = eventLoop
    }

    func start() async throws -> EnablerAddresses {
        let enabler = ReferenceEnabler(
            eventLoop: eventLoop, settings: settings, defects: deviating.defects, variations: deviating.variations)
        let addresses = try await enabler.start()
        held = []
        self.enabler = enabler
        settings.sipPort = addresses.sipPort
        settings.msrpPort = addresses.msrpPort
        // Nothing that was said before may be said again as if it were new.
        settings.seed &+= 1
        return addresses
    }

    func stop() async {
        await enabler?.stop()
        enabler = nil
        held = [settings.sipPort, settings.msrpPort].compactMap { port in
            (try? SocketAddress(ipAddress: settings.host, port: port)).flatMap { HeldPort($0) }
        }
    }

    /// Stops it for good and removes its store.
    func end() async {
        await enabler?.stop()
        enabler = nil
        held = []
        guard case .file(let path) = settings.store else { return }
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }
}
