import ArgumentParser
import Diagnostics
import Foundation
import TestCases

/// Where the suites are: by option, by environment, beside the program, or in the package.
struct SuiteOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of the suites.", discussion: SuiteOptions.order, valueName: "dir"))
    var suites: String?

    private static let order = "Otherwise $CPMCHECK_SHARE, then ../share/cpmcheck beside the program, then the package."

    /// The folder, and the words that say why it is this one.
    struct Place {
        var path: String
        var why: String
    }

    /// - Throws: `Diagnostic` (`suites.missing`) when no place has them.
    func place(_ console: Console) throws -> Place {
        if let suites {
            guard Self.isFolder(suites) else {
                throw Diagnostic(
                    .input, "suites.missing", at: SourcePlace(file: suites), "there is no such folder",
                    instead: "name the folder that holds requirements.yaml")
            }
            return Place(path: suites, why: "given by --suites")
        }
        var tried: [String] = []
        for candidate in candidates(console) {
            if Self.isFolder(candidate.path) { return candidate }
            tried.append(candidate.path)
        }
        throw Diagnostic(
            .input, "suites.missing", "no suites were found; tried \(tried.joined(separator: ", "))",
            instead: "name their folder with --suites")
    }

    private func candidates(_ console: Console) -> [Place] {
        var places: [Place] = []
        if let share = console.environment["CPMCHECK_SHARE"], !share.isEmpty {
            places.append(Place(path: share + "/Suites", why: "given by CPMCHECK_SHARE"))
        }
        let program = URL(fileURLWithPath: console.program).resolvingSymlinksInPath().deletingLastPathComponent()
        places.append(
            Place(
                path: program.deletingLastPathComponent().path + "/share/cpmcheck/Suites", why: "beside the program"))
        // A program that was built in its package stands in .build/CONFIGURATION or .build/TRIPLE/CONFIGURATION.
        var folder = program
        for _ in 0..<5 {
            folder = folder.deletingLastPathComponent()
            if Self.isFile(folder.path + "/Package.swift") {
                places.append(Place(path: folder.path + "/Suites", why: "in the package"))
                break
            }
        }
        return places
    }

    private static func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    private static func isFile(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
