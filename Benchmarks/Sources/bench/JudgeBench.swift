import Diagnostics
import Facts
import Judging
import Recordings

/// Lines of recordings read, decoded into facts and judged.
struct JudgeBench {
    let rounds: Int

    func run(_ name: String, _ path: String, _ report: (Figure) -> Void) throws {
        let section = "Lines of a recording per second of CPU"
        let recording = try RecordingReader.read(path)
        let lines = recording.lines.count
        let judge = Judge()
        let facts = FactDecoder.facts(of: recording).count
        let verdict = try judge.judge(recording).verdict
        let what = "\(name), \(Table.number(Double(lines))) lines"
        report(
            Figure(section, what + ", judged", try perSecond(batch: lines, rounds: rounds) { keep(try judge.judge(recording)) }, "/s")
                .saying("\(Table.number(Double(facts))) facts; verdict \(verdict)"))
        report(
            Figure(
                section, what + ", decoded into facts",
                perSecond(batch: lines, rounds: rounds) { keep(FactDecoder.facts(of: recording)) }, "/s"))
        report(
            Figure(
                section, what + ", the facts themselves",
                perSecond(batch: facts, rounds: rounds) { keep(FactDecoder.facts(of: recording)) }, "/s"))
        report(
            Figure(
                section, what + ", read from the file",
                try perSecond(batch: lines, rounds: rounds) { keep(try RecordingReader.read(path)) }, "/s"))
    }
}
