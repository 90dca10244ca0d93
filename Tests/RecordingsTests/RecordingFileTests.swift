import Diagnostics
import Foundation
import Testing

@testable import Recordings

struct RecordingFileTests {
    @Test("What was written is read back equal, and written again byte for byte")
    func roundTrip() throws {
        let bytes = RecordingWriter.bytes(of: Sample.recording)
        let read = try RecordingReader.read(bytes, name: "sample")
        #expect(read.header == Sample.header)
        #expect(read.lines == Sample.lines)
        #expect(read.footer?.count == 4)
        #expect(!read.truncated)
        #expect(RecordingWriter.bytes(of: read) == bytes)
    }

    @Test("Valid UTF-8 stands as text, with controls escaped; all else as base 64")
    func forms() {
        let lines = String(decoding: RecordingWriter.bytes(of: Sample.recording), as: UTF8.self).split(separator: "\n")
        #expect(
            lines[2]
                == #"{"n":2,"t":20,"kind":"bytes","actor":"alice","conn":1,"dir":"out","text":"OPTIONS \"\\\u001b\u007fé𝄞\r\n\t\r\n"}"#
        )
        #expect(
            lines[3]
                == #"{"n":3,"t":30,"kind":"bytes","actor":"alice","conn":1,"dir":"in","masked":true,"later":{"a":[true]},"base64":"AP/D"}"#
        )
    }

    @Test("Every length and value of bytes survives, as text or as base 64", arguments: 0...66)
    func anyBytes(count: Int) throws {
        var state = UInt64(count) &* 0x9E37_79B9_7F4A_7C15 | 1
        let random = (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        for payload in [random, random.map { $0 & 0x7F }, Array(repeating: 0xFF, count: count)] {
            let line = RecordedLine(n: 1, t: 0, kind: .bytes, conn: 1, direction: .sent, payload: payload)
            let bytes = RecordingWriter.bytes(of: Recording(header: Sample.header, lines: [line]))
            #expect(try RecordingReader.read(bytes, name: "sample").lines == [line])
        }
    }

    @Test("Base 64 agrees with the test vectors of RFC 4648 and refuses what is not exact")
    func base64Vectors() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            #expect(base64(Array(plain.utf8)) == coded)
            #expect(bytes(base64: coded) == Array(plain.utf8))
        }
        for wrong in ["Zg=", "Zg", "Zh==", "Z===", "====", "Zm9v\n", "Zm-v", "=Zm9"] {
            #expect(bytes(base64: wrong) == nil, "\(wrong)")
        }
    }

    @Test("A file without its end is read as far as it goes, at every length, and says so")
    func truncation() throws {
        let bytes = RecordingWriter.bytes(of: Sample.recording)
        let lineEnds = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
        for length in (lineEnds[0] + 1)..<bytes.count {
            let read = try RecordingReader.read(Array(bytes[..<length]), name: "sample")
            let whole = lineEnds.dropFirst().filter { $0 < length }.count
            #expect(read.truncated)
            #expect(read.lines == Array(Sample.lines.prefix(whole)))
        }
    }

    @Test("A higher minor version is read, and what it added is kept; another major version is refused")
    func versions() throws {
        var header = Sample.header
        header.version = "1.7"
        header.extra = ["mood": "sunny"]
        let bytes = RecordingWriter.bytes(of: Recording(header: header, lines: []))
        #expect(try RecordingReader.read(bytes, name: "sample").header == header)
        #expect(RecordingWriter.bytes(of: try RecordingReader.read(bytes, name: "sample")) == bytes)

        for version in ["2.0", "10.0", "", "one"] {
            header.version = version
            let problem = Sample.problem(reading: RecordingWriter.bytes(of: Recording(header: header, lines: [])))
            #expect(problem?.code == "recording.version")
            #expect(problem?.family == .input)
        }
    }

    @Test("A case altered after it was recorded is noticed by its digest")
    func digest() {
        let text = String(decoding: RecordingWriter.bytes(of: Sample.recording), as: UTF8.self)
        let altered = text.replacingOccurrences(of: "058a-sample", with: "058b-sample")
        #expect(Sample.problem(reading: Array(altered.utf8))?.code == "recording.digest")
    }

    @Test("Time never goes back, and may stand still")
    func rising() throws {
        let lines = [#"{"n":1,"t":5,"kind":"note"}"#, #"{"n":2,"t":5,"kind":"note"}"#]
        #expect(try RecordingReader.read(Sample.file(lines), name: "sample").lines.count == 2)
        let problem = Sample.problem(reading: Sample.file(lines + [#"{"n":3,"t":4,"kind":"note"}"#]))
        #expect(problem?.code == "recording.time")
        #expect(problem?.place?.line == 4)
    }

    @Test("A changed byte anywhere before the footer is noticed")
    func damage() {
        let bytes = RecordingWriter.bytes(of: Sample.recording)
        let text = String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "rain", with: "snow")
        let problem = Sample.problem(reading: Array(text.utf8))
        #expect(problem?.code == "recording.damaged")
        #expect(problem?.place == SourcePlace(file: "sample.ndjson", line: 6))
        #expect(Sample.problem(reading: bytes + Array("{}\n".utf8))?.code == "recording.damaged")
    }

    @Test(
        "A line that is not what it should be is refused with its place",
        arguments: [
            (#"{"n":2,"t":0,"kind":"note"}"#, "recording.gap"),
            (#"{"n":"1","t":0,"kind":"note"}"#, "recording.field"),
            (#"{"n":1,"kind":"note"}"#, "recording.field"),
            (#"{"n":1,"t":0.5,"kind":"note"}"#, "recording.field"),
            (#"{"n":1,"t":0,"kind":"note","actor":7}"#, "recording.field"),
            (#"{"n":1,"t":-1,"kind":"note"}"#, "recording.time"),
            (#"{"n":1,"t":-9223372036854775808,"kind":"note"}"#, "recording.time"),
            (#"{"n":1,"t":9223372036854775807,"kind":"note"}"#, "recording.time"),
            (#"{"n":1,"t":0,"kind":"stall","ms":9223372036854775807}"#, "recording.time"),
            (#"{"n":1,"t":0,"kind":"wait","ms":-1}"#, "recording.time"),
            (#"{"n":1,"t":0,"kind":"act","step":"done","index":9223372036854775807}"#, "recording.field"),
            (#"{"n":1,"t":0,"kind":"act","step":"done","index":-2}"#, "recording.field"),
            (#"{"n":1,"t":0,"kind":"bytes","conn":1,"dir":"up","text":""}"#, "recording.field"),
            (#"{"n":1,"t":0,"kind":"bytes","dir":"in","text":""}"#, "recording.field"),
            (#"{"n":1,"t":0,"kind":"bytes","conn":1,"dir":"in"}"#, "recording.field"),
            (#"{"n":1,"t":0,"kind":"bytes","conn":1,"dir":"in","text":"","base64":""}"#, "recording.field"),
            (#"{"n":1,"t":0,"kind":"bytes","conn":1,"dir":"in","base64":"Zg="}"#, "recording.field"),
            (#"{"n":1,"t":0,"kind":"note","text":"\ud800"}"#, "recording.syntax"),
            (#"{"n":1,"t":0,"kind":"note","a":1,"a":2}"#, "recording.syntax"),
            (#"{"n":1,"t":0,"kind":"note""#, "recording.syntax"),
            ("[]", "recording.syntax"), ("", "recording.syntax"),
            (#"{"n":1,"t":0,"kind":"note","x":"# + String(repeating: "[", count: 70), "recording.syntax"),
            (#"{"kind":"footer","count":1,"sha256":""}"#, "recording.damaged"),
            (#"{"kind":"footer"}"#, "recording.damaged"),
        ])
    func refusedLines(line: String, code: String) {
        let problem = Sample.problem(reading: Sample.file([line]))
        #expect(problem?.code == code)
        #expect(problem?.place?.line == 2)
        #expect(problem?.description.hasPrefix("sample.ndjson:2:") == true)
    }

    @Test("What is no recording at all is refused as such", arguments: ["", "{}\n", #"{"format":"har","version":"1.0"}"# + "\n"])
    func foreign(text: String) {
        #expect(Sample.problem(reading: Array(text.utf8))?.code == "recording.not-a-recording")
    }

    @Test("A header without one of its members is refused", arguments: HeaderDecoding.ownKeys.subtracting(["kind"]).sorted())
    func headerMembers(key: String) throws {
        let line = Array(Sample.file([]).dropLast())
        var members = try #require(try JSONValue(parsing: line).object)
        members[key] = nil
        let problem = Sample.problem(reading: JSONValue.object(members).canonicalBytes + Array("\n".utf8))
        #expect(problem?.place?.line == 1)
    }

    @Test("The file of format 1.0 that was kept from the first version still reads")
    func oldFixture() throws {
        let path = Fixture.path("recordings/format-1.0.ndjson")
        let recording = try RecordingReader.read(path)
        #expect(recording.header.version == "1.0")
        #expect(recording.header.seed == 18_446_744_073_709_551_615)
        #expect(recording.lines.map(\.kind.rawValue) == ["act", "wait", "open", "tls", "bytes", "bytes", "wait", "stall", "note", "future", "close"])
        #expect(recording.lines[4].payloadText?.hasPrefix("REGISTER sip:cpm.example SIP/2.0\r\n") == true)
        #expect(recording.lines[4].masked)
        #expect(recording.lines[5].payload == [0x53, 0x49, 0x50, 0xFF, 0x00])
        #expect(recording.lines[9]["anything"]?["nested"] == [1, 2])
        #expect(!recording.truncated)
        #expect(RecordingWriter.bytes(of: recording) == (try WholeFile.read(path, limit: 1 << 20)))
    }

    @Test("The file of format 1.1 has the answers of an operator, member by member")
    func answersFixture() throws {
        let path = Fixture.path("recordings/format-1.1.ndjson")
        let recording = try RecordingReader.read(path)
        #expect(recording.header.version == "1.1")
        #expect(RecordingHeader.currentVersion == "1.1")
        #expect(recording.lines.map(\.kind) == [.act, .answer, .answer])
        #expect(recording.lines[1].fields == ["asked": "Go on-line: let the client sign in as Carol <sip:carol@cpm.example>.", "answer": "done"])
        #expect(recording.lines[2]["checks"] == ["shown.complete", "shown.only"])
        #expect(recording.lines[2]["about"] == ["came m1 id-1"])
        #expect(recording.lines[2]["remark"] == "nothing stands there")
        #expect(RecordingWriter.bytes(of: recording) == (try WholeFile.read(path, limit: 1 << 20)))
    }
}

/// Files under `Fixtures`.
enum Fixture {
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
    }
}

struct RecordingSchemaTests {
    @Test("The published schema names the members and kinds that the code knows")
    func agrees() throws {
        let schema = try JSONValue(parsing: WholeFile.read(Fixture.path("recordings/format-1.1.schema.json"), limit: 1 << 20))
        let definitions = try #require(schema["$defs"]?.object)
        let header = Set(definitions["header"]?["required"]?.strings ?? [])
        #expect(header == HeaderDecoding.ownKeys)
        let event = Set(definitions["event"]?["properties"]?.object?.keys.map { $0 } ?? [])
        #expect(event == LineEncoding.ownKeys)
        let bytes = Set(definitions["bytes"]?["properties"]?.object?.keys.map { $0 } ?? [])
        #expect(event.union(bytes) == LineEncoding.ownKeysOfBytes)
        let kinds: [RecordedKind] = [.open, .tls, .bytes, .close, .act, .wait, .note, .stall, .answer]
        for kind in kinds { #expect(definitions[kind.rawValue] != nil, "\(kind)") }
    }
}
