public import Connections
import Foundation

/// What `scripts/make-test-certificates` makes, in a temporary folder that goes with the value.
public final class TestCertificates: Sendable {
    /// Made once for all tests of a process, and removed when it ends.
    public static let shared = Result {
        let made = try TestCertificates()
        atexit { try? FileManager.default.removeItem(atPath: TestCertificates.sharedFolder) }
        return made
    }

    private static var sharedFolder: String { (try? shared.get().folder) ?? "/nowhere" }

    /// The absolute path, without a slash at its end.
    public let folder: String

    public init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/cpmcheck-certificates-\(UUID().uuidString)"
        var package = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { package = package.deletingLastPathComponent() }
        let maker = Process()
        maker.executableURL = URL(fileURLWithPath: "/bin/sh")
        maker.arguments = [package.path + "/scripts/make-test-certificates", folder]
        try maker.run()
        maker.waitUntilExit()
        if maker.terminationStatus != 0 { throw NotMade(status: maker.terminationStatus) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private struct NotMade: Error { let status: Int32 }

    /// A file of the script: `ca.pem`, `leaf.pem`, `leaf.key`, and so on.
    public func path(_ file: String) -> String { folder + "/" + file }

    /// A client that trusts the authority in `ca.pem`.
    public func client(serverName: String? = nil) throws -> TLSClient {
        try TLSClient(authorityFile: path("ca.pem"), serverName: serverName)
    }

    /// A server with `leaf`, `expired`, `wrong-name` or `unknown-ca`.
    public func server(_ name: String = "leaf") throws -> TLSServer {
        try TLSServer(certificateFile: path(name + ".pem"), keyFile: path(name + ".key"))
    }
}
