import Foundation

/// The folder of test documents, found from this file.
enum Fixture {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")
}

extension String {
    var bytes: [UInt8] { Array(utf8) }
    /// Line feeds as CRLF.
    var crlf: [UInt8] { Array(replacing("\n", with: "\r\n").utf8) }
}
