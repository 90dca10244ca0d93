import Connections
import Testing

@testable import SIP

/// What the client sends next; a test fails where it gives up.
private func answer(
    _ client: inout DigestClient, _ response: SIPMessage, _ request: SIPMessage
) throws -> SIPMessage {
    let next = client.answer(challenges: response, for: request)
    return try #require(next)
}

@Suite("Digest")
struct DigestTests {
    @Test("The numbers of RFC 7616 §3.9.1 come out", arguments: [
        (DigestAlgorithm.md5, "8ca523f5e9506fed4657c9700eebdbec"),
        (.sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ])
    func rfc7616(_ algorithm: DigestAlgorithm, _ response: String) {
        let input = DigestInput(
            algorithm: algorithm, user: "Mufasa", realm: "http-auth@example.org", password: "Circle of Life",
            method: "GET", uri: "/dir/index.html", nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            counted: .init(clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", count: "00000001"))
        #expect(input.response == response)
    }

    @Test("The number of RFC 2617 §3.5 comes out, and without qop that of RFC 2069 by its own formula")
    func rfc2617() {
        var input = DigestInput(
            algorithm: .md5, user: "Mufasa", realm: "testrealm@host.com", password: "Circle Of Life",
            method: "GET", uri: "/dir/index.html", nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
            counted: .init(clientNonce: "0a4f113b", count: "00000001"))
        #expect(input.response == "6629fae49393a05397450978507c4ef1")
        input.counted = nil
        #expect(input.response == "670fd8c2df070c60b045671b8b24ff02")
    }

    private func refusal(_ request: SIPMessage, _ challenges: [String], status: Int = 401) -> SIPMessage {
        var response = request.response(status, toTag: "t")
        for challenge in challenges {
            response.headers.add(status == 401 ? "WWW-Authenticate" : "Proxy-Authenticate", challenge)
        }
        return response
    }

    @Test("Client and server agree in each algorithm, the number goes up, and the user is named", arguments: [
        DigestAlgorithm.md5, .md5Session, .sha256, .sha256Session,
    ])
    func agree(_ algorithm: DigestAlgorithm) throws {
        var server = DigestServer(realm: "r, \"x\"", algorithms: [algorithm], tokens: TokenSource(seed: 1))
        var client = DigestClient(user: "alice", password: "pw")
        let request = try sampleMessage("REGISTER")
        #expect(server.verify(request, password: { _ in "pw" }, now: 0) == .missing)
        var refused = request.response(401)
        server.challenge(&refused, now: 0)
        let second = try answer(&client, refused, request)
        #expect(second.cseq?.number == 2)
        #expect(server.verify(second, password: { $0 == "alice" ? "pw" : nil }, now: 1) == .accepted(user: "alice"))
        #expect(server.verify(second, password: { _ in "pw" }, now: 1) == .stale, "the count was used before")
        let third = client.authorize(request)
        #expect(server.verify(third, password: { _ in "pw" }, now: 1) == .accepted(user: "alice"))
    }

    @Test("Of several challenges the first known one is answered")
    func several() throws {
        var client = DigestClient(user: "alice", password: "pw")
        let request = try sampleMessage("REGISTER")
        let response = refusal(request, [
            "Basic realm=\"r\"", "Digest realm=\"r\", nonce=\"n0\", algorithm=SHA-512-256, qop=\"auth\"",
            "Digest realm=\"r\", nonce=\"n1\", algorithm=sha-256, qop=\"auth-int,auth\", opaque=\"o\"",
            "Digest realm=\"r\", nonce=\"n2\", algorithm=MD5, qop=\"auth\"",
        ])
        let next = try answer(&client, response, request)
        let lines = next.headers.lines("Authorization")
        #expect(lines.count == 1)
        let fields = try #require(DigestFields(lines[0]))
        #expect(fields["nonce"] == "n1")
        #expect(fields["algorithm"] == "sha-256")
        #expect(fields["opaque"] == "o")
        #expect(fields["qop"] == "auth")
        #expect(fields["nc"] == "00000001")
        #expect(fields["uri"] == "sip:bob@example.test")
    }

    @Test("A proxy and a server are answered side by side")
    func twoRealms() throws {
        var client = DigestClient(user: "alice", password: "pw")
        let request = try sampleMessage("INVITE")
        let proxy = refusal(request, ["Digest realm=\"p\", nonce=\"np\", qop=\"auth\""], status: 407)
        let second = try answer(&client, proxy, request)
        let server = refusal(second, ["Digest realm=\"s\", nonce=\"ns\""])
        let third = try answer(&client, server, second)
        #expect(third.cseq?.number == 3)
        #expect(third.headers.lines("Proxy-Authorization").count == 1)
        #expect(third.headers.lines("Authorization").count == 1)
        #expect(!third.headers.lines("Authorization")[0].contains("qop"))
    }

    @Test("It gives up where it cannot answer", arguments: [
        "Digest realm=\"r\", nonce=\"n\", algorithm=AKAv1-MD5, qop=\"auth\"",
        "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"", "Digest realm=\"r\"", "Digest", "Basic realm=\"r\"",
    ])
    func cannot(_ challenge: String) throws {
        var client = DigestClient(user: "alice", password: "pw")
        let request = try sampleMessage("REGISTER")
        #expect(client.answer(challenges: refusal(request, [challenge]), for: request) == nil)
        #expect(client.answer(challenges: request.response(403), for: request) == nil)
    }

    @Test("A refused nonce is not tried twice unless it is stale; a wrong password ends after one try")
    func refused() throws {
        var client = DigestClient(user: "alice", password: "pw")
        let request = try sampleMessage("REGISTER")
        let challenge = "Digest realm=\"r\", nonce=\"n\", qop=\"auth\""
        let second = try answer(&client, refusal(request, [challenge]), request)
        #expect(client.answer(challenges: refusal(second, [challenge]), for: second) == nil)
        let other = "Digest realm=\"r\", nonce=\"m\", qop=\"auth\""
        var wrong = client
        #expect(wrong.answer(challenges: refusal(second, [other]), for: second) == nil)
        let stale = try answer(&client, refusal(second, [other + ", stale=TRUE"]), second)
        #expect(stale.headers["Authorization"]?.contains("nonce=\"m\"") == true)
        // Credentials that served before may meet a server that has forgotten its nonces.
        let later = client.authorize(request)
        #expect(client.answer(challenges: refusal(later, [challenge]), for: later) != nil)
    }

    @Test("The server tells wrong from stale, and takes counts that overtake each other once")
    func server() throws {
        var server = DigestServer(realm: "r", tokens: TokenSource(seed: 1), lifetime: 100)
        var client = DigestClient(user: "alice", password: "pw")
        let request = try sampleMessage("REGISTER")
        var refused = request.response(401)
        server.challenge(&refused, stale: true, now: 0)
        #expect(refused.headers.lines("WWW-Authenticate").count == 2)
        #expect(refused.headers.lines("WWW-Authenticate")[0].contains("SHA-256"))
        #expect(refused.headers.lines("WWW-Authenticate")[0].contains("stale=true"))
        let first = try answer(&client, refused, request)
        let second = client.authorize(request)
        let third = client.authorize(request)
        #expect(server.verify(third, password: { _ in "pw" }, now: 1) == .accepted(user: "alice"))
        #expect(server.verify(first, password: { _ in "pw" }, now: 1) == .accepted(user: "alice"))
        #expect(server.verify(first, password: { _ in "pw" }, now: 1) == .stale)
        #expect(server.verify(second, password: { _ in "other" }, now: 1) == .wrong)
        #expect(server.verify(second, password: { _ in nil }, now: 1) == .wrong)
        #expect(server.verify(second, password: { _ in "pw" }, now: 101) == .stale)
        #expect(server.verify(second, password: { _ in "pw" }, now: 100) == .accepted(user: "alice"))
        var broken = client.authorize(request)
        broken.headers.set("Authorization", "Digest realm=\"r\", username=\"alice\"")
        #expect(server.verify(broken, password: { _ in "pw" }, now: 1) == .wrong)
        broken.headers.set("Authorization", "Digest realm=\"other\"")
        #expect(server.verify(broken, password: { _ in "pw" }, now: 1) == .missing)
        var moved = client.authorize(request)
        moved.start = .request(method: .invite, uri: "sip:x")
        #expect(server.verify(moved, password: { _ in "pw" }, now: 1) == .wrong, "the method is covered")
    }

    @Test("A server remembers no more nonces than it may, the newest ones")
    func capacity() throws {
        var server = DigestServer(realm: "r", algorithms: [.md5], tokens: TokenSource(seed: 1), capacity: 2)
        let request = try sampleMessage("REGISTER")
        var clients: [DigestClient] = []
        var requests: [SIPMessage] = []
        for _ in 0..<3 {
            var client = DigestClient(user: "alice", password: "pw")
            var refused = request.response(401)
            server.challenge(&refused, now: 0)
            requests.append(try answer(&client, refused, request))
            clients.append(client)
        }
        let verdicts = requests.map { server.verify($0, password: { _ in "pw" }, now: 0) }
        #expect(verdicts == [.stale, .accepted(user: "alice"), .accepted(user: "alice")])
    }
}
