import Diagnostics
import Recordings

/// What `run --verbose` says of a line of a recording. Words of peers are escaped, since they end on a terminal.
enum CourseSentence {
    /// Nil for lines that tell of the wire: those are for the recording.
    static func of(_ line: RecordedLine) -> String? {
        guard let text = text(of: line) else { return nil }
        return "\(seconds(line.t)) \(escapedPeerText(text, limit: 1000))"
    }

    private static func text(of line: RecordedLine) -> String? {
        switch line.kind {
        case .act: act(line)
        case .wait: wait(line)
        case .note: note(line)
        case .stall: "the harness was held up for \(line["ms"]?.int64 ?? 0) ms"
        default: nil
        }
    }

    private static func act(_ line: RecordedLine) -> String {
        let step = line["index"]?.int.map { "step \($0 + 1): " } ?? ""
        let word = line["step"]?.string ?? ""
        guard word == "done" else { return step + word + (line.actor.map { " by \($0)" } ?? "") }
        guard line["result"]?.string == "unmet" else { return step + "done" }
        return step + "not reached: " + (line["awaited"]?.strings ?? []).joined(separator: "; ")
    }

    private static func wait(_ line: RecordedLine) -> String? {
        let awaited = (line["awaited"]?.strings ?? []).joined(separator: "; ")
        let limit = "\(line["ms"]?.int64 ?? 0) ms, timer '\(line["limit"]?.string ?? "")'"
        switch line["state"]?.string {
        case "begun": return "waits for \(awaited) (\(limit))"
        case "unmet": return "waited in vain for \(awaited) (\(limit))"
        default: return nil
        }
    }

    private static func note(_ line: RecordedLine) -> String? {
        line["text"]?.string.map { line["trouble"] == nil ? $0 : "trouble: \($0)" }
    }

    /// Since the case began, with three decimals.
    private static func seconds(_ t: Int64) -> String {
        let milliseconds = String(t / 1_000_000 % 1000)
        return "\(t / 1_000_000_000).\(String(repeating: "0", count: 3 - milliseconds.count))\(milliseconds) s"
    }
}
