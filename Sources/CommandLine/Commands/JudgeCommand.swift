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
            The verdicts come from the recordings alone and are those of the run that made them. Of a folder, the \
            .ndjson files in it are taken, or those in its folder 'recordings' when it has none itself; all have to \
            be of one implementation, or of one enabler and one client. A case during which its run was interrupted is \
            not finished here either.
            """)

    @Argument(help: "Recording files, or folders of them.")
    var recordings: [String]

    @OptionGroup var suites: SuiteOptions

    @Option(help: ArgumentHelp("Also write junit.xml and results.json there.", valueName: "dir"))
    var reports: String?

    func perform(_ console: Console) async throws -> ExitStatus {
        let started = Date()
        let files = try Self.files(recordings)
        var scopes = RecordedScopes()
        let (cases, implementation, isInterrupted) = try judged(files, &scopes)
        var run = RunResult(
            command: "judge", started: RecordingHeader.timestamp(milliseconds: started.millisecondsSince1970),
            seconds: -started.timeIntervalSinceNow, implementation: implementation, cases: cases)
        run.interrupted = isInterrupted
        RunVerdicts(try catalogue(of: cases, console), scopes.all).settle(&run)
        if let reports { try ReportFolder(reports).finish(run, planned: run) }
        console.out(Self.text(of: run, coloured: console.isTerminal))
        return ExitStatus(run)
    }

    /// Each recording is read and let go before the next; what is wrong with several of them is said of all.
    private func judged(
        _ files: [String], _ scopes: inout RecordedScopes
    ) throws -> ([CaseResult], implementation: String, isInterrupted: Bool) {
        var cases: [CaseResult] = []
        var isInterrupted = false
        var mistakes: [Diagnostic] = []
        var implementations: [String] = []
        var byRole: [String: [String]] = [:]
        for file in files {
            do {
                let recording = try RecordingReader.read(file)
                let name = Self.implementation(recording)
                if !implementations.contains(name) { implementations.append(name) }
                byRole[recording.header.iut["role"]?.string ?? "", default: []].append(name)
                let unfinished = try Judge().unfinished(recording)
                isInterrupted = isInterrupted || unfinished != nil
                var result = try unfinished ?? Judge().judge(recording)
                scopes.take(recording)
                result.recording = reports.flatMap { Self.name(of: file, inReports: $0) }
                cases.append(result)
            } catch let list as DiagnosticList {
                mistakes += list.all
            } catch let diagnostic as Diagnostic {
                mistakes.append(diagnostic)
            }
        }
        guard mistakes.isEmpty else { throw DiagnosticList(mistakes) }
        // An enabler and a client are judged by other cases.
        for names in byRole.values { try Self.refuseSeveral(names) }
        return (cases, implementations.joined(separator: ", "), isInterrupted)
    }

    /// Verdicts on several implementations in one report would look like those on one.
    private static func refuseSeveral(_ implementations: [String]) throws(Diagnostic) {
        var counts: [String: Int] = [:]
        for name in implementations { counts[name, default: 0] += 1 }
        guard counts.count > 1 else { return }
        let said = counts.sorted { $0.key < $1.key }.map { "\(escapedPeerText($0.key, limit: 100)) (\($0.value))" }
        throw Diagnostic(
            .input, "judge.several-implementations",
            "the recordings are of several implementations: \(said.joined(separator: ", "))",
            instead: "judge those of one at a time")
    }

    /// The suites' catalogue where there is one; else what the recordings name, as requirements of everybody.
    private func catalogue(of cases: [CaseResult], _ console: Console) throws -> RequirementCatalogue {
        if let place = try? suites.place(console), let loaded = try? SuiteLoader.load(directory: place.path) {
            return loaded.catalogue
        }
        let named = Set(cases.flatMap { $0.requirements + $0.checks.flatMap(\.requirements) })
        return RequirementCatalogue(naming: named.sorted(), role: .enabler)
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
            for folder in [name, name + "/recordings"] {
                let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                let inside = all.filter { $0.hasSuffix(".ndjson") }
                if !inside.isEmpty { return inside.sorted().map { folder + "/" + $0 } }
            }
            throw Diagnostic(
                .input, "judge.no-recording", at: SourcePlace(file: name),
                "there is no .ndjson file in this folder, nor in a folder 'recordings' of it",
                instead: "name the recordings, or the folder of a report")
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
