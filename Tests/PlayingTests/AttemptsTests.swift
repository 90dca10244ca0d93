import Playing
import Testing

struct AttemptsTests {
    @Test func `each attempt has a quarter of the cases at once, at least one, and the third is the last`() {
        let attempts = Array(Attempts(jobs: 8))
        #expect(attempts.map(\.number) == [1, 2, 3])
        #expect(attempts.map(\.jobs) == [8, 2, 1])
        #expect(attempts.map(\.isLast) == [false, false, true])
    }

    @Test func `no jobs at all are taken as one`() {
        #expect(Attempts(jobs: 0).map(\.jobs) == [1, 1, 1])
    }
}
