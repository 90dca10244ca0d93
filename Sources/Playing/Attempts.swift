/// The attempts at cases in which the harness itself was held up: such a case says nothing of the implementation. Each attempt
/// has fewer cases at once than the one before, since it was their number that held it up.
public struct Attempts: Sequence, Sendable {
    /// One attempt.
    public struct Attempt: Sendable, Hashable {
        /// Counted from 1.
        public let number: Int
        /// Cases played at once.
        public let jobs: Int
        /// What is late in this one stays so.
        public var isLast: Bool { number == Attempts.most }
    }

    /// How often a case is played at most.
    public static let most = 3

    private let jobs: Int

    /// - Parameter jobs: cases at once in the first attempt, at least 1.
    public init(jobs: Int) { self.jobs = Swift.max(1, jobs) }

    public func makeIterator() -> AnyIterator<Attempt> {
        var number = 0
        var atOnce = jobs
        return AnyIterator {
            guard number < Self.most else { return nil }
            number += 1
            defer { atOnce = Swift.max(1, atOnce / 4) }
            return Attempt(number: number, jobs: atOnce)
        }
    }
}
