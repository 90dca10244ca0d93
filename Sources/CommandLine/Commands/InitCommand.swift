import ArgumentParser
import Diagnostics
import Foundation
import TestCases

/// `cpmcheck init`: a commented description of an implementation, to be filled in.
struct InitCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Writes a commented description of an implementation, to be filled in.")

    @Option(help: ArgumentHelp("Of what: enabler or client.", valueName: "role"))
    var role: EmbeddedRole = .enabler

    @Argument(help: "The file to write; it must not exist yet. '-' prints it.")
    var file = "iut.yaml"

    func validate() throws {
        if role == .both { throw ValidationError("--role takes enabler or client") }
    }

    func perform(_ console: Console) async throws -> ExitStatus {
        let text = ImplementationDescription.commentedTemplate(for: role == .client ? .client : .enabler)
        if file == "-" {
            console.out(text)
            return .success
        }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .withoutOverwriting)
        } catch CocoaError.fileWriteFileExists {
            throw Diagnostic(
                .output, "init.exists", at: SourcePlace(file: file), "there is such a file already",
                instead: "name another one, or '-' to print the text")
        } catch CocoaError.fileNoSuchFile {
            throw Diagnostic(
                .output, "init.unwritable", at: SourcePlace(file: file), "there is no folder for this file",
                instead: "make the folder first, or name a file in one that is there")
        } catch {
            throw Diagnostic(
                .output, "init.unwritable", at: SourcePlace(file: file),
                "the file cannot be written: \(error.localizedDescription)")
        }
        console.problem("wrote \(file); fill it in, then try 'cpmcheck doctor --iut \(file)'")
        return .success
    }
}
