import Foundation
import Recordings

/// An exchange between an enabler and carol in which nothing is wrong, as texts that a test may spoil.
struct SoundExchange {
    /// One piece of bytes on a connection.
    struct Piece {
        var conn: Int
        var direction: RecordedDirection
        var text: String
    }

    var pieces: [Piece]

    init() {
        pieces = [
            Piece(conn: 1, direction: .sent, text: Self.sip(Self.register)),
            Piece(conn: 1, direction: .received, text: Self.sip(Self.challenge)),
            Piece(conn: 1, direction: .received, text: Self.sip(Self.invite, Self.sdp("enabler", "sendonly"))),
            Piece(conn: 1, direction: .sent, text: Self.sip(Self.accept, Self.sdp("carol1", "recvonly"))),
            Piece(conn: 1, direction: .received, text: Self.sip(Self.ack)),
            Piece(conn: 2, direction: .received, text: Self.send("tr01", Self.cpim)),
            Piece(conn: 2, direction: .sent, text: Self.answer("tr01", from: "carol1", to: "enabler")),
            Piece(conn: 2, direction: .received, text: Self.send("tr02", Self.list, type: "application/conference-info+xml")),
            Piece(conn: 2, direction: .sent, text: Self.answer("tr02", from: "carol1", to: "enabler")),
            Piece(conn: 2, direction: .sent, text: Self.report),
            Piece(conn: 2, direction: .received, text: Self.answer("cl01", from: "enabler", to: "carol1")),
            Piece(conn: 2, direction: .received, text: Self.success),
            Piece(conn: 1, direction: .received, text: Self.sip(Self.notify, Self.list)),
            Piece(conn: 1, direction: .received, text: Self.sip(Self.bye)),
        ]
    }

    /// Replaces in what the enabler sent; `spoilt` is false when the text was not there.
    mutating func spoil(_ old: String, _ new: String) -> Bool {
        var spoilt = false
        for index in pieces.indices where pieces[index].direction == .received && pieces[index].text.contains(old) {
            pieces[index].text = pieces[index].text.replacing(old, with: new)
            spoilt = true
        }
        return spoilt
    }

    /// Makes Content-Length and Byte-Range fit again.
    mutating func mendLengths() {
        for index in pieces.indices where pieces[index].direction == .received {
            let text = pieces[index].text
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            var head = String(text[..<end.lowerBound])
            var body = String(text[end.upperBound...])
            if pieces[index].conn == 1 {
                head.replace(/Content-Length: \d+/, with: "Content-Length: \(body.utf8.count)")
                pieces[index].text = "\(head)\r\n\r\n\(body)"
            } else if let close = body.range(of: "\r\n-------") {
                let tail = body[close.lowerBound...]
                body = String(body[..<close.lowerBound])
                head.replace(/Byte-Range: 1-\d+\/\d+/, with: "Byte-Range: 1-\(body.utf8.count)/\(body.utf8.count)")
                pieces[index].text = "\(head)\r\n\r\n\(body)\(tail)"
            }
        }
    }

    var lines: [RecordedLine] {
        var lines = [(1, "sip"), (2, "msrp")].map { conn, proto in
            RecordedLine(
                n: conn, t: Int64(conn), kind: .open, actor: "carol", conn: conn,
                fields: ["proto": .string(proto), "accepted": false, "local": "a", "remote": "b"])
        }
        for piece in pieces {
            lines.append(
                RecordedLine(
                    n: lines.count + 1, t: Int64(lines.count + 1), kind: .bytes, actor: "carol", conn: piece.conn,
                    direction: piece.direction, payload: Array(piece.text.utf8)))
        }
        return lines
    }

    // MARK: SIP

    private static func sip(_ head: String, _ body: String = "") -> String {
        "\(crlf(head))\r\nContent-Length: \(crlf(body).utf8.count)\r\n\r\n\(crlf(body))"
    }

    private static func crlf(_ text: String) -> String { text.replacing("\n", with: "\r\n") }

    private static let register = """
        REGISTER sip:cpm.example SIP/2.0
        Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKreg
        Max-Forwards: 70
        From: <sip:carol@cpm.example>;tag=r1
        To: <sip:carol@cpm.example>
        Call-ID: reg
        CSeq: 1 REGISTER
        Contact: <sip:carol@127.0.0.1:9>
        """

    private static let challenge = """
        SIP/2.0 401 Unauthorized
        Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKreg
        From: <sip:carol@cpm.example>;tag=r1
        To: <sip:carol@cpm.example>;tag=r2
        Call-ID: reg
        CSeq: 1 REGISTER
        WWW-Authenticate: Digest realm="cpm", nonce="n"
        """

    private static let invite = """
        INVITE sip:carol@127.0.0.1:9 SIP/2.0
        Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bKinv
        Max-Forwards: 70
        From: <sip:focus@cpm.example>;tag=f1
        To: <sip:carol@cpm.example>
        Call-ID: call
        CSeq: 5 INVITE
        Contact: <sip:focus@127.0.0.1:5060>;isfocus
        Record-Route: <sip:127.0.0.1:5060;lr>
        Content-Type: application/sdp
        """

    private static let accept = """
        SIP/2.0 200 OK
        Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bKinv
        From: <sip:focus@cpm.example>;tag=f1
        To: <sip:carol@cpm.example>;tag=c1
        Call-ID: call
        CSeq: 5 INVITE
        Contact: <sip:carol@127.0.0.1:9>
        Content-Type: application/sdp
        """

    private static func inDialog(_ method: String, _ sequence: Int, _ more: String = "") -> String {
        """
        \(method) sip:carol@127.0.0.1:9 SIP/2.0
        Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK\(method)
        Max-Forwards: 70
        From: <sip:focus@cpm.example>;tag=f1
        To: <sip:carol@cpm.example>;tag=c1
        Call-ID: call
        CSeq: \(sequence) \(method)\(more)
        """
    }

    private static let ack = inDialog("ACK", 5)
    private static let bye = inDialog("BYE", 7)
    private static let notify = inDialog(
        "NOTIFY", 6,
        """

        Contact: <sip:focus@127.0.0.1:5060>
        Event: conference
        Subscription-State: active;expires=600
        Content-Type: application/conference-info+xml
        """)

    private static func sdp(_ session: String, _ direction: String) -> String {
        """
        v=0
        o=- 1 1 IN IP4 127.0.0.1
        s=-
        c=IN IP4 127.0.0.1
        t=0 0
        m=message 2855 TCP/MSRP *
        a=path:msrp://127.0.0.1:2855/\(session);tcp
        a=accept-types:message/cpim application/conference-info+xml
        a=accept-wrapped-types:text/plain message/imdn+xml
        a=max-size:5000
        a=\(direction)

        """
    }

    // MARK: MSRP

    private static func send(_ transaction: String, _ body: String, type: String = "message/cpim") -> String {
        let body = crlf(body)
        return crlf(
            """
            MSRP \(transaction) SEND
            To-Path: msrp://127.0.0.1:2855/carol1;tcp
            From-Path: msrp://127.0.0.1:2855/enabler;tcp
            Message-ID: id-\(transaction)
            Byte-Range: 1-\(body.utf8.count)/\(body.utf8.count)
            Content-Type: \(type)


            """) + body + "\r\n-------\(transaction)$\r\n"
    }

    private static func answer(_ transaction: String, from: String, to: String) -> String {
        crlf(
            """
            MSRP \(transaction) 200 OK
            To-Path: msrp://127.0.0.1:2855/\(to);tcp
            From-Path: msrp://127.0.0.1:2855/\(from);tcp
            -------\(transaction)$

            """)
    }

    /// What carol sends, and asks a success report for.
    private static let report = send("cl01", imdn).replacing("/carol1;", with: "/x;").replacing("/enabler;", with: "/carol1;")
        .replacing("/x;", with: "/enabler;").replacing("Content-Type: m", with: "Success-Report: yes\r\nContent-Type: m")

    private static let success = crlf(
        """
        MSRP rp01 REPORT
        To-Path: msrp://127.0.0.1:2855/carol1;tcp
        From-Path: msrp://127.0.0.1:2855/enabler;tcp
        Message-ID: id-cl01
        Byte-Range: 1-10/10
        Status: 000 200 OK
        -------rp01$

        """)

    static let cpim = """
        From: <sip:alice@cpm.example>
        To: <sip:focus@cpm.example>
        DateTime: 2026-01-01T10:00:00Z
        NS: imdn <urn:ietf:params:imdn>
        imdn.Message-ID: m1
        imdn.Disposition-Notification: display

        Content-Type: text/plain; charset=utf-8

        hello
        """

    private static let imdn = """
        From: <sip:carol@cpm.example>
        To: <sip:alice@cpm.example>
        NS: imdn <urn:ietf:params:imdn>
        imdn.Message-ID: d1

        Content-Type: message/imdn+xml
        Content-Disposition: notification

        <?xml version="1.0" encoding="UTF-8"?>
        <imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>m1</message-id><datetime>2026-01-01T10:00:00Z</datetime><display-notification><status><displayed/></status></display-notification></imdn>
        """

    private static let list = """
        <?xml version="1.0" encoding="UTF-8"?>
        <conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="sip:focus@cpm.example" version="1"><users><user entity="sip:alice@cpm.example"><endpoint entity="sip:alice@cpm.example"><status>connected</status></endpoint></user></users></conference-info>
        """
}
