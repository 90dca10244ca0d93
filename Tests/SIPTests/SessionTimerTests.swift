import Testing

@testable import SIP

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
        let again = try #require(SessionTimer.retry(request, after: refused))
        #expect(again.headers["Session-Expires"] == "90")
        #expect(again.headers["Min-SE"] == "90")
        #expect(again.callID == request.callID)
        #expect(again.cseq?.number == (request.cseq?.number ?? 0) + 1)
        #expect(SessionTimer.retry(again, after: refused) == nil, "what it has asked for already is not asked for again")
        #expect(SessionTimer.retry(request, after: request.response(200)) == nil)
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

    // MARK: From step to step, in virtual time

    private func timer(_ value: String) throws -> SessionTimer {
        var ok = try invite(nil).response(200)
        ok.headers.add("Session-Expires", value)
        return try #require(SessionTimer(uac: ok, now: 0))
    }

    private func answer(_ status: Int, _ headers: SIPHeaders = [:]) throws -> SIPMessage {
        var response = try invite(nil).response(status)
        response.headers.add(contentsOf: headers)
        return response
    }

    @Test("The refresher asks once at half time, and the answer begins the time anew")
    func refresherSteps() throws {
        var timer = try timer("90;refresher=uac")
        #expect(timer.step(now: 0) == .wait(until: 45 * second))
        #expect(timer.step(now: 45 * second) == .refresh)
        #expect(timer.step(now: 46 * second) == .wait(until: 60 * second))
        let ok = try answer(200, ["Session-Expires": "90;refresher=uac"])
        #expect(timer.answered(ok, now: 47 * second) == .goesOn)
        #expect(timer.step(now: 47 * second) == .wait(until: 92 * second))
    }

    @Test("Who waits for the other end's refresh ends the session a third early, and not when one came")
    func otherSteps() throws {
        var timer = try timer("90;refresher=uas")
        #expect(timer.step(now: 45 * second) == .wait(until: 60 * second))
        timer.refreshed(now: 50 * second)
        #expect(timer.step(now: 60 * second) == .wait(until: 110 * second))
        #expect(timer.step(now: 110 * second) == .end)
    }

    @Test("A refresh that nobody answers ends the session at its expiry, without a stream of repetitions")
    func unanswered() throws {
        var timer = try timer("90;refresher=uac")
        #expect(timer.step(now: 45 * second) == .refresh)
        #expect(timer.answered(nil, now: 50 * second) == .goesOn)
        #expect(timer.step(now: 50 * second) == .wait(until: 55 * second))
        #expect(timer.step(now: 55 * second) == .refresh)
        #expect(timer.step(now: 60 * second) == .end)
    }

    @Test("A refresh refused for now is tried again half-way; 408 and 481 say that the session is gone")
    func refusedRefresh() throws {
        var timer = try timer("90;refresher=uac")
        #expect(timer.step(now: 45 * second) == .refresh)
        #expect(timer.answered(try answer(491), now: 46 * second) == .goesOn)
        #expect(timer.step(now: 46 * second) == .wait(until: 53 * second))
        for status in [408, 481] {
            var copy = timer
            #expect(copy.answered(try answer(status), now: 53 * second) == .gone)
        }
    }

    @Test("A refresh that gets 422 is repeated at once with the longer interval, but only once in a row")
    func refreshTooSmall() throws {
        var timer = try timer("90;refresher=uac")
        #expect(timer.step(now: 45 * second) == .refresh)
        #expect(timer.answered(try answer(422, ["Min-SE": "600"]), now: 46 * second) == .goesOn)
        #expect(timer.step(now: 46 * second) == .refresh)
        let request = try invite(nil)
        var dialog = try #require(SIPDialog(uac: request, response: sampleOK(request)))
        let refresh = timer.refresh(in: &dialog, description: [])
        #expect(refresh.headers["Session-Expires"] == "600;refresher=uac")
        #expect(refresh.headers["Min-SE"] == "600")
        #expect(timer.answered(try answer(422, ["Min-SE": "900"]), now: 46 * second) == .goesOn)
        #expect(timer.step(now: 46 * second) == .wait(until: 53 * second))
    }

    @Test("A 2xx without Session-Expires ends the timer, not the session")
    func withoutTimer() throws {
        var timer = try timer("90;refresher=uac")
        #expect(timer.step(now: 45 * second) == .refresh)
        #expect(timer.answered(try answer(200), now: 46 * second) == .withoutTimer)
    }

    private func sampleOK(_ request: SIPMessage, allow: String? = nil) -> SIPMessage {
        var ok = request.response(200, toTag: "b")
        ok.headers.add("Contact", "<sip:b@192.0.2.9>")
        if let allow { ok.headers.add("Allow", allow) }
        return ok
    }

    @Test("The refresh is an UPDATE where the other end allows it, else a re-INVITE with the session description")
    func method() throws {
        let timer = try timer("90;refresher=uac")
        let request = try invite(nil)
        var allows = try #require(SIPDialog(uac: request, response: sampleOK(request, allow: "INVITE, UPDATE")))
        let update = timer.refresh(in: &allows, description: Array("v=0".utf8))
        #expect(update.method == .update)
        #expect(update.body.isEmpty)
        var silent = try #require(SIPDialog(uac: request, response: sampleOK(request, allow: "INVITE, BYE")))
        let reinvite = timer.refresh(in: &silent, description: Array("v=0".utf8))
        #expect(reinvite.method == .invite)
        #expect(reinvite.contentType == "application/sdp")
        #expect(reinvite.body == Array("v=0".utf8))
        #expect(reinvite.headers["Session-Expires"] == "90;refresher=uac")
        #expect(reinvite.headers.lists("timer", in: "Supported"))
    }
}
