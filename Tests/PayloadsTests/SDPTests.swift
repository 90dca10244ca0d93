import Diagnostics
import Payloads
import Testing

@Suite("SDP and MSRP media")
struct SDPTests {
    private static func media(_ lines: String, session: String = "") throws -> MSRPMedia? {
        let text = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n" + session + lines
        return MSRPMedia(try SessionDescription(parsing: text.crlf))
    }

    private static func offer(setup: MSRPSetup? = nil, direction: MediaDirection = .sendrecv) -> MSRPMedia {
        var media = MSRPMedia(host: "192.0.2.1", port: 7000, path: ["msrp://192.0.2.1:7000/a;tcp"], setup: setup)
        media.direction = direction
        return media
    }

    @Test("the MSRP medium is found among others, with all that it says")
    func found() throws {
        let media = try #require(
            try Self.media(
                """
                m=audio 4000 RTP/AVP 0
                a=sendrecv
                m=message 7394 tcp/tls/msrp *
                c=IN IP6 2001:db8::9
                a=accept-types:message/cpim application/conference-info+xml
                a=accept-wrapped-types:text/plain message/imdn+xml
                a=max-size:20480
                a=path:msrps://relay.example:2855/r;tcp msrps://[2001:db8::9]:7394/s;tcp
                a=setup:active
                a=fingerprint:SHA-256 AA:BB
                a=sendonly
                a=file-selector:x

                """))
        #expect(media.host == "2001:db8::9")
        #expect(media.port == 7394)
        #expect(media.secure)
        #expect(media.path == ["msrps://relay.example:2855/r;tcp", "msrps://[2001:db8::9]:7394/s;tcp"])
        #expect(media.setup == .active)
        #expect(media.maxSize == 20480)
        #expect(media.direction == .sendonly)
        #expect(media.fingerprints == ["SHA-256 AA:BB"])
        #expect(media.otherAttributes == [SDPAttribute("file-selector", "x")])
        #expect(media.accepts(.cpim))
        #expect(!media.accepts(.plainText))
        #expect(media.accepts(.plainText, wrapped: true))
    }

    @Test("without a setup there is none, and session attributes count where the medium is silent")
    func defaults() throws {
        let line = "m=message 9 TCP/MSRP *\na=path:msrp://192.0.2.1:9/s;tcp\n"
        let plain = try #require(try Self.media(line))
        #expect(plain.setup == nil)
        #expect(plain.direction == .sendrecv)
        #expect(plain.host == "192.0.2.1")
        #expect(try Self.media(line, session: "a=inactive\na=setup:passive\n")?.direction == .inactive)
        #expect(try Self.media(line, session: "a=inactive\na=setup:passive\n")?.setup == .passive)
        #expect(try Self.media(line + "a=recvonly\n", session: "a=inactive\n")?.direction == .recvonly)
        #expect(try Self.media("m=audio 9 RTP/AVP 0\n") == nil)
        #expect(try Self.media("m=message 9 TCP/BFCP *\n") == nil)
    }

    @Test("an offer that is written is read as it was", arguments: ["192.0.2.1", "2001:db8::1", "[2001:db8::1]", "client.example"])
    func offerRoundTrip(host: String) throws {
        var media = Self.offer(setup: .actpass, direction: .sendonly)
        media.host = host
        media.acceptTypes = ["message/cpim"]
        media.acceptWrappedTypes = ["text/plain", "*"]
        media.maxSize = 1000
        media.fingerprints = ["SHA-256 00"]
        media.otherAttributes = [SDPAttribute("x", "y:z")]
        let bytes = media.description(sessionID: "42", version: 3).serialized()
        let read = try SessionDescription(parsing: bytes)
        media.host = host.filter { $0 != "[" && $0 != "]" }
        #expect(MSRPMedia(read) == media)
        #expect(read.connection?.addressType == (host.contains(":") ? "IP6" : "IP4"))
        #expect(read.origin.sessionVersion == "3")
    }

    @Test("the setup of an answer fits the offer's", arguments: [
        (nil, .active, nil, .offerer), (.active, .active, .passive, .offerer), (.passive, nil, .active, .answerer),
        (.actpass, nil, .active, .answerer), (.actpass, .passive, .passive, .offerer), (.holdconn, .active, .holdconn, .nobody),
    ] as [(MSRPSetup?, MSRPSetup?, MSRPSetup?, MSRPConnector)])
    func setups(offered: MSRPSetup?, wish: MSRPSetup?, answered: MSRPSetup?, connector: MSRPConnector) throws {
        let offer = Self.offer(setup: offered)
        let mine = MSRPMedia(host: "192.0.2.2", port: 9, path: ["msrp://192.0.2.2:9/b;tcp"], setup: wish)
        let answer = try #require(mine.answer(to: offer.description(sessionID: "1"), sessionID: "2"))
        let media = try #require(MSRPMedia(answer))
        #expect(media.setup == answered)
        #expect(MSRPMedia.connector(offer: offer, answer: media) == connector)
    }

    @Test("an answer that says nothing of setup leaves it to the offerer, unless the offer is passive")
    func silentAnswer() {
        let silent = Self.offer()
        #expect(MSRPMedia.connector(offer: Self.offer(setup: .actpass), answer: silent) == .offerer)
        #expect(MSRPMedia.connector(offer: Self.offer(setup: .passive), answer: silent) == .answerer)
    }

    @Test("the direction of an answer is the offer's turned round, or less", arguments: [
        (.sendonly, .sendrecv, .recvonly), (.recvonly, .sendrecv, .sendonly), (.inactive, .sendrecv, .inactive),
        (.sendrecv, .sendrecv, .sendrecv), (.sendrecv, .recvonly, .recvonly), (.sendonly, .sendonly, .inactive),
    ] as [(MediaDirection, MediaDirection, MediaDirection)])
    func directions(offered: MediaDirection, wish: MediaDirection, answered: MediaDirection) throws {
        var mine = Self.offer()
        mine.direction = wish
        let answer = try #require(
            mine.answer(to: Self.offer(direction: offered).description(sessionID: "1"), sessionID: "2"))
        #expect(MSRPMedia(answer)?.direction == answered)
    }

    @Test("an answer refuses the other media, each in its place")
    func otherMedia() throws {
        var offer = Self.offer().description(sessionID: "1")
        let audio = MediaDescription(media: "audio", port: 4000, transport: "RTP/AVP", formats: ["0", "8"])
        offer.media = [audio, offer.media[0], offer.media[0]]
        let answer = try #require(Self.offer().answer(to: offer, sessionID: "2"))
        #expect(answer.media.map(\.port) == [0, 7000, 0])
        #expect(answer.media[0].formats == ["0", "8"])
    }

    @Test("among several MSRP media the first that is open and fits is answered")
    func severalMSRP() throws {
        var refused = Self.offer()
        refused.port = 0
        var secure = Self.offer()
        secure.secure = true
        var offer = Self.offer().description(sessionID: "1")
        offer.media = [refused.mediaDescription, secure.mediaDescription, Self.offer(setup: .passive).mediaDescription]
        #expect(MSRPMedia(offer)?.secure == true)
        let answer = try #require(Self.offer().answer(to: offer, sessionID: "2"))
        #expect(answer.media.map(\.port) == [0, 0, 7000])
        #expect(MSRPMedia(answer)?.setup == .active)
    }

    @Test("there is no answer to an offer without open MSRP of the same security")
    func noAnswer() throws {
        let mine = Self.offer()
        var refused = Self.offer()
        refused.port = 0
        #expect(mine.answer(to: refused.description(sessionID: "1"), sessionID: "2") == nil)
        var secure = Self.offer()
        secure.secure = true
        #expect(mine.answer(to: secure.description(sessionID: "1"), sessionID: "2") == nil)
        let empty = SessionDescription(origin: SDPOrigin(sessionID: "1", address: SDPAddress(host: "192.0.2.1")))
        #expect(mine.answer(to: empty, sessionID: "2") == nil)
    }

    @Test("a description larger than the limit is refused")
    func limit() {
        var limits = Limits()
        limits.sipBody = 10
        #expect { try SessionDescription(parsing: "v=0\r\no=- 1 1 IN IP4 h\r\n".bytes, limits: limits) } throws: {
            ($0 as? PayloadError)?.code == .tooLarge
        }
    }
}
