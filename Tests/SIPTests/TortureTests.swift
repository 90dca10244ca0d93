import Diagnostics
import Foundation
import SIP
import Testing

/// `Fixtures/sip-torture`: each file with what it must come to.
@Suite("Torture collection")
struct TortureTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/sip-torture")

    private static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(name + ".sip")))
    }

    private static func names(_ kind: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(kind).path)
            .filter { $0.hasSuffix(".sip") }.map { String($0.dropLast(4)) }.sorted()
    }

    private func valid(_ name: String) throws -> SIPMessage {
        try #require(parse(try Self.bytes("valid/" + name)).messages.first)
    }

    @Test("Every valid file gives whole messages with all that a request needs, whole or byte by byte, and round again")
    func allValid() throws {
        for name in try Self.names("valid") {
            let bytes = try Self.bytes("valid/" + name)
            let whole = parse(bytes)
            #expect(whole.error == nil, "\(name): \(whole.error.map(\.description) ?? "")")
            #expect(whole.pending == 0, "\(name)")
            #expect(whole.messages.count == (name == "two-in-one" ? 2 : 1), "\(name)")
            #expect(parse(bytes, pieces: [1]) == whole, "\(name)")
            #expect(parse(bytes, pieces: [7, 2, 31]) == whole, "\(name)")
            for message in whole.messages {
                #expect(message.topVia?.branch?.isEmpty == false, "\(name)")
                #expect(message.cseq != nil, "\(name)")
                #expect(message.from?.tag != nil, "\(name)")
                #expect(message.to != nil, "\(name)")
                #expect(message.callID?.isEmpty == false, "\(name)")
                var expected = message
                if let index = expected.headers.lastIndex(where: { $0.isNamed("l") }) {
                    if expected.headers.lines("l").count > 1 { expected.headers.fields.remove(at: index) }
                }
                expected.headers.set("l", String(message.body.count))
                #expect(parse(message.serialized()).messages == [expected], "\(name)")
            }
        }
    }

    @Test("What the valid files show")
    func showsValid() throws {
        let odd = try valid("odd-but-right")
        #expect(odd.to?.tag == "55-x")
        #expect(odd.from?.displayName == "Ada \"L\"")
        #expect(odd.from?.tag == "ad4")
        #expect(odd.cseq == SIPCSeq(number: 9, method: .invite))
        #expect(odd.headers.values("Via").count == 2)
        #expect(odd.topVia?.branch == "z9hG4bKodd")
        #expect(odd.headers["Subject"] == "")
        #expect(odd.headers["newfangled"] == "newfangled value continued newfangled value")
        #expect(odd.contacts.first?.displayName == "Quoted, comma;")
        #expect(odd.contacts.first?.parameters["q"] == "0.33")
        #expect(odd.routes.first?.sipURI?.isLooseRouter == true)

        let tokens = try valid("every-token-character")
        #expect(tokens.method?.rawValue == "!odd-Method0123456789_*+`.%now'~")
        #expect(tokens.headers["TOKEN-!.%*_+`'~"] == "any value")
        let uri = try #require(tokens.requestURI.flatMap { SIPURI($0) })
        #expect(uri.port == 5080)
        #expect(uri.password == "p&=+$,")

        let escaped = try #require(try valid("escapes").requestURI.flatMap { SIPURI($0) })
        #expect(escaped.user == "sips%3Auser%40origin.example")
        #expect(escaped.host == "target.example")

        let nulls = try valid("null-escape").contacts.compactMap(\.sipURI)
        #expect(nulls.count == 2)
        #expect(!nulls[0].isEquivalent(to: nulls[1]))

        #expect(try valid("utf8").reason?.hasSuffix("просто") == true)
        #expect(try valid("utf8").from?.displayName == "Ada Ł. 名前")
        #expect(try valid("empty-reason").reason == "")
        #expect(try valid("long-values").headers.values("v").count == 34)
        #expect(try valid("unknown-scheme").to?.uri == "isbn:2983792873")
        #expect(try valid("unknown-scheme").to?.sipURI == nil)
    }

    @Test("What the other valid files show")
    func showsMore() throws {
        let two = parse(try Self.bytes("valid/two-in-one"))
        #expect(two.messages.map { String(decoding: $0.body, as: UTF8.self) } == ["first", "second"])
        #expect(two.pings == 1)
        #expect(try valid("binary-body").body.count == 279)
        let vias = try valid("vias-in-one-line")
        #expect(vias.headers.values("Via").count == 3)
        #expect(vias.topVia?.host == "2001:db8::9:1")
        #expect(vias.topVia?.parameters["note"] == "a,b;c")
        #expect(vias.response(200).headers.values("Via") == vias.headers.values("Via"))
        #expect(try valid("star-contact").contacts.first?.uri == "*")
        #expect(try valid("star-contact").expires == 0)
        #expect(try valid("semicolons-in-user").requestURI.flatMap { SIPURI($0) }?.user == "user;par=u%40example.net")
        #expect(try valid("largest-cseq").cseq?.number == 2_147_483_647)
        #expect(try valid("length-twice").body == Array("four".utf8))
        let contact = try #require(try valid("header-parameters-outside").contacts.first)
        #expect(contact.uri == "sip:+19725552222@gw.example")
        #expect(contact.parameters.has("unknownparam"))
    }

    private static let refused: [String: SIPParseError] = [
        "bare-line-feed": .lineEnd, "carriage-return-in-line": .lineEnd, "zero-in-head": .controlCharacter(0),
        "latin1": .notUTF8("Subject"), "no-length": .contentLengthMissing,
        "negative-length": .contentLengthInvalid("-999"), "length-list": .contentLengthInvalid("0, 0"),
        "lengths-differ": .contentLengthConflict(5, 0),
        "gigabyte": .bodyTooLarge(announced: 1_073_741_824, limit: 1_048_576),
        "version-seven": .version("OPTIONS sip:ben@target.example SIP/7.0"),
        "two-blanks": .startLine("OPTIONS  sip:ben@target.example SIP/2.0"),
        "blank-in-uri": .startLine("OPTIONS sip:ben@target.example; lr SIP/2.0"),
        "blank-behind-version": .startLine("OPTIONS sip:ben@target.example SIP/2.0 "),
        "status-of-four-digits": .startLine("SIP/2.0 4294967301 better not break the receiver"),
        "no-colon": .header("Subject is missing its colon"), "blank-in-name": .header("Sub ject: tea"),
        "folded-start-line": .header("  continued"), "another-protocol": .startLine("GET / HTTP/1.1"),
        "tls-hello": .controlCharacter(0x16),
    ]

    /// Files that parse, with the part that then cannot be read or does not fit.
    private static let unreadable: [String: @Sendable (SIPMessage) -> Bool] = [
        "cseq-too-large": { $0.cseq == nil }, "open-quote": { $0.from == nil }, "open-angle": { $0.to == nil },
        "cseq-of-another-method": { $0.cseq?.method != $0.method }, "via-without-host": { $0.topVia == nil },
        "uri-in-angles": { $0.requestURI.flatMap { SIPURI($0) } == nil },
    ]

    private static let unfinished: Set<String> = ["body-cut", "head-cut"]

    @Test("Every invalid file is refused with its reason, stays unfinished, or gives nil for its broken part")
    func allInvalid() throws {
        let names = try Self.names("invalid")
        #expect(Set(names) == Set(Self.refused.keys).union(Self.unreadable.keys).union(Self.unfinished))
        for name in names {
            let bytes = try Self.bytes("invalid/" + name)
            let whole = parse(bytes)
            #expect(parse(bytes, pieces: [1]) == whole, "\(name)")
            if let error = Self.refused[name] {
                #expect(whole.error == error, "\(name): \(whole.error.map(\.description) ?? "taken")")
                #expect(whole.messages.isEmpty, "\(name)")
            } else if Self.unfinished.contains(name) {
                #expect(whole.messages.isEmpty && whole.error == nil && whole.pending == bytes.count, "\(name)")
            } else {
                let message = try #require(whole.messages.first, "\(name)")
                #expect(Self.unreadable[name]?(message) == true, "\(name)")
            }
        }
    }

    @Test("The table in README.md names every file")
    func table() throws {
        let text = try String(contentsOf: Self.folder.appendingPathComponent("README.md"), encoding: .utf8)
        for kind in ["valid", "invalid"] {
            for name in try Self.names(kind) { #expect(text.contains("| `\(kind)/\(name).sip` |")) }
        }
    }

    @Test("Any single byte of a valid file changed, added or left out never crashes and never depends on the cuts")
    func mutations() throws {
        var seed: UInt64 = 7
        func next(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % UInt64(bound))
        }
        for name in try Self.names("valid") where name != "long-values" {
            let bytes = try Self.bytes("valid/" + name)
            for _ in 0..<60 {
                var changed = bytes
                let place = next(changed.count)
                switch next(3) {
                case 0: changed[place] = UInt8(next(256))
                case 1: changed.insert(UInt8(next(256)), at: place)
                default: changed.remove(at: place)
                }
                let whole = parse(changed)
                #expect(parse(changed, pieces: [1]) == whole, "\(name) at \(place)")
                for message in whole.messages {
                    _ = message.response(200, toTag: "t").serialized()
                    _ = (message.topVia, message.from, message.to, message.cseq, message.contacts, message.routes)
                }
            }
        }
    }
}
