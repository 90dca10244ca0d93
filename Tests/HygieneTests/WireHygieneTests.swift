import Diagnostics
import Foundation
import Recordings
import Testing

@testable import Hygiene

@Suite("Wire hygiene")
struct WireHygieneTests {
    /// One thing wrong in an exchange that is sound otherwise.
    struct Spoilt: Sendable, CustomTestStringConvertible {
        var rule: WireRule
        var old: String
        var new: String
        var testDescription: String { "\(rule.rawValue): \(new.debugDescription) for \(old.debugDescription)" }

        /// False where one mistake cannot be made without another.
        var isSingle: Bool {
            ![.sipReadable, .msrpReadable, .msrpByteRange, .sdpReadable, .sdpMSRPMedia, .cpimReadable, .msrpTransaction].contains(rule)
                && !new.hasPrefix("Content-Type: sdp") && !old.hasPrefix("Content-Type") && new != "CSeq: 2 REGISTER"
        }

        init(_ rule: WireRule, _ old: String, _ new: String) {
            self.rule = rule
            self.old = old
            self.new = new
        }
    }

    private func survey(_ exchange: SoundExchange) -> WireSurvey { WireHygiene.survey(exchange.lines, limits: Limits()) }

    @Test("nothing is wrong with a sound exchange, and each family was looked at")
    func sound() {
        let survey = survey(SoundExchange())
        #expect(survey.findings == [])
        #expect(survey.looked == [.sip: 5, .msrp: 4, .payloads: 4])
    }

    static let spoilt: [Spoilt] = [
        Spoilt(.sipReadable, "CSeq: 1 REGISTER\r\n", "CSeq 1 REGISTER\r\n"),
        Spoilt(.sipMandatoryHeaders, "Max-Forwards: 70\r\nFrom: <sip:focus", "From: <sip:focus"),
        Spoilt(.sipMandatoryHeaders, "Max-Forwards: 70", "Max-Forwards: 700"),
        Spoilt(.sipSingleHeaders, "Max-Forwards: 70\r\n", "Max-Forwards: 70\r\nMax-Forwards: 69\r\n"),
        Spoilt(.sipAddresses, "Record-Route: <sip:127.0.0.1:5060;lr>", "Record-Route: <sip:127.0.0.1:5060;lr"),
        Spoilt(.sipTags, "To: <sip:carol@cpm.example>;tag=r2", "To: <sip:carol@cpm.example>"),
        Spoilt(.sipTags, ";tag=f1\r\nTo: <sip:carol@cpm.example>\r\n", "\r\nTo: <sip:carol@cpm.example>\r\n"),
        Spoilt(.sipBranch, "branch=z9hG4bKBYE", "branch=BYE"),
        Spoilt(.sipCSeq, "CSeq: 7 BYE", "CSeq: 7 INVITE"),
        Spoilt(.sipContact, "Contact: <sip:focus@127.0.0.1:5060>\r\n", ""),
        Spoilt(.sipContact, "Contact: <sip:focus@127.0.0.1:5060>;isfocus", "Contact: <sip:a@b>, <sip:c@d>"),
        Spoilt(.sipContentType, "Content-Type: application/sdp\r\n", ""),
        Spoilt(.sipContentType, "Content-Type: application/sdp\r\n", "Content-Type: sdp\r\n"),
        Spoilt(.sipEventHeaders, "Subscription-State: active;expires=600\r\n", ""),
        Spoilt(.sipEventHeaders, "Event: conference\r\n", ""),
        Spoilt(.sipResponseHeaders, "WWW-Authenticate: Digest realm=\"cpm\", nonce=\"n\"\r\n", ""),
        Spoilt(.sipResponseMatch, "branch=z9hG4bKreg", "branch=z9hG4bKother"),
        Spoilt(.sipResponseMatch, "Call-ID: reg", "Call-ID: other"),
        Spoilt(.sipResponseMatch, "tag=r1", "tag=r9"),
        Spoilt(.sipResponseMatch, "CSeq: 1 REGISTER", "CSeq: 2 REGISTER"),
        Spoilt(.sipSequence, "CSeq: 7 BYE", "CSeq: 6 BYE"),
        Spoilt(.sipAcknowledged, "CSeq: 5 ACK", "CSeq: 4 ACK"),
        Spoilt(.msrpReadable, "MSRP tr02 SEND", "MSRQ tr02 SEND"),
        Spoilt(.msrpHeaders, "Message-ID: id-tr01\r\n", ""),
        Spoilt(.msrpByteRange, "Byte-Range: 1-", "Byte-Range: 2-"),
        Spoilt(.msrpContentType, "Content-Type: message/cpim\r\n\r\n", "\r\n"),
        Spoilt(.msrpTransaction, "cl01", "cl02"),
        Spoilt(.msrpPaths, "To-Path: msrp://127.0.0.1:2855/carol1;tcp", "To-Path: msrp://127.0.0.1:2855/dave1;tcp"),
        Spoilt(.msrpReport, "Message-ID: id-cl01", "Message-ID: id-cl09"),
        Spoilt(.msrpReport, "Byte-Range: 1-10/10\r\n", ""),
        Spoilt(.msrpAccepted, "Content-Type: message/cpim", "Content-Type: image/png"),
        Spoilt(.sdpReadable, "v=0\r\n", "w=0\r\n"),
        Spoilt(.sdpMSRPMedia, "a=path:", "a=parth:"),
        Spoilt(.conferenceInfoValid, "<status>connected</status>", "<status>there</status>"),
        Spoilt(.cpimReadable, "NS: imdn", "NS imdn"),
        Spoilt(.cpimForm, "imdn.Message-ID: m1", "imdm.Message-ID: m1"),
        Spoilt(.cpimForm, "DateTime: ", "datetime: "),
    ]

    static let singles = spoilt.filter(\.isSingle)

    @Test("each rule is found broken where it is", arguments: spoilt)
    func broken(_ case: Spoilt) {
        var exchange = SoundExchange()
        let isSpoilt = exchange.spoil(`case`.old, `case`.new)
        #expect(isSpoilt, "the text to spoil is not there")
        // Lengths follow what was spoilt, so that one thing is wrong and not two.
        if `case`.rule != .msrpByteRange { exchange.mendLengths() }
        let survey = survey(exchange)
        #expect(survey.counts[`case`.rule] != nil, "\(survey.findings)")
        #expect(survey.findings.allSatisfy { !$0.lines.isEmpty && !$0.what.isEmpty })
    }

    @Test("one thing wrong is one thing found", arguments: singles)
    func single(_ case: Spoilt) {
        var exchange = SoundExchange()
        _ = exchange.spoil(`case`.old, `case`.new)
        exchange.mendLengths()
        #expect(Set(survey(exchange).counts.keys) == [`case`.rule])
    }

    /// Legal ways to say the same.
    static let legalWays: [(String, String)] = [
        ("Call-ID: call", "i: call"), ("Contact: <sip:focus", "m: <sip:focus"), ("From: <sip:focus", "f : <sip:focus"),
        ("Content-Type: application/sdp", "c:\r\n application/sdp"), ("Event: conference", "o: conference"),
        ("CSeq: 7 BYE", "CSeq: 700 BYE"), ("Max-Forwards: 70\r\n", "Max-Forwards: 0\r\nX-Other: \"<,;\r\n"),
        ("SIP/2.0 401 Unauthorized", "SIP/2.0 401 "), ("Byte-Range: 1-10/10", "Byte-Range: 1-10/*"),
        ("Status: 000 200 OK", "Status: 000 200"), ("a=accept-types:", "a=x-other:1\r\na=accept-types:"),
        ("DateTime: 2026", "X-Other: 1\r\nDateTime: 2026"), ("imdn", "disp"),
        ("<status>connected</status>", "<status>connected</status><x:more xmlns:x='urn:x'/>"),
        ("From: <sip:focus@cpm.example>;tag=f1", "From: \"The, Group\" <sip:focus@cpm.example>;x=y;tag=f1"),
    ]

    @Test("legal ways to say the same are not flagged", arguments: legalWays)
    func legal(_ old: String, _ new: String) {
        var exchange = SoundExchange()
        if old == "imdn" {
            _ = exchange.spoil("NS: imdn <", "NS: disp <")
            _ = exchange.spoil("imdn.", "disp.")
        } else {
            let isChanged = exchange.spoil(old, new)
            #expect(isChanged)
        }
        exchange.mendLengths()
        #expect(survey(exchange).findings == [])
    }

    @Test("the bytes may come in any split")
    func bytewise() {
        var exchange = SoundExchange()
        let sound = survey(exchange).looked
        exchange.pieces = exchange.pieces.flatMap { piece in
            piece.text.unicodeScalars.map {
                SoundExchange.Piece(conn: piece.conn, direction: piece.direction, text: String($0))
            }
        }
        #expect(survey(exchange).findings == [])
        #expect(survey(exchange).looked == sound)
    }

    @Test("a message in two chunks is looked at as a whole, and its chunks must fit")
    func chunks() {
        for (range, isWrong) in [("11-", false), ("12-", true)] {
            var exchange = SoundExchange()
            let index = 5
            let whole = exchange.pieces[index].text
            let parts = whole.components(separatedBy: "\r\n\r\n")
            let body = parts.dropFirst().joined(separator: "\r\n\r\n").replacing("\r\n-------tr01$\r\n", with: "")
            let total = body.utf8.count
            let head = parts[0]
            func chunk(_ id: String, _ range: String, _ text: Substring, _ flag: String) -> String {
                head.replacing("tr01 SEND", with: "\(id) SEND").replacing("Byte-Range: 1-\(total)/\(total)", with: "Byte-Range: \(range)/\(total)")
                    + "\r\n\r\n\(text)\r\n-------\(id)\(flag)\r\n"
            }
            exchange.pieces[index].text =
                chunk("tr01", "1-10", body.prefix(10), "+") + chunk("tr0x", "\(range)\(total)", body.dropFirst(10), "$")
            #expect((survey(exchange).counts[.msrpByteRange] != nil) == isWrong)
        }
    }

    @Test("what asks for no response gets none")
    func unwanted() {
        var exchange = SoundExchange()
        exchange.pieces[9].text = exchange.pieces[9].text.replacing("Success-Report", with: "Failure-Report: no\r\nSuccess-Report")
        #expect(Set(survey(exchange).counts.keys) == [.msrpUnwantedResponse])
        exchange.pieces[9].text = exchange.pieces[9].text.replacing("Report: no", with: "Report: partial")
        #expect(Set(survey(exchange).counts.keys) == [.msrpUnwantedResponse])
    }

    @Test("bodies in bodies are looked at")
    func nested() {
        let wrapped = [
            (WireRule.imdnValid, "Content-Type: message/imdn+xml\r\n\r\n<imdn xmlns='urn:ietf:params:xml:ns:imdn'/>"),
            (.conferenceInfoValid, "Content-Type: application/conference-info+xml\r\n\r\n<conference-info"),
            (.resourceListsValid, "Content-Type: application/resource-lists+xml\r\n\r\n<list/>"),
            (.multipartReadable, "Content-Type: multipart/mixed;boundary=b\r\n\r\nno parts"),
        ]
        for (rule, content) in wrapped {
            var exchange = SoundExchange()
            let isChanged = exchange.spoil("Content-Type: text/plain; charset=utf-8\r\n\r\nhello", content)
            #expect(isChanged)
            exchange.mendLengths()
            #expect(Set(survey(exchange).counts.keys) == [rule])
        }
    }

    @Test("a flood of mistakes is counted and not kept")
    func flood() {
        var exchange = SoundExchange()
        let piece = exchange.pieces[10]
        exchange.pieces += (0..<1_000).map { number in
            SoundExchange.Piece(conn: 2, direction: .received, text: piece.text.replacing("cl01", with: "no\(number + 1000)"))
        }
        let survey = survey(exchange)
        #expect(survey.counts[.msrpTransaction] == 1_000)
        #expect(survey.findings.count == WireSurvey.mostOfARule)
    }

    @Test("every rule has an exchange that breaks it")
    func complete() {
        let shown = Set(Self.spoilt.map(\.rule)).union([.msrpUnwantedResponse, .multipartReadable, .resourceListsValid, .imdnValid])
        #expect(shown == Set(WireRule.allCases))
    }
}
