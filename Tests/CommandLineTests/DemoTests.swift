import Testing

@testable import CommandLine

@Suite("The demonstration", .serialized, .timeLimit(.minutes(2)))
struct DemoTests {
    @Test("tells what each user sees and what the enabler keeps, and ends with 0 since it is what they have to see")
    func told() async {
        let ended = await cpmcheck("demo")
        #expect(ended.code == 0, "\(ended.out)\(ended.err)")
        #expect(ended.out.contains("    bob: I cannot, sorry.\n    alice: Then the two of us.\n    bob left\n"))
        #expect(ended.out.contains("  the enabler keeps for carol: 2 messages, 0 reports, "))
        #expect(ended.out.contains(", the final one among them\n"))
        #expect(ended.out.contains("  the enabler keeps for carol: nothing any more\n"))
        #expect(ended.out.hasSuffix("Everybody sees what they have to see.\n"))
    }

    @Test(
        "with a fault in the enabler or in carol's client it says what somebody does not see, and ends with 1",
        arguments: [["--defect", "message-lost"], ["--client-defect", "newest-shown-first"], ["--client-defect", "final-list-ignored"]])
    func faulty(arguments: [String]) async {
        let ended = await cpmcheck(["demo"] + arguments)
        #expect(ended.code == 1, "\(ended.out)\(ended.err)")
        #expect(ended.out.contains("That is not as it should be: carol does not see"))
    }

    @Test("'list' names the faults of either side")
    func listed() async {
        #expect(await cpmcheck("demo", "--defect", "list").out.contains("message-lost: "))
        #expect(await cpmcheck("demo", "--client-defect", "list").out.contains("newest-shown-first: "))
    }

    @Test("a name that is none is refused with the nearest one: 65")
    func unknown() async {
        let ended = await cpmcheck("demo", "--defect", "message-lot")
        #expect(ended.code == 65 && ended.err.contains("message-lost"))
    }
}
