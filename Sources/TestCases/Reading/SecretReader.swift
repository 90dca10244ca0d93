internal import Diagnostics
import Foundation

/// Reads words that must not stand in a description: it says where they are.
struct SecretReader {
    let file: String
    let environment: [String: String]
    let findings: Findings

    /// A relative name counts from the directory of the description.
    func path(_ name: String) -> String {
        if name.hasPrefix("/") { return name }
        guard let slash = file.lastIndex(of: "/") else { return name }
        return String(file[...slash]) + name
    }

    /// - Parameters:
    ///   - kind: `password` or `token`.
    ///   - filled: what becomes of the name of the variable or file.
    func read(_ node: DocumentNode, _ kind: String, _ filled: (String) -> String = { $0 }) -> Secret? {
        if node.scalar != nil {
            findings.add(
                "iut.literal-\(kind)", node.place, "a \(kind) must not stand in this file",
                "write '\(kind): { env: NAME }' or '\(kind): { file: NAME }'")
            return nil
        }
        guard let section = Section(node, "a \(kind)", keys: ["env", "file"], findings: findings) else { return nil }
        switch (section.string("env"), section.string("file")) {
        case (let name?, nil):
            let name = filled(name)
            if let value = environment[name], !value.isEmpty { return Secret(value) }
            findings.addShared("iut.no-credential", node.place, "set it before running") { users in
                "the environment has no \(escapedPeerText(name))" + (users > 1 ? ", which \(users) users take their \(kind) from" : "")
            }
        case (nil, let name?):
            let path = path(filled(name))
            if let line = SecretReader.firstLine(of: path) { return Secret(line) }
            let isThere = FileManager.default.fileExists(atPath: path)
            findings.add(
                "iut.no-credential", node.place, isThere ? "the file \(path) holds no \(kind)" : "there is no file \(path)",
                isThere ? "put it on its first line" : "put the \(kind) on the first line of that file, or name another")
        default:
            findings.add("iut.\(kind)", node.place, "a \(kind) comes from one place", "write 'env' or 'file'")
        }
        return nil
    }

    /// The first line that is not empty, of a small text; nil when there is none.
    static func firstLine(of path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 4096,
            let text = String(validating: data, as: UTF8.self)
        else { return nil }
        return text.split(whereSeparator: \.isNewline).first.map(String.init)
    }
}
