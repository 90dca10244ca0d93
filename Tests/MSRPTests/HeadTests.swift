import Testing

@testable import MSRP

@Suite("MSRP URIs and headers")
struct HeadTests {
    @Test(
        "a URI is written as it was read",
        arguments: [
            "msrp://a.example:8000/sa01;tcp", "msrps://a.example/sa01;tcp", "msrp://[2001:db8::1]:7000/s;tcp",
            "msrp://bob@b.example:1/s/x+=.~_-;tcp;a;b=c", "msrp://r.example:9;tcp", "msrp://10.0.0.1:0/s;sctp",
        ])
    func roundTrip(_ text: String) throws {
        #expect(try #require(MSRPURI(text)).description == text)
    }

    @Test("the parts of a URI are told apart")
    func parts() throws {
        let uri = try #require(MSRPURI("msrps://bob@[::1]:7000/s1/2;tcp;x=y"))
        #expect(uri.isSecure && uri.scheme == "msrps")
        #expect(uri.user == "bob")
        #expect(uri.host == "::1")
        #expect(uri.port == 7000)
        #expect(uri.sessionID == "s1/2")
        #expect(uri.transport == "tcp")
        #expect(uri.parameters == ["x=y"])
    }

    @Test(
        "what is no MSRP URI is refused",
        arguments: [
            "", "msrp", "msrp://", "msrp://a", "msrp://a/s", "msrp:///s;tcp", "sip://a/s;tcp", "msrp://a/;tcp",
            "msrp://a/s;", "msrp://a:x/s;tcp", "msrp://a:/s;tcp", "msrp://a:70000/s;tcp", "msrp://[::1/s;tcp",
            "msrp://[zz]/s;tcp", "msrp://a b/s;tcp", "msrp://a/s%41;tcp", "msrp://a/s;tcp;", "msrp://a/s;tcp;=x",
            "msrp://::1/s;tcp", "msrp://a/s;t cp", "msrp://a/é;tcp",
        ])
    func refused(_ text: String) {
        #expect(MSRPURI(text) == nil)
    }

    @Test("URIs are compared as RFC 4975 says, and equal ones have equal hashes")
    func equality() throws {
        func uri(_ text: String) throws -> MSRPURI { try #require(MSRPURI(text)) }
        let one = try uri("msrp://b.example:7000/Sb01;tcp")
        for same in ["MSRP://B.Example:7000/Sb01;TCP", "msrp://bob@b.example:7000/Sb01;tcp;x=y"] {
            #expect(try uri(same) == one)
            #expect(try uri(same).hashValue == one.hashValue)
        }
        for other in [
            "msrps://b.example:7000/Sb01;tcp", "msrp://b.example:7001/Sb01;tcp", "msrp://b.example:7000/sb01;tcp",
            "msrp://b.example:7000;tcp", "msrp://c.example:7000/Sb01;tcp", "msrp://b.example:7000/Sb01;sctp",
            "msrp://b.example/Sb01;tcp",
        ] {
            #expect(try uri(other) != one)
        }
        #expect(try uri("msrp://[::1]/s;tcp") == uri("msrp://[0:0:0:0:0:0:0:1]:2855/s;tcp"))
        #expect(try uri("msrp://127.0.0.1/s;tcp") != uri("msrp://localhost/s;tcp"))
    }

    @Test("Byte-Range is read and written")
    func byteRange() throws {
        for (text, start, end, total) in [
            ("1-5/5", 1, 5, 5), ("1-*/5", 1, nil, 5), ("1-*/*", 1, nil, nil), ("7-9/*", 7, 9, nil), ("1-0/0", 1, 0, 0),
        ] as [(String, Int, Int?, Int?)] {
            let range = try #require(MSRPByteRange(text))
            #expect(range == MSRPByteRange(start: start, end: end, total: total))
            #expect(range.description == text)
        }
        for text in ["", "1", "1-", "1-5", "1-5/", "-5/5", "*-5/5", "1-5/5/", "1-5/5 ", "1--5/5", "1-5*/5", "1-*5/5", "a-b/c"] {
            #expect(MSRPByteRange(text) == nil, "\(text)")
        }
        #expect(MSRPByteRange("1-5/9999999999999999999") == nil)
        #expect(MSRPByteRange("1-5/999999999999999999")?.total == 999_999_999_999_999_999)
    }

    @Test("report headers have their defaults, and any case")
    func reports() {
        var head = MSRPHead(start: .request(method: "SEND"), transactionID: "t001", headers: [])
        #expect(head.successReport == false)
        #expect(head.failureReport == .yes)
        head.headers = [MSRPHeaderField("success-report", "YES"), MSRPHeaderField("Failure-Report", "Partial")]
        #expect(head.successReport)
        #expect(head.failureReport == .partial)
        head.headers = [MSRPHeaderField("Failure-Report", "no")]
        #expect(head.failureReport == .no)
    }

    @Test("Status has a namespace, a code and perhaps a comment")
    func status() {
        func status(_ value: String) -> MSRPStatus? {
            MSRPHead(
                start: .request(method: "REPORT"), transactionID: "t001", headers: [MSRPHeaderField("Status", value)]
            ).status
        }
        #expect(status("000 200 All is well") == MSRPStatus(namespace: "000", code: 200, comment: "All is well"))
        #expect(status("000 408") == MSRPStatus(namespace: "000", code: 408, comment: ""))
        for wrong in ["", "200", "000 20 x", "00 200", "000 2x0", "000  "] { #expect(status(wrong) == nil, "\(wrong)") }
    }

    @Test("a head is written so that it reads the same")
    func serialized() {
        for stream in TortureStream.all where stream.verdict == "valid" && !stream.name.hasPrefix("line-ends") {
            for message in StreamResult([stream.bytes]).messages {
                let again = StreamResult([message.head.serialized() + Array("-------\(message.head.transactionID)$\r\n".utf8)])
                #expect(again.messages.first?.head == message.head)
            }
        }
    }
}
