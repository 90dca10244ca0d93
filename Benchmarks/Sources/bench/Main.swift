import Foundation

@main
struct Bench {
    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        do {
            _ = Surroundings.load
            let options = try Options(Array(ProcessInfo.processInfo.arguments.dropFirst()))
            if let count = options.profile { return try await Profile(options, count).run() }
            try await measure(options)
        } catch {
            FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func measure(_ options: Options) async throws {
        let began = wallSeconds()
        var figures: [Figure] = []
        func take(_ figure: Figure) {
            figures.append(figure)
            say("  \(figure.name): \(Table.number(figure.value)) \(figure.unit)")
        }
        var broken: [String] = []
        for section in Options.Section.allCases where options.sections.contains(section) {
            say("Measuring: \(section.rawValue)")
            do {
                try await measure(section, options, take)
            } catch {
                say("bench: \(section.rawValue): \(error)")
                broken.append(section.rawValue)
            }
        }
        if let seconds = options.firstBuild {
            take(Figure("A newcomer's first build", "fetching and building, nothing there yet", [seconds], "s"))
        }
        print(Table.text(figures))
        print("Medians of \(options.rounds) runs; \(Int(wallSeconds() - began)) s in all. \(Surroundings.sentence)")
        if let file = options.json { try write(figures, to: file) }
        guard broken.isEmpty else {
            throw Child.Failure(description: "could not be measured: \(broken.joined(separator: ", "))")
        }
    }

    private static func measure(
        _ section: Options.Section, _ options: Options, _ take: (Figure) -> Void
    ) async throws {
        let wire = WireBench(scenarios: options.scenarios, rounds: options.rounds)
        switch section {
        case .sip: try await wire.sip(take)
        case .msrp: try await wire.msrp(take)
        case .codecs: try CodecBench(rounds: options.rounds).run(take)
        case .conference: try await ConferenceBench(rounds: options.rounds).run(take)
        case .run: try await runs(options, take)
        case .backlog: try backlogs(options, take)
        case .judge: if !options.sections.contains(.run) { try await runs(options, take) }
        case .idle: try await IdleBench(count: 500, seconds: 5, rounds: options.rounds).run(take)
        }
    }

    private static func backlogs(_ options: Options, _ report: (Figure) -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/cpmcheck-backlog-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try RunBench(program: options.program, suites: options.suites, rounds: min(options.rounds, 3))
            .backlogs([1_000, 10_000], in: folder, report)
    }

    /// The runs of the program, and the judging of what they recorded.
    private static func runs(_ options: Options, _ report: (Figure) -> Void) async throws {
        try await withTemporaryFolder { folder in
            let bench = RunBench(program: options.program, suites: options.suites, rounds: min(options.rounds, 3))
            let reports = folder + "/reports"
            if options.sections.contains(.run) {
                try bench.run(into: reports, report)
            } else {
                try RunBench(program: options.program, suites: options.suites, rounds: 1).run(into: reports) { _ in }
            }
            guard options.sections.contains(.judge) else { return }
            let judging = JudgeBench(rounds: options.rounds)
            let recordings = try FileManager.default.contentsOfDirectory(atPath: reports + "/recordings")
                .map { reports + "/recordings/" + $0 }
            let sized = recordings.map { ($0, (try? FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int) ?? 0) }
            guard let largest = sized.max(by: { $0.1 < $1.1 })?.0 else { return }
            try judging.run("largest case", largest, report)
            for messages in [100, 400] {
                let place = folder + "/\(messages)"
                try judging.run("case of \(messages) messages", try bench.longRecording(messages: messages, in: place), report)
            }
        }
    }

    private static func write(_ figures: [Figure], to file: String) throws {
        struct File: Encodable {
            let format = "cpmcheck-bench"
            let version = "1.0"
            let loadAtStart: Double?
            let figures: [Figure]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(File(loadAtStart: Surroundings.load, figures: figures))
        let place = URL(fileURLWithPath: file)
        try data.write(to: place, options: .atomic)
        // Beside it what docs/BENCHMARKS.md shows, so that nobody copies figures by hand and leaves some out.
        let table = place.deletingPathExtension().appendingPathExtension("md")
        try Data(Table.markdown(figures).utf8).write(to: table, options: .atomic)
    }

    private static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// Who else used the machine.
enum Surroundings {
    /// Processes that wanted a core in the minute before.
    static let load: Double? = {
        var loads = [0.0, 0, 0]
        return getloadavg(&loads, 3) == 3 ? loads[0] : nil
    }()
    static let cores = ProcessInfo.processInfo.activeProcessorCount

    static var sentence: String {
        guard let load else { return "" }
        let words = load > Double(cores) / 2 ? "the machine was busy with other things" : "the machine was quiet"
        return "Load at the start \(Table.number(load)) on \(cores) cores: \(words)."
    }
}
