import Testing

@testable import UpperTester

@Suite("Identifiers in paths")
struct PercentTests {
    @Test("whatever an identifier holds, it comes back", arguments: ["a", "..", "a/b?c#d%", "ä 漢", "<id@x>", "+&="])
    func roundTrip(_ text: String) {
        let coded = PercentCoding.encode(text)
        #expect(!coded.contains("/") && !coded.contains("?") && !coded.contains("."))
        #expect(PercentCoding.decode(coded) == text)
    }

    @Test("an escape that is none, or is not UTF-8, is refused", arguments: ["%", "%4", "%zz", "%FF"])
    func refused(_ text: String) {
        #expect(PercentCoding.decode(text) == nil)
    }
}
