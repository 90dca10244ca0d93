import Testing

@testable import Recordings

struct CredentialMaskTests {
    private func masked(_ text: String, split: Int? = nil) -> (text: String, any: Bool) {
        var mask = CredentialMask()
        let bytes = Array(text.utf8)
        var first = Array(bytes[..<(split ?? bytes.count)])
        var second = Array(bytes[(split ?? bytes.count)...])
        let anyFirst = mask.apply(to: &first)
        let anySecond = mask.apply(to: &second)
        return (String(decoding: first + second, as: UTF8.self), anyFirst || anySecond)
    }

    private static let head = "REGISTER sip:h SIP/2.0\r\n"

    @Test(
        "Secrets are overwritten, and nothing else",
        arguments: [
            (
                "Authorization: Digest username=\"a\", nonce=\"n\", response=\"abc\", cnonce=\"c\"\r\n",
                "Authorization: Digest username=\"a\", nonce=\"n\", response=\"***\", cnonce=\"c\"\r\n"
            ),
            ("proxy-authorization :  digest RESPONSE = abc ,nc=1\r\n", "proxy-authorization :  digest RESPONSE = *** ,nc=1\r\n"),
            ("Authorization: Digest\r\n response=\"a\\\"b\"\r\n", "Authorization: Digest\r\n response=\"****\"\r\n"),
            ("Authorization: Digest realm=\"response=x\", response=\"y\"\r\n", "Authorization: Digest realm=\"response=x\", response=\"*\"\r\n"),
            ("Authorization: Digest response=\"a\r\n\tb\",nc=1\r\n", "Authorization: Digest response=\"*\r\n**\",nc=1\r\n"),
            ("Authorization: Basic YTpi\r\n Zm9v\r\nTo: x\r\n", "Authorization: Basic ****\r\n ****\r\nTo: x\r\n"),
            ("Authentication-Info: nextnonce=\"n\", rspauth=\"q\"\r\n", "Authentication-Info: nextnonce=\"n\", rspauth=\"*\"\r\n"),
            ("To: <sip:bob:pa$$,w@h>;response=\"x\"\r\n", "To: <sip:bob:******@h>;response=\"x\"\r\n"),
            ("To: SIPS:bob:1234@h, <sip:a:b@c>\r\n", "To: SIPS:bob:****@h, <sip:a:*@c>\r\n"),
        ])
    func secrets(text: String, expected: String) {
        let result = masked(Self.head + text)
        #expect(result.text == Self.head + expected)
        #expect(result.any)
    }

    @Test(
        "Text without secrets stays as it is",
        arguments: [
            "WWW-Authenticate: Digest nonce=\"n\", realm=\"r\"\r\n", "X-Authorization: Digest response=\"abc\"\r\n",
            "Contact: <sip:h:5060;transport=tcp>, <sip:a@h:5060>\r\n", "Contact: <sip:[::1]:5060>, \"x@y\" <sip:b@c>\r\n",
            "Subject: Authorization: Digest response=\"abc\"\r\n", "To: gossip:a:b@c\r\n",
            "\r\n response=\"abc\"\r\n",
        ])
    func harmless(text: String) {
        let result = masked(Self.head + text)
        #expect(result.text == Self.head + text)
        #expect(!result.any)
    }

    @Test("Wherever a read ends, no secret is seen")
    func splits() {
        let text =
            Self.head + "Authorization: Digest username=\"a\",\r\n response=\"secret\", nc=1\r\n"
            + "Proxy-Authorization: Basic secret\r\nTo: <sip:bob:secret@h:5060>\r\n\r\n"
        let expected = text.replacing("secret", with: "******")
        for split in 0...text.utf8.count { #expect(masked(text, split: split).text == expected) }
    }

    @Test("A port at the end of a read is not taken for a password")
    func port() {
        let text = "INVITE sip:h:5060;lr SIP/2.0\r\n"
        for split in 0...text.utf8.count { #expect(masked(text, split: split).text == text) }
    }
}
