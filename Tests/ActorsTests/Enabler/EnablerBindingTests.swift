import SIP
import Testing

@testable import Actors

@Suite("Bindings at the registrar of the scripted enabler")
struct EnablerBindingTests {
    private func binding(
        _ contact: String, instance: String? = nil, registration: Int? = nil, callID: String = "call", sequence: UInt32 = 1,
        expires: Int = 600
    ) -> EnablerBinding {
        EnablerBinding(
            contact: contact, instance: instance, registration: registration, path: [], flow: nil, callID: callID,
            sequence: sequence, expires: expires, expiresAt: Int64(expires) * 1_000_000_000)
    }

    @Test("a REGISTER with a known contact refreshes it, and one with 0 seconds takes it away")
    func contacts() {
        var bindings = EnablerBindings()
        #expect(bindings.apply([binding("sip:c@1"), binding("sip:c@2")], now: 0) == .done)
        #expect(bindings.apply([binding("sip:c@1", sequence: 2)], now: 0) == .done)
        #expect(bindings.all.map(\.contact) == ["sip:c@2", "sip:c@1"])
        #expect(bindings.best(now: 0)?.contact == "sip:c@1")
        #expect(bindings.apply([binding("sip:c@1", sequence: 3, expires: 0)], now: 0) == .done)
        #expect(bindings.best(now: 0)?.contact == "sip:c@2")
        bindings.removeAll()
        #expect(bindings.best(now: 0) == nil)
    }

    @Test("the same instance and reg-id replace the contact")
    func instances() {
        var bindings = EnablerBindings()
        #expect(bindings.apply([binding("sip:c@1", instance: "<urn:uuid:1>", registration: 1)], now: 0) == .done)
        let moved = binding("sip:c@9", instance: "<urn:uuid:1>", registration: 1, callID: "other")
        #expect(bindings.apply([moved], now: 0) == .done)
        let second = binding("sip:c@8", instance: "<urn:uuid:1>", registration: 2, callID: "other")
        #expect(bindings.apply([second], now: 0) == .done)
        #expect(bindings.all.map(\.contact) == ["sip:c@9", "sip:c@8"])
    }

    @Test("an older number of the same call changes nothing, and neither does one contact too many")
    func refused() {
        var bindings = EnablerBindings()
        #expect(bindings.apply([binding("sip:c@1", sequence: 5)], now: 0) == .done)
        #expect(bindings.apply([binding("sip:c@2"), binding("sip:c@1", sequence: 5, expires: 0)], now: 0) == .outOfOrder)
        #expect(bindings.apply((2...17).map { binding("sip:c@\($0)") }, now: 0) == .tooMany)
        #expect(bindings.all.map(\.contact) == ["sip:c@1"])
    }

    @Test("what has run out is not reachable, and neither is a claimed flow that is gone")
    func reachability() {
        var bindings = EnablerBindings()
        #expect(bindings.apply([binding("sip:c@1", expires: 10)], now: 0) == .done)
        #expect(bindings.best(now: 9_999_999_999) != nil)
        #expect(bindings.best(now: 10_000_000_000) == nil)
        #expect(bindings.apply([binding("sip:c@2", instance: "i", registration: 1)], now: 11_000_000_000) == .done)
        #expect(bindings.all.map(\.contact) == ["sip:c@2"])
        #expect(bindings.best(now: 12_000_000_000) == nil)
    }
}
