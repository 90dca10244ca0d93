import Diagnostics
import Foundation
import Recordings
import Synchronization
import TestSupport
import Testing

@testable import CommandLine

/// What a command wrote, from any thread.
final class Captured: Sendable {
    private let texts = Mutex((out: "", err: ""))

    var out: String { texts.withLock { $0.out } }
    var err: String { texts.withLock { $0.err } }

    func console(
        environment: [String: String] = [:], isTerminal: Bool = false,
        input: @escaping @Sendable () async -> ConsoleInput? = { .end },
        interruption: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .seconds(1_000_000)) }
    ) -> Console {
        Console(
            out: { text in self.texts.withLock { $0.out += text } },
            err: { text in self.texts.withLock { $0.err += text } },
            environment: environment, isTerminal: isTerminal, program: Built.folder + "/cpmcheck",
            input: input, interruption: interruption)
    }
}

/// Where the build put the tests, and the program beside them.
enum Built {
    static let folder: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().path
    }()
    static var program: String { folder + "/cpmcheck" }
    static let package: String = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder = folder.deletingLastPathComponent() }
        return folder.path
    }()
    static var suites: String { package + "/Suites" }
}

/// A command that ended.
struct Ended: Sendable {
    var code: Int32
    var out: String
    var err: String
}

/// Runs a command line to its end, as the program would, without a process.
func cpmcheck(_ arguments: String..., environment: [String: String] = [:]) async -> Ended {
    await cpmcheck(arguments, environment: environment)
}

func cpmcheck(_ arguments: [String], environment: [String: String] = [:]) async -> Ended {
    let captured = Captured()
    let code = await Cpmcheck.run(arguments, on: captured.console(environment: environment))
    return Ended(code: code, out: captured.out, err: captured.err)
}

/// A folder of its own, gone afterwards.
func withFolder<Result>(_ work: (String) async throws -> Result) async throws -> Result {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("cpmcheck-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await work(path)
}

func write(_ text: String, to path: String) throws {
    try FileManager.default.createDirectory(
        atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}

/// Looks again and again until it is so; false when the time has passed.
func eventually(within limit: Duration, _ isSo: () async -> Bool) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if await isSo() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return await isSo()
}

/// `serve enabler` in this process, until it is stopped.
struct ServedEnabler: Sendable {
    /// What it printed after `ready`.
    let ready: JSONValue
    let port: Int
    private let served: Task<Int32, Never>

    init(_ arguments: [String]) async throws {
        let captured = Captured()
        served = Task { [captured] in await Cpmcheck.run(["serve", "enabler"] + arguments, on: captured.console()) }
        _ = await eventually(within: .seconds(60)) { captured.out.contains("\n") || !captured.err.isEmpty }
        let line = try #require(captured.out.split(separator: "\n").first, "\(captured.err)")
        ready = try JSONDecoder().decode(JSONValue.self, from: Data(line.dropFirst("ready ".count).utf8))
        port = try #require(ready["sip"]?.string?.split(separator: ":").last.flatMap { Int($0) })
    }

    /// Returns its exit code.
    @discardableResult func stop() async -> Int32 {
        served.cancel()
        return await served.value
    }
}

// MARK: - Reports

/// `results.json` as the tests read it.
struct ReadResults {
    let json: JSONValue

    init(_ folder: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/results.json"))
        json = try JSONDecoder().decode(JSONValue.self, from: data)
    }

    struct Case {
        var id: String
        var verdict: String
        var seconds: Double
        var reasons: [(code: String, text: String)]
        var said: String { reasons.map { "\($0.text) [\($0.code)]" }.joined(separator: "\n") }
    }

    var cases: [Case] {
        (json["cases"]?.array ?? []).map { value in
            Case(
                id: value["id"]?.string ?? "", verdict: value["verdict"]?.string ?? "",
                seconds: value["seconds"]?.double ?? 0,
                reasons: (value["reasons"]?.array ?? []).map { ($0["code"]?.string ?? "", $0["text"]?.string ?? "") })
        }
    }
    var verdicts: [String: String] { Dictionary(cases.map { ($0.id, $0.verdict) }) { first, _ in first } }
    var isInterrupted: Bool { json["interrupted"]?.bool == true }
}

/// `junit.xml`, read by a parser that is not ours; throws when it is not well-formed.
struct ReadJUnit {
    struct Case {
        var name: String
        /// `failure`, `error` with its type, `skipped`; nil is a pass.
        var outcome: String?
    }
    let cases: [Case]

    init(_ folder: String) throws {
        let text = try String(contentsOfFile: folder + "/junit.xml", encoding: .utf8)
        let root = try #require(ParsedXML.root(of: text), "junit.xml is not well-formed")
        #expect(root.name == "testsuites")
        // Requirements and claims stand in a suite of their own beside the cases.
        cases = root.all("testcase").filter { $0.attributes["classname"] != "Requirements and claims" }.map { element in
            let child = element.children.first { ["failure", "error", "skipped"].contains($0.name) }
            return Case(
                name: element.attributes["name"] ?? "",
                outcome: child.map { [$0.name, $0.attributes["type"]].compactMap(\.self).joined(separator: " ") })
        }
    }

    var passed: [String] { cases.filter { $0.outcome == nil }.map(\.name) }
    /// Without those that do not apply, which are skipped here and stand apart in results.json.
    var applicable: [Case] { cases.filter { $0.outcome?.hasPrefix("skipped") != true } }
}

/// What stands in `recordings/`.
func recordings(in reports: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: reports + "/recordings")) ?? []).sorted()
}

// MARK: - Descriptions

/// A description of an implementation that listens on a port of this machine, with short times.
func describedImplementation(
    port: Int, host: String = "127.0.0.1", security: String = "", answer: Int = 500, case limit: Int = 4000
) -> String {
    """
    iut: { name: stranger, version: "1" }
    role: enabler
    ics: { delivers-intermediate-lists: true, stores-after-loss: true }
    policy: { storage: on, intermediate-lists: on }
    ixit:
      address: { host: "\(host)", port: \(port)\(security) }
      domain: cpm.example
      factory: sip:factory@cpm.example
      users: { template: "sip:cpm-{n}@cpm.example", count: 8 }
      timers:
        answer: \(answer)ms
        no-answer: 300ms
        loss-recognition: 300ms
        delivery-within: \(answer)ms
        quiet: 100ms
        participant-info-interval: 10ms
        inactivity: 500ms
        longest-wait: 2500ms
        case: \(limit)ms
    """
}

/// Whether the progress of a run shows the case with that number, however many there are in all.
func hasEnded(_ number: Int, in output: String) -> Bool {
    output.range(of: "\n\\[ *\(number)/", options: .regularExpression) != nil
}
