import Connections
public import Diagnostics
public import EnablerReference
import Foundation
public import NIOCore
public import Playing
public import TestCases

extension EnablerSettings {
    /// The reference enabler as the embedded run uses it by default.
    public static var embedded: EnablerSettings {
        EnablerSettings(as: .embedded(address: IXITAddress(host: "127.0.0.1", port: 0)))
    }

    /// The reference enabler set to what a description of it says: times, policy and claims.
    public init(as description: ImplementationDescription) {
        self.init()
        let timers = description.ixit.timers
        noAnswer = timers[.noAnswer]
        lossRecognition = timers[.lossRecognition]
        let (policy, ics) = (description.policy, description.ics)
        inactivity = policy.inactivity ?? timers[.inactivity]
        storesMissed = policy.storage ?? storesMissed
        retention = policy.retention ?? retention
        maximumItems = policy.maximum ?? maximumItems
        keepsOldest = policy.keeps == .oldest
        deliversIntermediates = ics.deliversIntermediateLists && policy.intermediateLists != false
        byeWithoutReasonLeaves = !["unexplained-keeps", "503-and-unexplained-keep"].contains(ics[.byeSemantics])
        byeWith503Leaves = !["503-keeps", "503-and-unexplained-keep"].contains(ics[.byeSemantics])
    }
}

/// The reference enabler as the implementation under test: one for each case, in process, with a store of its own,
/// reached by the description and the path that a foreign one takes.
public struct EmbeddedEnabler: ImplementationUnderTest {
    /// Faults that it is given on purpose.
    public var defects: Set<Defect>
    /// Legal differences that it is given on purpose.
    public var variations: Set<Variation>
    /// How it is carried: what does not concern its logic.
    public var conditions: Set<RunCondition>
    /// Keys of the binding profile that its description states otherwise than the profile's default.
    public var stated: [BindingKey: String]
    /// How its provider has set it.
    public var profile: ProviderProfile

    public init(
        defects: Set<Defect> = [], variations: Set<Variation> = [], conditions: Set<RunCondition> = [],
        stated: [BindingKey: String] = [:], profile: ProviderProfile = .standard
    ) {
        self.defects = defects
        self.variations = variations
        self.conditions = conditions
        self.stated = stated
        self.profile = profile
    }

    public var description: ImplementationDescription { description(at: IXITAddress(host: "127.0.0.1", port: 0)) }

    private func description(at address: IXITAddress) -> ImplementationDescription {
        var description = ImplementationDescription.embedded(address: address, profile: profile)
        description.declare(variations)
        description.declare(defects)
        for condition in conditions { condition.apply(to: &description) }
        for (key, value) in stated { description.state(key, value) }
        return description
    }

    public func probe() async throws(Diagnostic) {}

    public func prepare(
        for testCase: TestCase, on eventLoop: any EventLoop
    ) async throws(Diagnostic) -> any PreparedImplementation {
        var settings = EnablerSettings(as: description)
        for condition in conditions { condition.apply(to: &settings) }
        let isRestarted = testCase.steps.contains { $0.kind.word == .reboot }
        if isRestarted { settings.store = .file(Self.storePath()) }
        let life = EmbeddedLife(settings, Deviating(defects: defects, variations: variations), eventLoop)
        do {
            let addresses = try await life.start()
            return PreparedEmbedded(
                life: life, description: description(at: IXITAddress(host: addresses.sipHost, port: addresses.sipPort)),
                tls: conditions.lazy.compactMap(\.client).first)
        } catch {
            await life.end()
            throw Diagnostic(.harness, "embedded.start", "the embedded reference enabler cannot start: \(failureSentence(error))")
        }
    }

    private static func storePath() -> String {
        FileManager.default.temporaryDirectory.path + "/cpmcheck-\(UUID().uuidString).store"
    }

    public func finish() async {}
}

/// The embedded enabler of one case.
private struct PreparedEmbedded: PreparedImplementation {
    let life: EmbeddedLife
    let description: ImplementationDescription
    let users: UserLeases
    var needsDraining: Bool { false }
    let tls: TLSClient?

    init(life: EmbeddedLife, description: ImplementationDescription, tls: TLSClient?) {
        self.life = life
        self.description = description
        self.tls = tls
        users = UserLeases(users: description.ixit.users)
    }

    func control(_ command: ControlCommand) async throws(Diagnostic) {
        do {
            if command != .start { await life.stop() }
            if command != .stop { _ = try await life.start() }
        } catch {
            throw Diagnostic(
                .harness, "embedded.control",
                "the embedded reference enabler cannot be started again: \(failureSentence(error))")
        }
    }

    func finish() async { await life.end() }
}
