import Diagnostics
import Foundation
import Recordings

/// The reference enabler as a process of its own on a file, to be killed and started again at the same address.
actor KillableEnabler {
    private let program: String
    private let store: String
    private let options: [String]
    private var process: Process?
    private var ends: AsyncStream<Void>?
    /// Where it listens for SIP; 0 before its first start.
    private(set) var port = 0

    /// - Parameters:
    ///   - program: path of `cpmcheck`.
    ///   - store: path of the SQLite file.
    ///   - options: more options of `serve enabler`.
    init(program: String, store: String, options: [String]) {
        self.program = program
        self.store = store
        self.options = options
    }

    /// Starts it; done when it listens.
    ///
    /// - Throws: `durability.start` when it does not get ready within ten seconds.
    func start() async throws(Diagnostic) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["serve", "enabler", "--listen", "127.0.0.1:\(port)", "--store", store] + options
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let (text, feed) = AsyncStream.makeStream(of: String.self)
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            guard data.isEmpty else { return _ = feed.yield(String(decoding: data, as: UTF8.self)) }
            handle.readabilityHandler = nil
            feed.finish()
        }
        process.terminationHandler = { _ in ended.finish() }
        do {
            try process.run()
        } catch {
            output.fileHandleForReading.readabilityHandler = nil
            throw Self.trouble("'\(program)' cannot be started")
        }
        (self.process, self.ends) = (process, ends)
        let limit = startTask {
            guard (try? await Task.sleep(for: .seconds(10))) != nil else { return }
            feed.finish()
        }
        defer { limit.cancel() }
        var said = ""
        for await piece in text {
            said += piece
            if said.contains("\n") { break }
        }
        output.fileHandleForReading.readabilityHandler = nil
        guard let port = Self.port(in: said) else {
            await kill()
            throw Self.trouble("the enabler did not say that it is ready")
        }
        self.port = port
    }

    /// Ends it with SIGKILL; done when it is gone. Nothing happens when it does not run.
    func kill() async {
        guard let process, let ends else { return }
        (self.process, self.ends) = (nil, nil)
        if process.isRunning { _ = Foundation.kill(process.processIdentifier, SIGKILL) }
        for await _ in ends {}
    }

    private static func port(in said: String) -> Int? {
        guard said.hasPrefix("ready "), let end = said.firstIndex(of: "\n"),
            let place = try? JSONValue(parsing: String(said[..<end].dropFirst(6)))["sip"]?.string
        else { return nil }
        return place.split(separator: ":").last.flatMap { Int($0) }
    }

    private static func trouble(_ what: String) -> Diagnostic { Diagnostic(.harness, "durability.start", what) }
}
