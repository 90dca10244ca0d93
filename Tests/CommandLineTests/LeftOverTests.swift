import Diagnostics
import Foundation
import Testing

@testable import CommandLine

/// Nothing may be left behind. Each test has a process of its own, in which nobody else opens or closes anything.
@Suite(.timeLimit(.minutes(2)))
struct LeftOverTests {
    @Test("after hostile implementations no descriptor, event loop, task, actor or connection is left")
    func afterHostility() async {
        let ended = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            try await withFolder { _ = try await HostileTests.play(.refuses, $0) }
            let before = Held()
            await withThrowingTaskGroup(of: Void.self) { group in
                for hostility in Hostility.allCases {
                    group.addTask { try await withFolder { _ = try await HostileTests.play(hostility, $0) } }
                }
            }
            await expectNothingLeft(since: before)
        }
        expectNoLostTask(ended)
    }

    @Test("after an interruption no descriptor, event loop, task, actor or connection is left")
    func afterInterruption() async {
        let ended = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            try await withFolder { folder in
                _ = await cpmcheck("run", "--filter", "058a-content-intact", "--reports", folder)
            }
            let before = Held()
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

    @Test("after a whole run, a doctor and nobody listening no descriptor, event loop, task, actor or connection is left")
    func afterOthers() async {
        let ended = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            try await withFolder { folder in
                // What is made once and kept for all is made before the count.
                try write(describedImplementation(port: 1), to: folder + "/iut.yaml")
                _ = await cpmcheck("doctor", "--iut", folder + "/iut.yaml")
                _ = await cpmcheck("doctor", "--users", "1")
                _ = await cpmcheck("run", "--iut", folder + "/iut.yaml", "--reports", folder + "/r")
            }
            let before = Held()
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

/// Tasks are counted where they are started; the rest are children of groups, which end before their group does.
@Test("no task is started but where it is counted, or as the child of a group")
func tasksAreCounted() throws {
    let sources = Built.package + "/Sources"
    let names = FileManager.default.enumerator(atPath: sources)?.compactMap { $0 as? String } ?? []
    var started: [String] = []
    for name in names where name.hasSuffix(".swift") {
        let text = try String(contentsOfFile: "\(sources)/\(name)", encoding: .utf8)
        if text.contains(/\bTask(?:<[^>\n]*>)?(?:\.(?:detached|immediate|init))?\s*(?:\([^()\n]*\)\s*)?\{/) { started.append(name) }
    }
    #expect(started == ["Diagnostics/Alive.swift"])
}

/// A checked continuation that nobody resumes is a task that waits for ever; the runtime says so when it is dropped.
///
/// Work that comes to an event loop which is gone is something that was forgotten, too.
private func expectNoLostTask(_ ended: ExitTest.Result?) {
    let said = String(decoding: ended?.standardErrorContent ?? [], as: UTF8.self)
    #expect(!said.contains("CONTINUATION MISUSE"), "\(said)")
    #expect(!said.contains("Cannot schedule tasks on an EventLoop"), "\(said)")
}

/// What a process holds at a moment.
private struct Held {
    let descriptors = Process.openDescriptors
    /// Tasks that no group waits for, waits, stacks, connections, actors and stages.
    let alive = Alive.all
    let begun = Alive.ever
}

/// Sockets may take a moment to be gone.
private func expectNothingLeft(since before: Held) async {
    _ = await eventually(within: .seconds(3)) {
        Process.openDescriptors.count <= before.descriptors.count && Process.eventLoopThreads == 0
            && Alive.all == before.alive
    }
    let after = Held()
    #expect(after.descriptors.count <= before.descriptors.count, "before: \(before)\nafter: \(after)")
    #expect(Process.eventLoopThreads == 0)
    #expect(after.alive == before.alive)
    #expect(after.begun > before.begun + 10, "there was something that could have been left")
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
