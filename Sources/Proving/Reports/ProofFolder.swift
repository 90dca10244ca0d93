public import Diagnostics
public import Recordings
import Reporting

/// The folder of the proof: `matrix.json`, `matrix.md`, `matrix.html`, and the recordings that are to be looked at.
public struct ProofFolder: Sendable {
    public let path: String

    /// Makes the folder, if it is not there. Throws a `Diagnostic` of the family `output`.
    public init(reports: String) throws(Diagnostic) {
        path = (reports.hasSuffix("/") ? reports : reports + "/") + "proof"
        try WholeFile.makeFolder(path + "/recordings")
    }

    /// Writes the matrix in every form, each as a whole. If one cannot be written, the others are all the same.
    public func write(_ matrix: KillMatrix) throws(Diagnostic) {
        var first: Diagnostic?
        let files = [
            ("matrix.json", matrix.json.indentedText + "\n"), ("matrix.md", matrix.markdown), ("matrix.html", matrix.html),
        ]
        for (name, text) in files {
            do throws(Diagnostic) {
                try WholeFile.write(Array(text.utf8), to: "\(path)/\(name)")
            } catch {
                first = first ?? error
            }
        }
        if let first { throw first }
    }

    /// Writes the recording of a cell and returns its name under `recordings/`.
    public func write(_ recording: Recording, of cell: ProofCell) throws(Diagnostic) -> String {
        let name = ReportFolder.fileName(for: "\(cell.subject.name)--\(cell.caseID)")
        try RecordingWriter.write(recording, to: "\(path)/recordings/\(name)")
        return name
    }
}
