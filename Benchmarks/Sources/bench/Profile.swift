import Payloads

/// One workload again and again, so that a profiler sees nothing else.
struct Profile {
    let options: Options
    let count: Int

    init(_ options: Options, _ count: Int) {
        self.options = options
        self.count = count
    }

    func run() async throws {
        for section in Options.Section.allCases where options.sections.contains(section) {
            switch section {
            case .sip: _ = try await SIPExchange.run(count: count, inFlight: 1000, loops: 1)
            case .msrp: _ = try await MSRPExchange.run(count: count, window: 32)
            case .codecs: try CodecBench(rounds: count).run { _ in }
            case .conference:
                let document = ConferenceBench.document(users: 100)
                for _ in 0..<count { keep(ConferenceInfo.checked(document)) }
            case .idle: try await IdleBench(count: count, seconds: 10, rounds: 1).run { _ in }
            case .run, .judge, .backlog: throw Child.Failure(description: "profile 'cpmcheck run' or 'cpmcheck judge' instead")
            }
        }
    }
}
