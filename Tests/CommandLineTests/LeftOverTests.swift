import Foundation
import Testing

@testable import CommandLine

/// Nothing may be left behind. Each test has a process of its own, in which nobody else opens or closes anything.
@Suite(.timeLimit(.minutes(2)))
struct LeftOverTests {
    @Test("after hostile implementations no descriptor, event loop or waiting task is left")
    func afterHostility() async {
        let ended = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            try await withFolder { _ = try await HostileTests.play(.refuses, $0) }
            let before = Process.openDescriptors
            await withThrowingTaskGroup(of: Void.self) { group in
                for hostility in Hostility.allCases {
                    group.addTask { try await withFolder { _ = try await HostileTests.play(hostility, $0) } }
                }
            }
            await expectNothingLeft(since: before)
        }
        expectNoLostTask(ended)
    }

    @Test("after an interruption no descriptor, event loop or waiting task is left")
    func afterInterruption() async {
        let ended = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            try await withFolder { folder in
                _ = await cpmcheck("run", "--filter", "058a-content-intact", "--reports", folder)
            }
            let before = Process.openDescriptors
            try await withFolder { folder in
                let captured = Captured()
                let code = await Cpmcheck.run(
                    ["run", "--reports", folder],
                    on: captured.console(interruption: { [captured] in
                        _ = await eventually(within: .seconds(60)) { hasEnded(1, in: captured.out) }
                    }))
                #expect(code == 130)
            }
            await expectNothingLeft(since: before)
        }
        expectNoLostTask(ended)
    }

    @Test("after a whole run, a doctor and nobody listening no descriptor, event loop or waiting task is left")
    func afterOthers() async {
        let ended = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            try await withFolder { folder in
                // What is made once and kept for all is made before the count.
                try write(describedImplementation(port: 1), to: folder + "/iut.yaml")
                _ = await cpmcheck("doctor", "--iut", folder + "/iut.yaml")
                _ = await cpmcheck("doctor", "--users", "1")
                _ = await cpmcheck("run", "--iut", folder + "/iut.yaml", "--reports", folder + "/r")
            }
            let before = Process.openDescriptors
            try await withFolder { folder in
                _ = await cpmcheck("doctor")
                _ = await cpmcheck("run", "--filter", "058b-*", "--reports", folder + "/r")
                try write(describedImplementation(port: 1), to: folder + "/iut.yaml")
                #expect(await cpmcheck("run", "--iut", folder + "/iut.yaml", "--reports", folder + "/r").code == 69)
                #expect(await cpmcheck("doctor", "--iut", folder + "/iut.yaml").code == 69)
            }
            await expectNothingLeft(since: before)
        }
        expectNoLostTask(ended)
    }
}

/// A checked continuation that nobody resumes is a task that waits for ever; the runtime says so when it is dropped.
///
/// Work that comes to an event loop which is gone is something that was forgotten, too.
private func expectNoLostTask(_ ended: ExitTest.Result?) {
    let said = String(decoding: ended?.standardErrorContent ?? [], as: UTF8.self)
    #expect(!said.contains("CONTINUATION MISUSE"), "\(said)")
    #expect(!said.contains("Cannot schedule tasks on an EventLoop"), "\(said)")
}

/// Sockets may take a moment to be gone.
private func expectNothingLeft(since before: [String]) async {
    _ = await eventually(within: .seconds(3)) {
        Process.openDescriptors.count <= before.count && Process.eventLoopThreads == 0
    }
    let after = Process.openDescriptors
    #expect(after.count <= before.count, "before: \(before)\nafter: \(after)")
    #expect(Process.eventLoopThreads == 0)
}

extension Process {
    /// What every descriptor of this process is open on. Timers are left out: the system's dispatch library keeps some
    /// of its own, and an event loop that is left shows by its other descriptors.
    static var openDescriptors: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0) }
            .filter { $0 != "anon_inode:[timerfd]" }.sorted()
    }

    /// Threads of event loops that somebody made; those that NIO keeps for all are not counted.
    static var eventLoopThreads: Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return names.count { name in
            let thread = try? String(contentsOfFile: "/proc/self/task/\(name)/comm", encoding: .utf8)
            return thread?.hasPrefix("NIO-ELT") == true
        }
    }
}
