internal import Crypto
internal import Foundation
public import Diagnostics

/// Reads recordings, also those of strangers: everything is checked, nothing is believed.
public enum RecordingReader {
    /// Bytes of the longest line that is read or recorded.
    public static let longestLine = 64 * 1024 * 1024
    /// Nesting of arrays and objects in one line.
    public static let deepestNesting = 64
    /// Nanoseconds of the longest recording: a year, with which sums of times stay far from what a number holds.
    public static let longestTime: Int64 = 365 * 86_400 * 1_000_000_000
    /// Steps of the longest case.
    public static let mostSteps = 1_000_000

    /// Reads a file of at most `limits.recording` bytes.
    ///
    /// A file without its end is read as far as it goes and comes back `truncated`. Throws a diagnostic of the family
    /// `input` at `file:line`: unreadable or too large, no recording, an unknown major version, a line that is not
    /// what it should be, a gap in `n`, a footer or digest that does not fit.
    public static func read(_ path: String, limits: Limits = Limits()) throws(Diagnostic) -> Recording {
        try read(try WholeFile.read(path, limit: limits.recording), name: path)
    }

    /// The same for bytes at hand; `name` stands for the file in diagnostics.
    public static func read(_ bytes: [UInt8], name: String) throws(Diagnostic) -> Recording {
        var reading = Reading(name: name)
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
            let line = bytes[start..<(end ?? bytes.endIndex)]
            try reading.take(line, isWhole: end != nil, before: bytes[..<start])
            start = end.map { $0 + 1 } ?? bytes.endIndex
        }
        return try reading.finish()
    }
}

/// The state of reading one file, line by line.
private struct Reading {
    let name: String
    var lineNumber = 0
    var header: RecordingHeader?
    var lines: [RecordedLine] = []
    var footer: RecordingFooter?
    /// The file stopped in the middle of a line.
    var brokeOff = false

    func problem(_ code: String, _ what: String, instead: String? = nil, column: Int = 0) -> Diagnostic {
        Diagnostic(
            .input, "recording.\(code)", at: SourcePlace(file: name, line: lineNumber, column: column), what,
            instead: instead)
    }

    mutating func take(
        _ line: ArraySlice<UInt8>, isWhole: Bool, before: ArraySlice<UInt8>
    ) throws(Diagnostic) {
        lineNumber += 1
        guard footer == nil else { throw problem("damaged", "there is more after the footer") }
        guard line.count <= RecordingReader.longestLine else {
            throw problem("line-too-long", "the line is longer than \(RecordingReader.longestLine) bytes")
        }
        guard isWhole || header == nil else {
            brokeOff = true
            return
        }
        let members = try self.members(of: line)
        if header == nil {
            header = try HeaderDecoding.header(from: members, reading: problem)
        } else if members["kind"] == "footer" {
            footer = try checkedFooter(members, before: before)
        } else {
            lines.append(try event(members))
        }
    }

    func finish() throws(Diagnostic) -> Recording {
        guard let header else {
            throw problem("not-a-recording", "the file is empty", instead: "name a file that 'cpmcheck run' wrote")
        }
        return Recording(header: header, lines: lines, footer: footer, truncated: footer == nil || brokeOff)
    }

    private func members(of line: ArraySlice<UInt8>) throws(Diagnostic) -> [String: JSONValue] {
        do {
            let value = try JSONValue(
                parsing: Array(line), maximumBytes: RecordingReader.longestLine,
                maximumDepth: RecordingReader.deepestNesting)
            if let members = value.object { return members }
        } catch {
            throw problem("syntax", error.what, column: error.offset + 1)
        }
        throw problem("syntax", "the line is no JSON object")
    }

    private func checkedFooter(
        _ members: [String: JSONValue], before: ArraySlice<UInt8>
    ) throws(Diagnostic) -> RecordingFooter {
        guard let count = members["count"]?.int, let sum = members["sha256"]?.string else {
            throw problem("damaged", "the footer has no 'count' and 'sha256'")
        }
        guard count == lines.count else {
            throw problem("damaged", "the footer counts \(count) lines and there are \(lines.count)")
        }
        guard sum == hexadecimal(SHA256.hash(data: before)) else {
            throw problem(
                "damaged", "the SHA-256 in the footer is not that of the lines before it",
                instead: "use the file as it was written; an edited recording cannot be judged")
        }
        return RecordingFooter(count: count, sha256: sum)
    }

    private func event(_ members: [String: JSONValue]) throws(Diagnostic) -> RecordedLine {
        guard let n = members["n"]?.int, let t = members["t"]?.int64, let kind = members["kind"]?.string else {
            throw problem("field", "the line lacks 'n', 't' or 'kind', or one of them is of the wrong type")
        }
        guard n == lines.count + 1 else {
            throw problem("gap", "the line has the number \(n) where \(lines.count + 1) must follow")
        }
        guard t >= lines.last?.t ?? 0, t <= RecordingReader.longestTime else {
            throw problem("time", "the line has the time \(t), which must be from \(lines.last?.t ?? 0), where the line before it "
                + "is, to \(RecordingReader.longestTime) nanoseconds")
        }
        try checkNumbers(members)
        var line = RecordedLine(n: n, t: t, kind: RecordedKind(kind))
        line.actor = try optional("actor", in: members, \.string)
        line.conn = try optional("conn", in: members, \.int)
        var own = LineEncoding.ownKeys
        if line.kind == .bytes {
            try fillBytes(&line, from: members)
            own = LineEncoding.ownKeysOfBytes
        }
        line.fields = members.filter { !own.contains($0.key) }
        return line
    }

    /// Durations and numbers of steps are counted with: none may be beyond what a run could have written. The step -1 is
    /// that of waits between the steps.
    private func checkNumbers(_ members: [String: JSONValue]) throws(Diagnostic) {
        if let ms = members["ms"]?.int64, !(0...RecordingReader.longestTime / 1_000_000).contains(ms) {
            throw problem("time", "'ms' is \(ms), which is no duration of a run")
        }
        for key in ["index", "of"] {
            guard let number = members[key]?.int64, !(-1..<Int64(RecordingReader.mostSteps)).contains(number) else { continue }
            throw problem("field", "'\(key)' is \(number), and no case has such a step")
        }
    }

    private func fillBytes(_ line: inout RecordedLine, from members: [String: JSONValue]) throws(Diagnostic) {
        guard let direction = members["dir"]?.string.flatMap(RecordedDirection.init) else {
            throw problem("field", "'dir' of a line of bytes must be \"in\" or \"out\"")
        }
        guard line.conn != nil else { throw problem("field", "a line of bytes lacks 'conn'") }
        line.direction = direction
        line.masked = try optional("masked", in: members, \.bool) ?? false
        let text = try optional("text", in: members, \.string)
        let coded = try optional("base64", in: members, \.string)
        switch (text, coded) {
        case (let text?, nil):
            line.payload = Array(text.utf8)
        case (nil, let coded?):
            guard let payload = Recordings.bytes(base64: coded) else { throw problem("field", "'base64' is not base 64") }
            line.payload = payload
        default:
            throw problem("field", "a line of bytes must have exactly one of 'text' and 'base64'")
        }
    }

    private func optional<Value>(
        _ key: String, in members: [String: JSONValue], _ type: (JSONValue) -> Value?
    ) throws(Diagnostic) -> Value? {
        guard let value = members[key] else { return nil }
        guard let typed = type(value) else { throw problem("field", "'\(key)' is of the wrong type") }
        return typed
    }
}
