import Connections
import Diagnostics
import EnablerReference
import NIOCore
import Playing
import TestCases

extension EnablerSettings {
    /// The reference enabler as the embedded run uses it: the times of the description that is made for it.
    static var embedded: EnablerSettings {
        var settings = EnablerSettings()
        let timers = Timers.embedded
        settings.noAnswer = timers[.noAnswer]
        settings.lossRecognition = timers[.lossRecognition]
        settings.inactivity = timers[.inactivity]
        return settings
    }
}

/// The reference enabler as the implementation under test: one for each case, in process, with a store of its own,
/// reached by the description and the path that a foreign one takes.
struct EmbeddedEnabler: ImplementationUnderTest {
    /// Faults that it is given on purpose.
    var defects: Set<Defect> = []
    let description = ImplementationDescription.embedded(address: IXITAddress(host: "127.0.0.1", port: 0))

    func probe() async throws(Diagnostic) {}

    func prepare(
        for testCase: TestCase, on eventLoop: any EventLoop
    ) async throws(Diagnostic) -> any PreparedImplementation {
        let enabler = ReferenceEnabler(eventLoop: eventLoop, settings: .embedded, defects: defects)
        do {
            let addresses = try await enabler.start()
            return PreparedEmbedded(
                enabler: enabler,
                description: .embedded(address: IXITAddress(host: addresses.sipHost, port: addresses.sipPort)))
        } catch {
            throw Diagnostic(.harness, "embedded.start", "the embedded reference enabler cannot start: \(error)")
        }
    }

    func finish() async {}
}

/// The embedded enabler of one case.
private struct PreparedEmbedded: PreparedImplementation {
    let enabler: ReferenceEnabler
    let description: ImplementationDescription
    let users: UserLeases
    var needsDraining: Bool { false }
    var tls: TLSClient? { nil }

    init(enabler: ReferenceEnabler, description: ImplementationDescription) {
        self.enabler = enabler
        self.description = description
        users = UserLeases(users: description.ixit.users)
    }

    func control(_ command: ControlCommand) async throws(Diagnostic) {
        throw Diagnostic(
            .input, "embedded.control", "the embedded reference enabler cannot be stopped in the middle of a case",
            instead: "use 'cpmcheck serve enabler --store FILE' with control commands")
    }

    func finish() async { await enabler.stop() }
}
