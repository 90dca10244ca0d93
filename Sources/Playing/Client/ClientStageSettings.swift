import Actors
import Connections
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

    /// The same for each playing of a case where the client is a new one each time. One that goes on after the case has known
    /// those ids, and would rightly take their messages for ones that it has.
    static func seed(_ testCase: TestCase, _ settings: PlaySettings, _ prepared: (any PreparedImplementation)?) -> UInt64 {
        let seed = settings.seed(of: testCase)
        guard prepared?.needsDraining == true else { return seed }
        return TokenSource(seed: seed).child("\(settings.wallClock())").next()
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
        var enabler = EnablerSettings(of: description, user: user, subscriber, at: place)
        enabler.limits = settings.limits
        return enabler
    }
}
