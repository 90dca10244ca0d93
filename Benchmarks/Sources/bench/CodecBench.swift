import Diagnostics
import MSRP
import NIOCore
import SIP

/// Messages parsed and serialised, in memory.
struct CodecBench {
    let rounds: Int

    func run(_ report: (Figure) -> Void) throws {
        let section = "Messages in memory, per second of CPU"
        for (name, bytes) in [("SIP MESSAGE", Self.sipMessage), ("SIP INVITE with SDP", Self.sipInvite)] {
            let size = "\(name), \(bytes.count) bytes"
            let stream = Self.stream(of: bytes, count: 100)
            report(Figure(section, size + ", parsed", try perSecond(batch: 100, rounds: rounds) { try Self.sip(stream) }, "/s"))
            var parser = SIPStreamParser(limits: Limits())
            parser.append(bytes)
            guard let message = try parser.next() else { throw Child.Failure(description: "no SIP message in it") }
            var buffer = ByteBuffer()
            let written = perSecond(batch: 100, rounds: rounds) {
                buffer.clear()
                for _ in 0..<100 { message.write(into: &buffer) }
            }
            report(Figure(section, size + ", serialised", written, "/s"))
        }
        for (name, bytes) in [("MSRP SEND of 1 kB", Self.send), ("MSRP 200", Self.answer)] {
            let size = "\(name), \(bytes.count) bytes"
            let stream = Self.stream(of: bytes, count: 100)
            report(Figure(section, size + ", parsed", try perSecond(batch: 100, rounds: rounds) { try Self.msrp(stream) }, "/s"))
            var parser = MSRPStreamParser(limits: Limits())
            parser.append(bytes)
            guard case .head(let head) = try parser.next() else { throw Child.Failure(description: "no MSRP head in it") }
            let written = perSecond(batch: 100, rounds: rounds) { for _ in 0..<100 { keep(head.serialized()) } }
            report(Figure(section, size + ", head serialised", written, "/s"))
        }
    }

    private static func sip(_ stream: ByteBuffer) throws {
        var parser = SIPStreamParser(limits: Limits())
        parser.append(stream)
        var count = 0
        while try parser.next() != nil { count += 1 }
        guard count == 100 else { throw Child.Failure(description: "\(count) of 100 SIP messages were parsed") }
    }

    private static func msrp(_ stream: ByteBuffer) throws {
        var parser = MSRPStreamParser(limits: Limits())
        parser.append(stream)
        var count = 0
        while let element = try parser.next() { if case .end = element { count += 1 } }
        guard count == 100 else { throw Child.Failure(description: "\(count) of 100 MSRP messages were parsed") }
    }

    private static func stream(of message: [UInt8], count: Int) -> ByteBuffer {
        var buffer = ByteBuffer()
        for _ in 0..<count { buffer.writeBytes(message) }
        return buffer
    }

    private static func wire(_ lines: [String], body: String = "") -> [UInt8] {
        Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    private static let sipMessage = wire(
        [
            "MESSAGE sip:service@cpm.example SIP/2.0", "Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK74bf9a2c01d8",
            "From: <sip:bench@cpm.example>;tag=1928301774", "To: <sip:service@cpm.example>",
            "Call-ID: bench-4711@127.0.0.1", "CSeq: 1 MESSAGE", "Max-Forwards: 70", "Content-Type: text/plain",
            "User-Agent: cpmcheck", "Content-Length: \(SIPExchange.body.count)",
        ], body: String(decoding: SIPExchange.body, as: UTF8.self))

    private static let offer = [
        "v=0", "o=- 3975 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", "m=message 40001 TCP/MSRP *",
        "a=accept-types:message/cpim application/conference-info+xml", "a=accept-wrapped-types:*",
        "a=path:msrp://127.0.0.1:40001/6a1d0f52;tcp", "a=setup:active", "a=sendrecv", "",
    ].joined(separator: "\r\n")

    private static let sipInvite = wire(
        [
            "INVITE sip:focus-6a1d0f52@cpm.example SIP/2.0",
            "Via: SIP/2.0/TCP 127.0.0.1:15060;branch=z9hG4bKcydzigwkX;received=127.0.0.1;rport=40210",
            "Via: SIP/2.0/TCP 127.0.0.1:40001;branch=z9hG4bK74bf9a2c01d9;alias",
            "Record-Route: <sip:127.0.0.1:15060;transport=tcp;lr;ftag=1928301774>",
            "Max-Forwards: 69", "From: \"Alice\" <sip:alice-1@cpm.example>;tag=1928301774",
            "To: <sip:focus-6a1d0f52@cpm.example>", "Call-ID: 3f2a9c17b5d84e60@127.0.0.1", "CSeq: 314159 INVITE",
            "Contact: <sip:alice-1@127.0.0.1:40001;transport=tcp>;"
                + "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"",
            "Supported: timer, path, outbound", "Session-Expires: 1800;refresher=uac",
            "Allow: INVITE, ACK, BYE, CANCEL, MESSAGE, NOTIFY, OPTIONS, REFER, UPDATE",
            "Accept-Contact: *;+g.oma.sip-im;explicit", "Conversation-ID: f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "Contribution-ID: abcdef-1234-5678-90ab-cdef01234567", "User-Agent: cpmcheck",
            "Content-Type: application/sdp", "Content-Length: \(offer.utf8.count)",
        ], body: offer)

    private static let paths = [
        "To-Path: msrp://127.0.0.1:40002/b7c20f1e;tcp", "From-Path: msrp://127.0.0.1:40001/6a1d0f52;tcp",
    ]
    private static let send = Array(
        (["MSRP a786hjs2 SEND"] + paths + [
            "Message-ID: 87652491", "Byte-Range: 1-1024/1024", "Content-Type: message/cpim", "",
            String(decoding: MSRPExchange.body, as: UTF8.self), "-------a786hjs2$", "",
        ]).joined(separator: "\r\n").utf8)
    private static let answer = Array(
        (["MSRP a786hjs2 200 OK"] + paths + ["-------a786hjs2$", ""]).joined(separator: "\r\n").utf8)
}
