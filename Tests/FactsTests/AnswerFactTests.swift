import Recordings
import Testing

@testable import Facts

/// What answers and REPORTs make of an item, and what no answer makes of it.
@Suite("Facts about answers and reports")
struct AnswerFactTests {
    private func kinds(_ script: WireScript) -> [FactKind] { script.facts().map(\.what) }

    @Test("an offer whose connection goes before the answer is unconfirmed")
    func unanswered() {
        var script = WireScript()
        script.deferredSession()
        script.chat("tran1")
        script.close(2)
        #expect(kinds(script).contains(.unconfirmed(offer: 0, code: nil)))
        #expect(!kinds(script).contains(.confirmed(offer: 0)))
    }

    @Test("an answer just before a break leaves it open whether it was seen")
    func indeterminate() {
        var script = WireScript()
        script.deferredSession()
        script.chat("tran1")
        script.answer("tran1")
        script.close(2)
        #expect(kinds(script).contains(.indeterminate(offer: 0)))
    }

    @Test("an answer that the connection outlived is confirmed")
    func confirmedByTime() {
        var script = WireScript()
        script.deferredSession()
        script.chat("tran1")
        script.answer("tran1")
        script.wait(milliseconds: 300)
        script.close(2)
        #expect(!kinds(script).contains(.indeterminate(offer: 0)))
    }

    @Test("an answer that the implementation's BYE followed is confirmed")
    func confirmedByBye() {
        var script = WireScript()
        script.deferredSession()
        script.chat("tran1")
        script.answer("tran1")
        script.bye()
        script.close(2)
        #expect(!kinds(script).contains(.indeterminate(offer: 0)))
    }

    @Test("an item that the client refused is unconfirmed")
    func refused() {
        var script = WireScript()
        script.deferredSession()
        script.chat("tran1")
        script.answer("tran1", "415 Unsupported")
        #expect(kinds(script).last == .unconfirmed(offer: 0, code: 415))
    }

    @Test("an item that asks for a REPORT of success is confirmed by it, and by nothing else", arguments: [nil, "200", "413"])
    func successReport(_ status: String?) {
        var script = WireScript()
        script.deferredSession()
        script.send(
            "tran1", body: "From: <sip:alice@cpm.example>\n\nContent-Type: text/plain\n\nhello",
            extra: "Failure-Report: partial\nSuccess-Report: yes\n")
        if let status { script.report(status) } else { script.close(2) }
        let expected: FactKind = status == "200" ? .confirmed(offer: 0) : .unconfirmed(offer: 0, code: status.flatMap { Int($0) })
        #expect(kinds(script).contains(expected))
        #expect(kinds(script).contains(.confirmed(offer: 0)) == (status == "200"))
    }

    @Test("without a report wanted an item is confirmed by its arrival", arguments: ["no", "partial"])
    func noReportWanted(_ value: String) {
        var script = WireScript()
        script.deferredSession()
        script.chat("tran1", extra: "Failure-Report: \(value)\n")
        #expect(kinds(script).last == .confirmed(offer: 0))
    }

    @Test("partial wants no answer but an error: a 200 is unasked, an error refuses the item")
    func partial() {
        func told(_ code: String) -> [FactKind] {
            var script = WireScript()
            script.deferredSession()
            script.chat("tran1", extra: "Failure-Report: partial\n")
            script.answer("tran1", code)
            return kinds(script)
        }
        #expect(told("200 OK").last == .unasked(offer: 0, code: 200))
        #expect(told("413 Too much").last == .unconfirmed(offer: 0, code: 413))
        #expect(!told("413 Too much").contains(.unasked(offer: 0, code: 413)))
    }

    /// A message that asks for a REPORT in place of an answer, and REPORTs on parts of it.
    private func reported(_ reports: (status: String, range: String)...) -> [FactKind] {
        var script = WireScript()
        script.deferredSession()
        let body = "From: <sip:alice@cpm.example>\n\nContent-Type: text/plain\n\nhello hello hello"
        script.send("tran1", body: body, extra: "Failure-Report: partial\nSuccess-Report: yes\n")
        for report in reports { script.report(report.status, about: report.range) }
        return kinds(script).filter { if case .offered = $0 { false } else { true } }.suffix(2)
    }

    @Test("REPORTs about parts confirm an item once they leave nothing of it out, and one of a failure refuses all of it")
    func partsReported() {
        let whole: [FactKind] = [.reported(offer: 0, code: 200), .confirmed(offer: 0)]
        #expect(reported(("200", "1-20/*"), ("200", "21-1000/*")) == whole)
        #expect(reported(("200", "21-1000/*"), ("200", "1-30/*")) == whole)
        #expect(reported(("200", "1-1000/*")) == whole)
        #expect(!reported(("200", "1-20/*")).contains(.confirmed(offer: 0)))
        #expect(!reported(("200", "1-20/*"), ("200", "22-1000/*")).contains(.confirmed(offer: 0)))
        #expect(!reported(("200", "2-1000/*")).contains(.confirmed(offer: 0)))
        #expect(
            reported(("200", "1-20/*"), ("413", "21-30/*")) == [.reported(offer: 0, code: 413), .unconfirmed(offer: 0, code: 413)])
    }

    @Test("what a client hands over says whether it wants an answer", arguments: ["yes", "no", "partial"])
    func submissionWantsAnswer(_ value: String) {
        var script = WireScript()
        script.deferredSession()
        script.send(
            "tran1", body: "From: <sip:carol@cpm.example>\n\nContent-Type: text/plain\n\nhello",
            extra: "Failure-Report: \(value)\n", direction: .sent)
        let told = kinds(script).compactMap { if case .submitted(let submission) = $0 { submission.wantsAnswer } else { nil } }
        #expect(told == [value == "yes"])
    }

    @Test("a REPORT that is wanted beside an answer is told, and confirms nothing by itself")
    func reportBesideAnswer() {
        var script = WireScript()
        script.deferredSession()
        script.chat("tran1", extra: "Success-Report: yes\n")
        script.report("200")
        #expect(kinds(script).last == .reported(offer: 0, code: 200))
        #expect(!kinds(script).contains(.confirmed(offer: 0)))
        script.answer("tran1")
        #expect(kinds(script).last == .confirmed(offer: 0))
    }
}
