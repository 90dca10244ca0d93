import SIP
import Testing

@Suite("Session timer")
struct SessionTimerTests {
    private let second: Int64 = 1_000_000_000

    private func invite(_ interval: Int?, _ refresher: SessionExpires.Refresher? = nil) throws -> SIPMessage {
        var request = try sampleMessage("INVITE")
        if let interval { SessionTimer.offer(&request, SessionExpires(interval: interval, refresher: refresher)) }
        return request
    }

    private func agreed(_ answer: SessionTimer.Answer) throws -> (SessionTimer, SIPHeaders) {
        guard case .agreed(let timer, let headers) = answer else { throw Refused(answer: answer) }
        return (timer, headers)
    }

    private struct Refused: Error { let answer: SessionTimer.Answer }

    @Test("Both ends agree on interval and refresher, and know when each is due")
    func agree() throws {
        let request = try invite(1800)
        let (callee, headers) = try agreed(SessionTimer.answer(to: request, preferred: 600, now: 0))
        var ok = request.response(200)
        ok.headers.add(contentsOf: headers)
        let caller = try #require(SessionTimer(uac: ok, now: 0))
        #expect(callee.interval == 600)
        #expect(caller.interval == 600)
        #expect(caller.isRefresher != callee.isRefresher)
        #expect(caller.isRefresher)
        #expect(headers["Require"] == "timer")
        #expect(caller.refreshDue == 300 * second)
        #expect(callee.refreshDue == nil)
        #expect(callee.expiry == 568 * second)
    }

    @Test("The caller's choice of refresher is kept")
    func refresher() throws {
        let request = try invite(1800, .uas)
        let (callee, headers) = try agreed(SessionTimer.answer(to: request, preferred: nil, now: 0))
        #expect(callee.isRefresher)
        #expect(callee.interval == 1800)
        #expect(headers["Session-Expires"] == "1800;refresher=uas")
        #expect(headers["Require"] == nil)
    }

    @Test("Too small an interval gets 422 with Min-SE, which the caller tries next")
    func tooSmall() throws {
        let request = try invite(30)
        #expect(SessionTimer.answer(to: request, preferred: nil, now: 0) == .tooSmall(minimum: 90))
        var refused = request.response(422)
        refused.headers.add("Min-SE", "90")
        #expect(SessionTimer.retryInterval(after: refused) == 90)
        #expect(SessionTimer.retryInterval(after: request.response(200)) == nil)
    }

    @Test("Min-SE of the caller bounds what the callee may cut")
    func minimum() throws {
        var request = try invite(1800)
        request.headers.add("Min-SE", "900")
        let (callee, _) = try agreed(SessionTimer.answer(to: request, preferred: 600, now: 0))
        #expect(callee.interval == 900)
    }

    @Test("Without timer support the callee refreshes or leaves it be")
    func unsupported() throws {
        let request = try invite(nil)
        #expect(SessionTimer.answer(to: request, preferred: nil, now: 0) == .none)
        let (callee, headers) = try agreed(SessionTimer.answer(to: request, preferred: 600, now: 0))
        #expect(callee.isRefresher)
        #expect(headers["Require"] == nil)
        #expect(SessionTimer(uac: request.response(200), now: 0) == nil)
    }

    @Test("A refresh begins the time anew, and a short interval ends a third early")
    func refreshed() throws {
        var ok = try invite(90).response(200)
        ok.headers.add("x", "90;refresher=uas")
        var caller = try #require(SessionTimer(uac: ok, now: 0))
        #expect(!caller.isRefresher)
        #expect(caller.expiry == 60 * second)
        caller.refreshed(now: 10 * second)
        #expect(caller.expiry == 70 * second)
    }
}
