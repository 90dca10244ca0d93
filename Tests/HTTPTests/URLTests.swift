import Testing

@testable import HTTP

@Suite("URLs of the HTTP client")
struct URLTests {
    @Test("host, port and target are taken apart, with the ports that go without saying")
    func parts() throws {
        let plain = try HTTPURL("http://127.0.0.1:8080/tester/v1?after=3")
        #expect((plain.isSecure, plain.host, plain.port, plain.target) == (false, "127.0.0.1", 8080, "/tester/v1?after=3"))
        let secure = try HTTPURL("HTTPS://[::1]")
        #expect((secure.isSecure, secure.host, secure.port, secure.target) == (true, "::1", 443, "/"))
        #expect(secure.address == "[::1]:443")
        #expect(try HTTPURL("http://a.example?x").description == "http://a.example:80/?x")
    }

    @Test(
        "what is no URL to ask is refused with what to write",
        arguments: [
            ("ftp://a/", "http://HOST"), ("file:///etc/passwd", "http://HOST"), ("http://", "names no host"),
            ("http://a:0/", "1 to 65535"), ("http://a:99999/", "1 to 65535"), ("http://a:+80/", "1 to 65535"),
            ("http://a b/", "encode"), ("http://a/\r\nX: y", "encode"), ("http://[::1", "]"), ("http://[zz]/", "IPv6"),
            ("http://a/#there", "fragment"), ("http://ä.example/", "encode"), ("http://[::1]x/", "1 to 65535"),
        ])
    func refused(_ text: String, _ says: String) {
        #expect { try HTTPURL(text) } throws: { "\($0)".contains(says) }
    }

    @Test("a password in a URL is refused and not repeated")
    func password() {
        #expect { try HTTPURL("http://user:secret@a/") } throws: { error in
            "\(error)".contains("credentials") && !"\(error)".contains("secret")
        }
    }
}
