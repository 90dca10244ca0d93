import EnablerReference
import TestCases

// What the embedded enabler's description says, as a foreign one's would: some variations are legal only where they
// are declared.
extension ImplementationDescription {
    mutating func declare(_ variations: Set<Variation>) {
        if variations.contains(.absentUnlisted) { state(.takeover, "unrepresented") }
        if variations.contains(.deliveryAtFirstRequest) { state(.deliveryTrigger, "first-request") }
        if variations.contains(.changesToldTogether) { ixit.timers[.participantInfoInterval] = Variation.listInterval }
        if variations.contains(.finalListByNotify) { state(.participantInformation, "notify") }
        if variations.contains(.sendersSwapped) { ics[.ordersBetweenSenders] = "false" }
        if variations.contains(.reportsTogether) { ics[.groupIMDN] = "aggregated" }
        if variations.contains(.telephoneNumbers) {
            for place in ixit.users.indices {
                ixit.users[place].aliases += [Variation.telephoneNumber(of: ixit.users[place].uri)].compactMap(\.self)
            }
        }
    }

    /// What a defect is to be held to.
    mutating func declare(_ defects: Set<Defect>) {
        if defects.contains(.reportsApartUndeclared) { state(.storedDispositions, "session") }
    }

    /// States a key of the binding profile, in the ICS where that is its place.
    mutating func state(_ key: BindingKey, _ value: String) {
        binding[key] = value
        if key == .deliveryTrigger { ics[.deliveryTrigger] = value }
    }
}
