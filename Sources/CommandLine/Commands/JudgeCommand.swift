import ArgumentParser
import Diagnostics
import Foundation
import Judging
import Recordings
import Reporting
import TestCases

/// `cpmcheck judge RECORDING…`: the verdicts of recordings, without playing anything.
struct JudgeCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge",
        abstract: "Judges recordings again, on this machine or another.",
        discussion: """
            The verdicts come from the recordings alone and are those of the run that made them. Folders are \
            searched for .ndjson files.
            """)

    @Argument(help: "Recording files, or folders of them.")
    var recordings: [String]

    @Option(help: ArgumentHelp("Also write junit.xml and results.json there.", valueName: "dir"))
    var reports: String?

    func perform(_ console: Console) async throws -> ExitStatus {
        let started = Date()
        let files = try Self.files(recordings)
        var cases: [CaseResult] = []
        var implementation = ""
        for file in files {
            let recording = try RecordingReader.read(file)
            if implementation.isEmpty { implementation = Self.implementation(recording) }
            var result = try Judge().judge(recording)
            result.recording = reports.flatMap { Self.name(of: file, inReports: $0) }
            cases.append(result)
        }
        let claimed = Array(Set(cases.flatMap { $0.requirements + $0.checks.flatMap(\.requirements) }))
            .sorted { $0.rawValue < $1.rawValue }
        let run = RunResult(
            command: "judge", started: RecordingHeader.timestamp(milliseconds: started.millisecondsSince1970),
            seconds: -started.timeIntervalSinceNow, implementation: implementation, cases: cases,
            requirements: RequirementVerdicts.settle(cases, claimed: claimed))
        if let reports { try ReportFolder(reports).finish(run, planned: run) }
        console.out(Self.text(of: run, coloured: console.isTerminal))
        return ExitStatus(run)
    }

    static func text(of run: RunResult, coloured: Bool) -> String {
        let report = TerminalReport(coloured: coloured)
        return report.text(of: run, planned: run)
    }

    /// Folders are replaced by the recordings in them.
    private static func files(_ named: [String]) throws -> [String] {
        try named.flatMap { name -> [String] in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), isFolder.boolValue else {
                return [name]
            }
            let all = (try? FileManager.default.contentsOfDirectory(atPath: name)) ?? []
            let inside = all.filter { $0.hasSuffix(".ndjson") }
            guard !inside.isEmpty else {
                throw Diagnostic(
                    .input, "judge.no-recording", at: SourcePlace(file: name), "there is no .ndjson file in this folder",
                    instead: "name the recordings, or the folder 'recordings' of a report")
            }
            return inside.sorted().map { name + "/" + $0 }
        }
    }

    /// The name of a recording that already lies where the reports look for it; nil for all others.
    private static func name(of file: String, inReports reports: String) -> String? {
        let url = URL(fileURLWithPath: file).standardizedFileURL
        let folder = URL(fileURLWithPath: reports + "/recordings").standardizedFileURL
        return url.deletingLastPathComponent().path == folder.path ? url.lastPathComponent : nil
    }

    private static func implementation(_ recording: Recording) -> String {
        let party = recording.header.iut["iut"]
        return [party?["name"]?.string, party?["version"]?.string].compactMap { $0 }.filter { !$0.isEmpty }
            .joined(separator: " ")
    }
}

extension Date {
    /// Milliseconds since 1970.
    var millisecondsSince1970: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
}
