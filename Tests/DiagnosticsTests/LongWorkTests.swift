import Dispatch
import Foundation
import Testing

@testable import Diagnostics

@Suite("Work that computes for long")
struct LongWorkTests {
    @Test("it hands over what came of it, and leaves tasks their threads, however much of it there is")
    func beside() async {
        let count = ProcessInfo.processInfo.activeProcessorCount
        let released = DispatchSemaphore(value: 0)
        // Each keeps its thread until a task that begins later lets it go.
        async let results = withTaskGroup(of: Bool.self) { group in
            for _ in 0..<count { group.addTask { await LongWork.outcome { released.wait(timeout: .now() + 30) == .success } } }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        try? await Task.sleep(for: .milliseconds(200))
        await Task.detached { for _ in 0..<count { released.signal() } }.value
        #expect(await results == Array(repeating: true, count: count))
    }
}
