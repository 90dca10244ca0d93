import Diagnostics
import Foundation

/// The file of `name:password` lines that `serve enabler --passwords` reads.
enum PasswordFile {
    static let limit = 4 * 1024 * 1024

    /// - Returns: in the order of the file.
    /// - Throws: `Diagnostic` (`serve.passwords`) with the line that is none.
    static func read(_ file: String) throws(Diagnostic) -> [(name: String, password: String)] {
        guard let data = FileManager.default.contents(atPath: file), data.count <= limit,
            let text = String(validating: data, as: UTF8.self)
        else {
            throw Diagnostic(
                .input, "serve.passwords", at: SourcePlace(file: file), "the file cannot be read",
                instead: "name a text file with one name:password a line")
        }
        var all: [(name: String, password: String)] = []
        var names: Set<String> = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where !line.isEmpty {
            func wrong(_ what: String, _ instead: String) -> Diagnostic {
                Diagnostic(
                    .input, "serve.passwords", at: SourcePlace(file: file, line: index + 1), what, instead: instead)
            }
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else {
                throw wrong("the line is no name:password", "write one a line, such as cpm-1:secret")
            }
            let name = String(line[..<colon])
            // With a URI the name would be its scheme, and everybody would get 401.
            if ["sip", "sips", "tel"].contains(name.lowercased()) {
                throw wrong(
                    "the line begins with '\(name):', as a URI does", "write the name for digest alone, such as cpm-1:secret")
            }
            guard names.insert(name).inserted else {
                throw wrong("the name \(escapedPeerText(name, limit: 60)) is there twice", "keep one of the lines")
            }
            all.append((name, String(line[line.index(after: colon)...])))
        }
        return all
    }
}
