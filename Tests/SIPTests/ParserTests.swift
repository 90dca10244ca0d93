import Diagnostics
import SIP
import Testing

@Test("A request is taken apart")
func simpleRequest() throws {
    var parser = SIPStreamParser(limits: Limits())
    parser.append("OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\nContent-Length: 2\r\n\r\nhi".utf8)
    let message = try #require(try parser.next())
    #expect(message.method == .options)
}
