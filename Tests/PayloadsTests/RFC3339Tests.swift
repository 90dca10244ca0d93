import Payloads
import Testing

@Suite("RFC 3339")
struct RFC3339Tests {
    @Test("date-times become the right instant", arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999Z", -1), ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("2026-05-04T10:11:12Z", 1_777_889_472_000), ("2026-05-04t12:11:12.5+02:00", 1_777_889_472_500),
        ("2026-05-04T05:41:12.123456-04:30", 1_777_889_472_123), ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59Z", 253_402_300_799_000),
    ] as [(String, Int64)])
    func instants(text: String, milliseconds: Int64) {
        #expect(RFC3339.milliseconds(from: text) == milliseconds)
    }

    @Test("what is no date-time is none", arguments: [
        "", "2026-05-04", "2026-05-04T10:11:12", "2026-05-04 10:11:12Z", "2026-13-04T10:11:12Z", "2026-02-29T10:11:12Z",
        "1900-02-29T00:00:00Z", "2026-00-04T10:11:12Z", "2026-05-00T10:11:12Z", "2026-05-04T24:00:00Z",
        "2026-05-04T10:60:12Z", "2026-05-04T10:11:61Z", "2026-05-04T10:11:12.Z", "2026-05-04T10:11:12+2:00",
        "2026-05-04T10:11:12+24:00", "2026-05-04T10:11:12Zx", "+026-05-04T10:11:12Z", "２026-05-04T10:11:12Z",
    ])
    func refused(text: String) {
        #expect(RFC3339.milliseconds(from: text) == nil)
    }

    @Test("what is written reads as the same instant, at any offset, over four centuries and more")
    func roundTrip() {
        for step in stride(from: Int64(-30_000_000_000_000), through: 30_000_000_000_000, by: 1_234_567_890_123) {
            for offset in [0, 60, -330, 840] {
                let text = RFC3339.string(fromMilliseconds: step, offsetMinutes: offset)
                #expect(RFC3339.milliseconds(from: text) == step, "\(text)")
            }
        }
    }

    @Test("fractions and offsets are written only where needed")
    func format() {
        #expect(RFC3339.string(fromMilliseconds: 0) == "1970-01-01T00:00:00Z")
        #expect(RFC3339.string(fromMilliseconds: 1_777_889_472_050) == "2026-05-04T10:11:12.050Z")
        #expect(RFC3339.string(fromMilliseconds: 0, offsetMinutes: -90) == "1969-12-31T22:30:00-01:30")
    }
}
