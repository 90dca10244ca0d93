public import Diagnostics
public import Judging
internal import Foundation
public import Recordings

/// The folder that `--reports` names: `junit.xml`, `results.json` and `recordings/`. Nobody else writes there.
///
/// Every file is written beside its place and moved there, so a reader never sees half of one. All errors are
/// diagnostics of the family `output`.
public struct ReportFolder: Sendable {
    public let path: String

    /// Makes the folder, if it is not there, and finds out at once whether it can be written to.
    public init(_ path: String) throws(Diagnostic) {
        self.path = path
        try WholeFile.makeFolder(path)
    }

    /// Takes the reports of an earlier run away, where there are any, since the one that was asked for will not be.
    public static func withdraw(_ path: String) throws(Diagnostic) {
        let folder = ReportFolder(known: path)
        for file in [folder.junit, folder.results] { try WholeFile.remove(file) }
    }

    private init(known path: String) { self.path = path }

    public var junit: String { inside("junit.xml") }
    public var results: String { inside("results.json") }
    public var recordings: String { inside("recordings") }

    private func inside(_ name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

    /// Writes both reports with every case not finished: whatever happens to the process, nobody takes the reports
    /// of an earlier run, or none at all, for the result of this one. Recordings of an earlier run are removed: those
    /// that stay would be judged together with the new ones.
    ///
    /// - Parameter keeping: names of recordings of this run that are there already.
    public func begin(_ planned: RunResult, keeping: Set<String> = []) throws(Diagnostic) {
        try WholeFile.makeFolder(recordings)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: recordings)) ?? []
        for name in names where name.hasSuffix(Self.recordingSuffix) && !keeping.contains(name) { try WholeFile.remove("\(recordings)/\(name)") }
        var nothing = planned
        nothing.cases = []
        try write(nothing, planned: planned)
    }

    /// Writes both reports; if one cannot be written, the other is all the same.
    ///
    /// Planned cases that have no result are reported as not finished.
    public func finish(_ run: RunResult, planned: RunResult) throws(Diagnostic) {
        try write(run, planned: planned)
    }

    /// Writes the recording of a case and returns its name under `recordings/`.
    public func write(_ recording: Recording, of caseID: String) throws(Diagnostic) -> String {
        let name = Self.fileName(for: caseID)
        try WholeFile.makeFolder(recordings)
        try RecordingWriter.write(recording, to: "\(recordings)/\(name)")
        return name
    }

    private static let recordingSuffix = ".ndjson"

    /// `ID.ndjson`; an ID that came from elsewhere cannot lead out of the folder.
    public static func fileName(for caseID: String) -> String {
        let safe = caseID.unicodeScalars.prefix(200).map { scalar -> Character in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            return isPlain || "-_.@".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
        }
        let name = String(safe)
        return (name.isEmpty || name.hasPrefix(".") ? "_" + name : name) + recordingSuffix
    }

    private func write(_ run: RunResult, planned: RunResult) throws(Diagnostic) {
        var first: Diagnostic?
        for (path, text) in [
            (junit, JUnitReport().text(of: run, planned: planned)),
            (results, ResultsReport().text(of: run, planned: planned)),
        ] {
            do throws(Diagnostic) {
                try WholeFile.write(Array(text.utf8), to: path)
            } catch {
                first = first ?? error
            }
        }
        if let first { throw first }
    }
}
