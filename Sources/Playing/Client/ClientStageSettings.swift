import Actors
import Diagnostics
import Recordings
import TestCases

/// What a stage for a client begins with: who is who, what the recording says of it, and how the enabler is set.
extension ClientStage {
    /// The client's user has the address of a subscriber; members are made up in the same domain.
    static func addresses(
        _ testCase: TestCase, _ subscriber: IXITUser, _ description: ImplementationDescription
    ) -> [ActorName: String] {
        var addresses: [ActorName: String] = [:]
        for actor in testCase.actors {
            addresses[actor.name] = actor.part == .client ? subscriber.uri : "sip:\(actor.name)@\(description.ixit.domain)"
        }
        return addresses
    }

    static func header(
        _ testCase: TestCase, _ description: ImplementationDescription, _ addresses: [ActorName: String],
        _ subscriber: IXITUser, _ settings: PlaySettings, seed: UInt64
    ) -> RecordingHeader {
        var iut = description.json.object ?? [:]
        iut["users"] = .object(
            Dictionary(
                uniqueKeysWithValues: addresses.map { name, address in
                    (name, JSONValue(strings: [address] + (address == subscriber.uri ? subscriber.aliases : [])))
                }))
        return RecordingHeader(
            start: RecordingHeader.timestamp(milliseconds: settings.wallClock()), case: testCase.json, iut: .object(iut),
            binding: settings.binding.resolved(for: description).json, seed: seed, versions: settings.versions,
            strict: settings.strict)
    }

    static func enablerSettings(
        _ description: ImplementationDescription, _ user: ActorName, _ subscriber: IXITUser, _ place: EnablerPlace,
        _ settings: PlaySettings
    ) -> EnablerSettings {
        var enabler = EnablerSettings(
            domain: description.ixit.domain, factoryURI: description.ixit.factory,
            users: [
                EnablerUser(
                    name: user, address: subscriber.uri, aliases: subscriber.aliases,
                    authenticationUser: subscriber.authenticationName, password: subscriber.password?.reveal())
            ])
        enabler.host = place.host
        enabler.port = place.port
        enabler.tls = place.tls
        if subscriber.password != nil { enabler.challenge = .md5 }
        enabler.answerLimit = .milliseconds(description.ixit.timers[.answer])
        enabler.limits = settings.limits
        return enabler
    }
}
