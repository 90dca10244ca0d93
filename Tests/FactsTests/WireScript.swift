import Recordings

@testable import Facts

/// Makes recorded lines from texts as they would stand on the wire.
struct WireScript {
    private(set) var lines: [RecordedLine] = []
    private var time: Int64 = 0

    private mutating func add(_ line: RecordedLine) {
        var line = line
        line.n = lines.count + 1
        time += 1_000_000
        line.t = time
        lines.append(line)
    }

    mutating func wait(milliseconds: Int64) { time += milliseconds * 1_000_000 }

    mutating func open(_ conn: Int, _ proto: String, actor: String = "carol", device: Int = 1) {
        var fields: [String: JSONValue] = [
            "proto": .string(proto), "accepted": false, "local": "a", "remote": "b",
        ]
        if device > 1 { fields["device"] = .integer(Int64(device)) }
        add(RecordedLine(n: 0, t: 0, kind: .open, actor: actor, conn: conn, fields: fields))
    }

    mutating func close(_ conn: Int, actor: String = "carol") {
        add(RecordedLine(n: 0, t: 0, kind: .close, actor: actor, conn: conn, fields: ["cause": "closed"]))
    }

    mutating func bytes(_ direction: RecordedDirection, _ conn: Int, _ text: String, actor: String = "carol") {
        add(
            RecordedLine(
                n: 0, t: 0, kind: .bytes, actor: actor, conn: conn, direction: direction,
                payload: Array(text.utf8)))
    }

    /// A SIP message: the head's lines, and a body whose length is filled in.
    mutating func sip(_ direction: RecordedDirection, _ head: String, body: String = "", conn: Int = 1) {
        let body = body.replacing("\n", with: "\r\n")
        let head = head.replacing("\n", with: "\r\n")
        bytes(direction, conn, "\(head)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// The facts of all lines.
    func facts() -> [Fact] {
        var decoder = FactDecoder()
        return lines.flatMap { decoder.take($0) }
    }

    /// The same bytes, one a line.
    func bytewise() -> WireScript {
        var out = WireScript()
        for line in lines {
            guard line.kind == .bytes, let payload = line.payload else {
                out.time = line.t - 1_000_000
                out.add(line)
                continue
            }
            for byte in payload {
                var single = line
                single.payload = [byte]
                out.time = line.t - 1_000_000
                out.add(single)
            }
        }
        return out
    }

    // MARK: what comes up again and again

    /// The last line is To, so that a tag can follow.
    static let head = """
        Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1
        Max-Forwards: 70
        From: <sip:focus@cpm.example>;tag=f
        Call-ID: call-1
        To: <sip:carol@cpm.example>
        """

    /// The deferred invitation, its 200, and the session's MSRP connection.
    mutating func deferredSession(direction: String = "sendonly", wrapped: String? = "*") {
        open(1, "sip")
        sip(
            .received,
            """
            INVITE sip:carol@127.0.0.1 SIP/2.0
            \(Self.head)
            CSeq: 1 INVITE
            Contact: <sip:focus-1@cpm.example;transport=tcp>;isfocus
            Conversation-ID: conv-1
            Contribution-ID: contr-1
            Referred-By: "Alice" <sip:alice@cpm.example>
            Content-Type: application/sdp
            """,
            body: Self.sdp(path: "msrp://127.0.0.1:2855/enabler;tcp", direction: direction))
        sip(
            .sent,
            """
            SIP/2.0 200 OK
            \(Self.head);tag=c
            CSeq: 1 INVITE
            Contact: <sip:carol@127.0.0.1:5070>
            Content-Type: application/sdp
            """,
            body: Self.sdp(path: "msrp://127.0.0.1:9/carol1;tcp", direction: "recvonly", wrapped: wrapped))
        open(2, "msrp")
    }

    static func sdp(path: String, direction: String, wrapped: String? = "*") -> String {
        """
        v=0
        o=- 1 1 IN IP4 127.0.0.1
        s=-
        c=IN IP4 127.0.0.1
        t=0 0
        m=message 2855 TCP/MSRP *
        a=path:\(path)
        a=accept-types:message/cpim
        \(wrapped.map { "a=accept-wrapped-types:\($0)" } ?? "a=x-nothing")
        a=\(direction)

        """
    }

    mutating func bye() {
        sip(
            .received,
            """
            BYE sip:carol@127.0.0.1 SIP/2.0
            \(Self.head);tag=c
            CSeq: 2 BYE
            Reason: SIP;cause=200;text="Call Completed"
            """)
    }

    /// A chat message to carol in the deferred session; `range` and `flag` for one chunk of several.
    mutating func chat(
        _ transaction: String, id: String = "m-1", text: String = "hello", range: String? = nil, flag: String = "$",
        extra: String = ""
    ) {
        let cpim = """
            From: <sip:alice@cpm.example>
            To: <sip:focus-1@cpm.example>
            DateTime: 2026-01-01T10:00:00Z
            NS: imdn <urn:ietf:params:imdn>
            imdn.Message-ID: \(id)
            imdn.Disposition-Notification: positive-delivery, display

            Content-Type: text/plain; charset=utf-8

            \(text)
            """
        send(transaction, body: cpim, range: range, flag: flag, extra: extra)
    }

    mutating func send(
        _ transaction: String, body: String, range: String? = nil, flag: String = "$", extra: String = "",
        direction: RecordedDirection = .received
    ) {
        let body = body.replacing("\n", with: "\r\n")
        let range = range ?? "1-\(body.utf8.count)/\(body.utf8.count)"
        let ends = ["msrp://127.0.0.1:9/carol1;tcp", "msrp://127.0.0.1:2855/enabler;tcp"]
        let head = """
            MSRP \(transaction) SEND
            To-Path: \(direction == .received ? ends[0] : ends[1])
            From-Path: \(direction == .received ? ends[1] : ends[0])
            Message-ID: wire-1
            Byte-Range: \(range)
            \(extra)Content-Type: message/cpim
            """.replacing("\n", with: "\r\n")
        bytes(direction, 2, "\(head)\r\n\r\n\(body)\r\n-------\(transaction)\(flag)\r\n")
    }

    /// The client's REPORT on `wire-1`.
    mutating func report(_ status: String, about range: String = "1-*/*") {
        bytes(
            .sent, 2,
            "MSRP repo1 REPORT\r\nTo-Path: msrp://127.0.0.1:2855/enabler;tcp\r\n"
                + "From-Path: msrp://127.0.0.1:9/carol1;tcp\r\nMessage-ID: wire-1\r\nByte-Range: \(range)\r\n"
                + "Status: 000 \(status) OK\r\n-------repo1$\r\n")
    }

    mutating func answer(_ transaction: String, _ code: String = "200 OK") {
        bytes(
            .sent, 2,
            "MSRP \(transaction) \(code)\r\nTo-Path: msrp://127.0.0.1:2855/enabler;tcp\r\n"
                + "From-Path: msrp://127.0.0.1:9/carol1;tcp\r\n-------\(transaction)$\r\n")
    }
}
