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

    /// Backlogs of two sizes, each stored, delivered and judged in a run of its own; what a message costs in them.
    func backlogs(_ sizes: [Int], in folder: String, _ report: (Figure) -> Void) throws {
        let section = "A backlog stored, delivered and judged, one case a run"
        var runs: [[Child]] = sizes.map { _ in [] }
        for round in 0..<rounds {
            for (index, size) in sizes.enumerated() {
                let longCase = LongCase(messages: size, present: ["alice"])
                let place = "\(folder)/\(size)-\(round)"
                runs[index].append(try play(longCase, in: place))
                try FileManager.default.removeItem(atPath: place)
            }
        }
        for (index, size) in sizes.enumerated() {
            let name = "\(Table.number(Double(size))) messages"
            report(Figure(section, name + ", wall time for each", runs[index].map { $0.wall / Double(size) * 1000 }, "ms"))
            report(Figure(section, name + ", CPU for each", runs[index].map { $0.cpu / Double(size) * 1000 }, "ms"))
            report(Figure(section, name + ", peak memory", runs[index].map { $0.peak / 1_048_576 }, "MiB"))
        }
        guard let small = runs.first, let large = runs.last, sizes.count == 2 else { return }
        let ratios = zip(large, small).map { $0.wall / Double(sizes[1]) / ($1.wall / Double(sizes[0])) }
        report(Figure(section, "a message of the large one to one of the small one", ratios, "times").aiming(.atMost(1.3)))
    }

    /// Plays one case with many messages and returns its recording.
    func longRecording(messages: Int, in folder: String) throws -> String {
        _ = try play(LongCase(messages: messages, present: ["alice", "bob"]), in: folder)
        return folder + "/long" + LongCase.recording
    }

    /// - Throws: when the case does not pass.
    private func play(_ longCase: LongCase, in folder: String) throws -> Child {
        let suite = folder + "/suites"
        try FileManager.default.createDirectory(atPath: suite, withIntermediateDirectories: true)
        for shared in ["requirements.yaml", "binding.yaml", "released-ids.txt"] {
            try FileManager.default.copyItem(atPath: suites + "/" + shared, toPath: suite + "/" + shared)
        }
        try longCase.suite.write(toFile: suite + "/long.yaml", atomically: false, encoding: .utf8)
        let reports = folder + "/long"
        let child = try Child.run(
            [program, "run", "--suites", suite, "--reports", reports], output: folder + "/long.out",
            errors: folder + "/long.err")
        let recording = reports + LongCase.recording
        guard child.status == 0, FileManager.default.fileExists(atPath: recording) else {
            let said = ["/long.err", "/long.out"].compactMap { try? String(contentsOfFile: folder + $0, encoding: .utf8) }
            throw Child.Failure(
                description: "the case of \(longCase.messages) messages ended with \(child.status): \(said.joined().suffix(2000))")
        }
        return child
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
