import Testing

@testable import EnablerReference

@Suite("The registrar")
struct RegistrarTests {
    private typealias Flows = Registrar<Int>

    private func template(_ flow: Int, call: String = "c", sequence: Int = 1) -> ContactBinding<Int> {
        ContactBinding(
            user: carol, contact: "", path: [], flow: flow, callID: call, sequence: sequence, expiresAt: 0)
    }

    private func contact(_ uri: String, instance: String? = nil, expires: Int = 60) -> ContactRequest {
        ContactRequest(contact: uri, instance: instance, registration: instance == nil ? nil : 1, expires: expires)
    }

    @Test("the same instance replaces its binding, another one is added")
    func instances() {
        var registrar = Flows()
        _ = registrar.register(carol, [contact("sip:c@1", instance: "a")], like: template(1), now: 0)
        _ = registrar.register(carol, [contact("sip:c@2", instance: "a")], like: template(2, call: "d"), now: 0)
        _ = registrar.register(carol, [contact("sip:c@3", instance: "b")], like: template(3, call: "e"), now: 0)
        #expect(registrar.live(carol, now: 0).map(\.contact) == ["sip:c@2", "sip:c@3"])
        #expect(registrar.best(for: carol, now: 0)?.contact == "sip:c@3")
        registrar.lost(3)
        #expect(registrar.best(for: carol, now: 0)?.contact == "sip:c@2")
    }

    @Test("says when the last contact goes, by request or by time")
    func endings() {
        var registrar = Flows()
        let first = registrar.register(carol, [contact("sip:c@1", expires: 5)], like: template(1), now: 0)
        #expect(first == .accepted(wasReachable: false, isReachable: true))
        #expect(registrar.nextExpiry == 5 * second)
        #expect(registrar.expire(now: 4 * second) == [])
        #expect(registrar.expire(now: 5 * second) == [carol])
        _ = registrar.register(carol, [contact("sip:c@1")], like: template(1), now: 0)
        let last = registrar.register(
            carol, [contact("sip:c@1", expires: 0)], like: template(1, sequence: 2), now: 0)
        #expect(last == .accepted(wasReachable: true, isReachable: false))
    }

    @Test("refuses an older CSeq and too many contacts")
    func refusals() {
        var registrar = Flows(maximumContacts: 2)
        _ = registrar.register(carol, [contact("sip:c@1")], like: template(1, sequence: 7), now: 0)
        #expect(
            registrar.register(carol, [contact("sip:c@1")], like: template(1, sequence: 7), now: 0) == .outOfOrder)
        let many = (0..<3).map { contact("sip:c@\($0 + 5)") }
        #expect(registrar.register(carol, many, like: template(1, sequence: 9), now: 0) == .tooManyContacts)
    }
}
