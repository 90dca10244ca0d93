import Testing

@testable import Playing

@Suite("Lateness of the harness")
struct HeartbeatTests {
    @Test("what ends more than 400 ms after it was due was held up; less is worth no word")
    func lateness() {
        #expect(Heartbeat.lateness(due: 5_000_000_000, now: 12_000_000_000) == 7_000)
        #expect(Heartbeat.lateness(due: 5_000_000_000, now: 5_400_000_000) == nil)
        #expect(Heartbeat.lateness(due: 5_000_000_000, now: 5_401_000_000) == 401)
        #expect(Heartbeat.lateness(due: 5_000_000_000, now: 4_000_000_000) == nil)
    }
}
