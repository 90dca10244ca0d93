import ArgumentParser
import ClientReference
import Diagnostics
import EnablerReference
import Synchronization
import TestCases

/// `cpmcheck demo`: the whole feature at work, with both references.
struct DemoCommand: ConsoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Plays a story of going off-line and coming back with both references, and shows what each side sees.",
        discussion: """
            The reference enabler and three reference clients talk over real SIP and MSRP on this machine: carol goes off-line in the \
            middle of a group chat, comes back when it is over, gets what she missed, and starts the group again. What the users \
            see is compared with what they have to see: exit code 0 if it is that, 1 if not. With --defect the enabler has a fault, \
            with --client-defect carol's client.
            """)

    @Option(help: ArgumentHelp("A fault of the enabler; 'list' names them.", valueName: "name"))
    var defect: [String] = []

    @Option(help: ArgumentHelp("A fault of carol's client; 'list' names them.", valueName: "name"))
    var clientDefect: [String] = []

    func perform(_ console: Console) async throws -> ExitStatus {
        if SubjectNames.list(["defect": defect], .enabler, on: console) || ClientDeviationNames.list(clientDefect, [], on: console) {
            return .success
        }
        let defects: [Defect] = try DeviationNames.named(defect, "defect")
        let carols: [ClientDefect] = try DeviationNames.named(clientDefect, "defect")
        let stage = try await DemoStage.open(Set(defects), carol: Set(carols))
        let story = DemoStory(stage: stage, console: console)
        let isRight = Mutex(false)
        let isInterrupted = await console.isInterrupted {
            let seen = await story.play()
            isRight.withLock { $0 = seen }
        }
        await stage.close()
        if isInterrupted { return .interrupted }
        return isRight.withLock { $0 } ? .success : .failed
    }
}
