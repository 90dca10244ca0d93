import Judging
import Recordings
import Testing

@testable import Proving

@Suite("Repeated runs")
struct StabilityTests {
    private func recording(_ lines: [(String, RecordedDirection, String)]) -> Recording {
        var recorded = [
            RecordedLine(n: 1, t: 0, kind: .open, actor: "carol", conn: 1, fields: ["proto": "sip"])
        ]
        for (place, line) in lines.enumerated() {
            recorded.append(
                RecordedLine(
                    n: place + 2, t: Int64(place), kind: .bytes, actor: line.0, conn: 1, direction: line.1,
                    payload: Array(line.2.utf8)))
        }
        return Recording(header: RecordingHeader(start: "", case: [:], iut: [:], binding: [:], seed: 1), lines: recorded)
    }

    @Test("ids, tags, ports and times do not count, neither do the borders of what was read at once")
    func same() {
        let one = recording([
            ("carol", .received, "NOTIFY sip:a@127.0.0.1:40270;transport=tcp SIP/2.0\r\nFrom: <sip:focus-wf3ga0z2jgt1qfu2@b>"),
            ("carol", .received, ";tag=ric5uhydrkaig55e\r\nDateTime: 2026-11-23T18:43:48.371Z\r\n"),
        ])
        let other = recording([
            (
                "carol", .received,
                "NOTIFY sip:a@127.0.0.1:33333;transport=tcp SIP/2.0\r\nFrom: <sip:focus-abc3ga0z2jgt1qf9@b>;tag=x1c5uhydrkaig5zz"
                    + "\r\nDateTime: 2026-11-24T08:00:00.001Z\r\n"
            )
        ])
        #expect(WireShape(one).difference(from: WireShape(other)) == nil)
    }

    @Test("another status, another order and another message do", arguments: [
        "SIP/2.0 486 Busy Here\r\n", "BYE sip:a SIP/2.0\r\nINVITE sip:a SIP/2.0\r\n", "INVITE sip:a SIP/2.0\r\n",
    ])
    func differs(_ text: String) throws {
        let usual = WireShape(recording([("carol", .received, "INVITE sip:a SIP/2.0\r\nBYE sip:a SIP/2.0\r\n")]))
        let other = WireShape(recording([("carol", .received, text)]))
        let difference = try #require(other.difference(from: usual))
        #expect(difference.contains("'carol sip 1 in'"))
    }

    @Test("a verdict that varies is named with the wire's difference, and the worst one stands")
    func varies() throws {
        var repetition = Repetition(Samples.cases[0])
        repetition.add(Samples.result(0, .pass))
        #expect(!repetition.varies && repetition.result?.verdict == .pass)
        repetition.add(Samples.result(0, .inconclusive))
        repetition.add(Samples.result(0, .pass))
        repetition.difference = "line 3"
        #expect(repetition.varies)
        let result = try #require(repetition.result)
        #expect(result.verdict == .inconclusive)
        #expect(result.reasons.first?.code == "unstable")
        #expect(result.reasons.first?.text.contains("2 pass, 1 inconclusive; the wire differed: line 3") == true)
    }
}
