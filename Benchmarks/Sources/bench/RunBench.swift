import Foundation

/// Whole runs of the program against its embedded reference, and the recordings they leave.
struct RunBench {
    let program: String
    let suites: String
    let rounds: Int

    func run(into reports: String, _ report: (Figure) -> Void) throws {
        let section = "cpmcheck run, every suite against the embedded reference"
        var runs: [Child] = []
        var longest: [Double] = []
        var excess: [Double] = []
        var story = ""
        var unpassed: Set<String> = []
        for _ in 0..<rounds {
            let child = try Child.run(
                [program, "run", "--suites", suites, "--reports", reports], errors: reports + ".err")
            // A case that does not pass is for the tests to say; its time counts all the same.
            guard (0...4).contains(child.status) else {
                let said = (try? String(contentsOfFile: reports + ".err", encoding: .utf8)) ?? ""
                throw Child.Failure(description: "cpmcheck run ended with \(child.status): \(said.suffix(2000))")
            }
            let results = try Results(reports)
            unpassed.formUnion(results.unpassed)
            runs.append(child)
            longest.append(results.longest.seconds)
            excess.append(child.wall - 1.5 * results.longest.seconds)
            story = results.story
        }
        let trouble = unpassed.isEmpty ? nil : "did not pass in every run: \(unpassed.sorted().joined(separator: ", "))"
        report(Figure(section, "wall time", runs.map(\.wall), "s").aiming(.atMost(20)).saying(trouble))
        report(Figure(section, "longest case", longest, "s").saying(story))
        report(Figure(section, "wall time beyond 1.5 times the longest case", excess, "s").aiming(.atMost(1)))
        report(Figure(section, "CPU", runs.map(\.cpu), "s"))
        report(Figure(section, "peak memory", runs.map { $0.peak / 1_048_576 }, "MiB"))
    }

    /// Plays one case with many messages and returns its recording.
    func longRecording(messages: Int, in folder: String) throws -> String {
        let suite = folder + "/suites"
        try FileManager.default.createDirectory(atPath: suite, withIntermediateDirectories: true)
        for shared in ["requirements.yaml", "binding.yaml", "released-ids.txt"] {
            try FileManager.default.copyItem(atPath: suites + "/" + shared, toPath: suite + "/" + shared)
        }
        try Self.suite(messages: messages).write(toFile: suite + "/long.yaml", atomically: false, encoding: .utf8)
        let reports = folder + "/long"
        let child = try Child.run(
            [program, "run", "--suites", suite, "--reports", reports], output: folder + "/long.out",
            errors: folder + "/long.err")
        let recording = reports + "/recordings/058a-bench-many-messages.ndjson"
        guard FileManager.default.fileExists(atPath: recording) else {
            let said = ["/long.err", "/long.out"].compactMap { try? String(contentsOfFile: folder + $0, encoding: .utf8) }
            throw Child.Failure(
                description: "the case of \(messages) messages ended with \(child.status): \(said.joined().suffix(2000))")
        }
        return recording
    }

    private static func suite(messages: Int) -> String {
        let labels = (1...messages).map { "m\($0)" }
        let sends = labels.map { "      - send: { by: alice, as: \($0), text: message \($0) }\n" }.joined()
        return """
            suite: Many messages
            role: enabler
            cases:
              - id: 058a-bench-many-messages
                title: A user who was away gets every one of many messages on return
                requirements: [CPM-CONV-058, CPM-CONV-058a]
                purpose:
                  with: carol was invited to the group and is not registered
                  when: alice has sent bob many messages and carol becomes reachable
                  then: the enabler delivers to carol each message once and in order
                actors: { alice: present, bob: present, carol: not-registered }
                steps:
                  - create: { group: team, by: alice, invite: [bob, carol] }

            """ + sends + """
                  - return: carol
                expect:
                  - messages: { at: carol, exactly: [\(labels.joined(separator: ", "))] }
                  - messages: { at: bob, exactly: [\(labels.joined(separator: ", "))] }

            """
    }
}

/// What `results.json` says of the cases' times.
private struct Results {
    struct Case: Decodable {
        struct Wait: Decodable {
            let what: String
            let seconds: Double
        }
        let id: String
        let verdict: String
        let seconds: Double
        let waits: [Wait]
    }
    private struct File: Decodable { let cases: [Case] }

    let cases: [Case]
    let longest: Case

    init(_ folder: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/results.json"))
        cases = try JSONDecoder().decode(File.self, from: data).cases
        guard let longest = cases.max(by: { $0.seconds < $1.seconds }) else {
            throw Child.Failure(description: "the run judged nothing")
        }
        self.longest = longest
    }

    var unpassed: [String] { cases.filter { $0.verdict != "pass" }.map { "\($0.id) (\($0.verdict))" } }

    var story: String {
        let waits = longest.waits.prefix(3).map { "\($0.what) \(Table.number($0.seconds)) s" }.joined(separator: ", ")
        return "\(longest.id) of \(cases.count) cases" + (waits.isEmpty ? "" : "; it waits longest for: \(waits)")
    }
}
