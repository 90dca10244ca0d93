import Recordings
import Testing

@testable import Facts

@Suite("What a script may ask of the facts so far")
struct FactLogTests {
    /// The log after each line of a script, seen by `look`.
    private func follow(_ script: WireScript, _ look: (FactLog) -> Bool) -> [Bool] {
        var log = FactLog(addresses: AddressBook(aliases: ["carol": ["sip:carol@cpm.example"]]))
        return script.lines.map { line in
            _ = log.take(line)
            return look(log)
        }
    }

    @Test("a user is settled while nothing that came to it waits for its answer, and again when the connection is gone")
    func settled() {
        var script = WireScript()
        script.deferredSession()
        let before = script.lines.count
        script.chat("tran1", id: "m-1")
        script.answer("tran1")
        script.chat("tran2", id: "m-2")
        script.chat("tran3", id: "m-3")
        script.answer("tran3")
        script.close(2)
        #expect(follow(script) { $0.isSettled("carol") }.dropFirst(before) == [false, true, false, false, false, true])
        #expect(follow(script) { $0.isSettled("bob") }.allSatisfy { $0 })
        #expect(follow(script) { $0.has("carol", message: "m-3") }.dropFirst(before) == [false, false, false, true, true, true])
    }

    @Test("a message has left when it went out whole, and is accepted with its 200 and with nothing else", arguments: [200, 403])
    func accepted(code: Int) {
        var script = WireScript()
        script.deferredSession()
        let before = script.lines.count
        let body = "From: <sip:carol@cpm.example>\r\nTo: <sip:focus-1@cpm.example>\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
            + "imdn.Message-ID: own-1\r\n\r\nContent-Type: text/plain\r\n\r\nhello"
        script.bytes(
            .sent, 2,
            "MSRP tran9 SEND\r\nTo-Path: msrp://127.0.0.1:2855/enabler;tcp\r\nFrom-Path: msrp://127.0.0.1:9/carol1;tcp\r\n"
                + "Message-ID: wire-9\r\nByte-Range: 1-\(body.utf8.count)/\(body.utf8.count)\r\nContent-Type: message/cpim\r\n\r\n"
                + "\(body)\r\n-------tran9$\r\n")
        script.bytes(
            .received, 2,
            "MSRP tran9 \(code) So\r\nTo-Path: msrp://127.0.0.1:9/carol1;tcp\r\n"
                + "From-Path: msrp://127.0.0.1:2855/enabler;tcp\r\n-------tran9$\r\n")
        #expect(follow(script) { $0.hasSent("carol", message: "own-1") }.dropFirst(before) == [true, true])
        #expect(follow(script) { $0.isAccepted("carol", message: "own-1") }.dropFirst(before) == [false, code == 200])
        #expect(!follow(script) { $0.hasSent("carol", message: "own-2") || $0.hasSent("bob", message: "own-1") }.contains(true))
    }
}
