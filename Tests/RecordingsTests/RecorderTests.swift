import Diagnostics
import Foundation
import Testing

@testable import Recordings

struct RecorderTests {
    private func recorder(limit: Int = 1 << 20) -> Recorder {
        var time: Int64 = 0
        var limits = Limits()
        limits.recording = limit
        return Recorder(
            header: Sample.header,
            now: {
                time += 5
                return time
            }, limits: limits)
    }

    @Test("Lines are numbered without gaps, timed, and carry the actor of their connection")
    func numbering() {
        let recorder = recorder()
        recorder.note("begin")
        let first = recorder.open(actor: "alice", proto: "sip", accepted: false, local: "a", remote: "b")
        let second = recorder.open(actor: "bob", proto: "msrp", accepted: true, local: "c", remote: "d")
        recorder.secured(first, version: "TLSv1.3")
        recorder.bytes([1], .sent, on: second)
        recorder.close(first, cause: "closed here")
        #expect((first, second) == (1, 2))
        #expect(recorder.lines.map(\.n) == [1, 2, 3, 4, 5, 6])
        #expect(recorder.lines.map(\.t) == [5, 10, 15, 20, 25, 30])
        #expect(recorder.lines.map(\.actor) == [nil, "alice", "bob", "alice", "bob", "alice"])
        #expect(recorder.lines.map(\.conn) == [nil, 1, 2, 1, 2, 1])
        #expect(recorder.lines[1].fields == ["proto": "sip", "accepted": false, "local": "a", "remote": "b"])
    }

    @Test("The footer known at the end is the one that the written file has")
    func footer() throws {
        let recorder = recorder()
        for line in Sample.lines {
            if let payload = line.payload {
                recorder.bytes(payload, .sent, on: 1)
            } else {
                recorder.add(line.kind, actor: line.actor, fields: line.fields)
            }
        }
        let recording = recorder.finish()
        let read = try RecordingReader.read(RecordingWriter.bytes(of: recording), name: "sample")
        #expect(read.footer == recording.footer)
        #expect(read == recording)
    }

    @Test("A listener sees every line once and in order, also those it causes itself")
    func listening() {
        let recorder = recorder()
        var seen: [Int] = []
        recorder.onLine = { line in
            seen.append(line.n)
            if line.n == 1 {
                recorder.note("caused")
                recorder.note("caused as well")
            }
        }
        recorder.note("first")
        recorder.note("last")
        #expect(seen == [1, 2, 3, 4])
    }

    @Test("At its limit the recording ends with a note, drops the rest and still reads")
    func limit() throws {
        let recorder = recorder(limit: 8 * 1024)
        let connection = recorder.open(actor: "alice", proto: "msrp", accepted: false, local: "a", remote: "b")
        for _ in 0..<100 { recorder.bytes(Array(repeating: 0, count: 1000), .received, on: connection) }
        #expect(recorder.isFull)
        #expect(recorder.lines.last?.kind == .note)
        #expect(recorder.lines.last?["full"] == true)
        let bytes = RecordingWriter.bytes(of: recorder.finish())
        #expect(bytes.count <= 8 * 1024)
        #expect(try RecordingReader.read(bytes, name: "sample").lines == recorder.lines)
    }

    @Test("Of a full recording it is still said how the case ended, within the limit, and nothing else is kept")
    func wordsAtTheEnd() throws {
        let recorder = recorder(limit: 8 * 1024)
        let connection = recorder.open(actor: "alice", proto: "msrp", accepted: false, local: "a", remote: "b")
        for _ in 0..<100 { recorder.bytes(Array(repeating: 0, count: 1000), .received, on: connection) }
        let count = recorder.lines.count
        recorder.note("only a remark")
        for _ in 0..<100 { recorder.add(.note, fields: ["text": "called off", "trouble": "cancelled"]) }
        #expect(recorder.lines.count > count)
        #expect(recorder.lines.dropFirst(count).allSatisfy { $0["trouble"] == "cancelled" })
        let recording = recorder.finish()
        #expect(recording.fullNote?.n == count)
        let bytes = RecordingWriter.bytes(of: recording)
        #expect(bytes.count <= 8 * 1024)
        #expect(try RecordingReader.read(bytes, name: "sample") == recording)
    }

    @Test("Recordings that are held at once share their room; it is free again when they are gone")
    func space() {
        let space = RecordingSpace(limit: 4000)
        func recorder(_ share: RecordingSpace.Share) -> Recorder {
            Recorder(header: Sample.header, now: { 1 }, share: share)
        }
        func fill(_ recorder: Recorder) {
            while !recorder.isFull, recorder.lines.count < 100 { recorder.note(String(repeating: "a", count: 500)) }
        }
        do {
            let share = space.share()
            let (first, second) = (recorder(share), recorder(space.share()))
            fill(first)
            #expect(first.isFull)
            #expect(first.finish().fullNote?["text"]?.string?.contains("4000 bytes for all recordings at once") == true)
            fill(second)
            #expect(second.lines.count < 3, "the first has taken nearly all")
            #expect(space.used > 3000 && space.used <= 4000)
        }
        #expect(space.used == 0)
        let third = recorder(space.share())
        third.note("room")
        #expect(!third.isFull)
    }

    @Test("Credentials on a SIP connection are masked although a read ends inside them, and the line says so")
    func masking() {
        let recorder = recorder()
        let connection = recorder.open(actor: "alice", proto: "sip", accepted: false, local: "a", remote: "b")
        recorder.bytes(Array("REGISTER sip:h SIP/2.0\r\nAuthorization: Digest response=\"0123".utf8), .sent, on: connection)
        recorder.bytes(Array("4567\"\r\n\r\n".utf8), .received, on: connection)
        recorder.bytes(Array("4567\"\r\n\r\n".utf8), .sent, on: connection)
        #expect(recorder.lines[1].payloadText?.hasSuffix("response=\"****") == true)
        #expect(recorder.lines[2].payloadText == "4567\"\r\n\r\n")
        #expect(recorder.lines[3].payloadText == "****\"\r\n\r\n")
        #expect(recorder.lines.map(\.masked) == [false, true, false, true])
    }

    @Test("What people write in a chat is kept as it is")
    func chat() {
        let recorder = recorder()
        let connection = recorder.open(actor: "alice", proto: "msrp", accepted: false, local: "a", remote: "b")
        let text = "MSRP 1 SEND\r\n\r\nAuthorization: Basic abc\r\nsip:a:b@c"
        recorder.bytes(Array(text.utf8), .sent, on: connection)
        #expect(recorder.lines[1].payloadText == text)
        #expect(!recorder.lines[1].masked)
    }

    @Test("Wall clock times are written as RFC 3339, leap days and years before 1970 included")
    func timestamps() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_123, "2000-02-29T00:00:00.123Z"),
            (1_777_627_800_250, "2026-05-01T09:30:00.250Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] as [(Int64, String)] {
            #expect(RecordingHeader.timestamp(milliseconds: milliseconds) == text)
        }
    }
}
