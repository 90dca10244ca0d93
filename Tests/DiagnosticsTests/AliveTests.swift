import Testing

@testable import Diagnostics

@Test("what lives is counted by its kind until it is gone, a task until it has ended")
func alive() async {
    let ever = Alive.ever
    do {
        let one = Alive("sample"), other = Alive("sample")
        #expect(Alive.all["sample"] == 2)
        withExtendedLifetime((one, other)) {}
    }
    #expect(Alive.all["sample"] == nil)
    #expect(Alive.ever >= ever + 2)

    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let task = startTask { for await _ in gate {} }
    #expect(Alive.all["task"] == 1)
    open.finish()
    await task.value
    // The task lets go of its closure a moment after it has said that it is over.
    while Alive.all["task"] != nil { await Task.yield() }
}
