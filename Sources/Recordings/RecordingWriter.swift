internal import Crypto
internal import Foundation
public import Diagnostics

/// Writes recordings as NDJSON: header, lines, footer, one JSON object each.
public enum RecordingWriter {
    /// The bytes of the file. The footer is computed from the bytes before it, whatever `recording.footer` says.
    public static func bytes(of recording: Recording) -> [UInt8] {
        var out: [UInt8] = []
        LineEncoding.append(recording.header, to: &out)
        for line in recording.lines { LineEncoding.append(line, to: &out) }
        let sum = hexadecimal(SHA256.hash(data: out))
        LineEncoding.append(RecordingFooter(count: recording.lines.count, sha256: sum), to: &out)
        return out
    }

    /// Writes the file beside its place and moves it there, so that no reader ever sees half of it.
    ///
    /// Throws a diagnostic of the family `output`.
    public static func write(_ recording: Recording, to path: String) throws(Diagnostic) {
        try WholeFile.write(bytes(of: recording), to: path)
    }
}
