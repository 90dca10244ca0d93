import Diagnostics
import Payloads
import Testing

@Suite("CPIM")
struct CPIMTests {
    static let typical = """
        From: Alice Example <im:alice@example.com>
        To: Bob <im:bob@example.net>
        DateTime: 2000-12-13T13:40:00-08:00
        Subject: tea at five
        Subject:;lang=fr le thé à cinq heures
        NS: Stamp <urn:example:stamps>
        Require: Stamp.Colour
        Stamp.Colour: blue
        NS: i <urn:ietf:params:imdn>
        i.Message-ID: Df34
        i.Disposition-Notification: positive-delivery, display

        Content-type: text/xml; charset=utf-8
        Content-ID: <part-1@example.com>

        <body>
        Bring cake.
        </body>
        """

    @Test("headers are found by namespace, whatever the prefix")
    func headers() throws {
        let message = try CPIMMessage(parsing: Self.typical.crlf)
        #expect(message.from == CPIMAddress(displayName: "Alice Example", uri: "im:alice@example.com"))
        #expect(message.to?.uri == "im:bob@example.net")
        #expect(message.instant == 976_743_600_000)
        #expect(message.subject == "tea at five")
        #expect(message.headers.filter { $0.name == "Subject" }.map(\.language) == [nil, "fr"])
        #expect(message.header("Colour", in: "urn:example:stamps")?.value == "blue")
        #expect(message.requiredHeaders.map(\.name) == ["Colour"])
        #expect(message.requiredHeaders.map(\.namespaceURI) == ["urn:example:stamps"])
        #expect(message.messageID == "Df34")
        #expect(message.dispositionRequests == [.positiveDelivery, .display])
        #expect(message.contentType?.essence == "text/xml")
        #expect(message.flaws.isEmpty)
        #expect(message.serialized() == Self.typical.crlf)
    }
}
