import Facts
import TestCases
import Testing

@testable import Judging

/// Which of a user's devices may get what; one order of all messages; one who was put out.
@Suite("Devices, orders and removals")
struct DeviceTests {
    private func judged(
        _ story: FactScript, each: Bool = false, oneOrder: Bool = false, _ labels: [String] = ["m1", "m2"],
        at user: String = "carol"
    ) -> [String: CheckResult] {
        var context = story.context(expectations: [.messages(at: user, group: "team", exactly: labels)])
        context.deliversToEachDevice = each
        context.claimsOneOrder = oneOrder
        return Dictionary(Judge.checks(context).map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    }

    private func failed(_ results: [String: CheckResult]) -> Set<String> {
        Set(results.filter { $0.value.outcome == .fail }.keys)
    }

    /// Carol misses two, comes back with another device, and then with her own; both get what is said.
    private func twoDevices(other: [String], own: [String]) -> FactScript {
        var story = FactScript()
        for actor in ["alice", "bob"] { story.registered(actor) }
        story.create()
        story.session("alice", by: .user)
        story.session("bob")
        story.away("carol")
        story.send("m1", by: "alice")
        story.arrives("m1", at: "bob")
        story.send("m2", by: "bob")
        story.arrives("m2", at: "alice")
        for (device, labels) in [(2, other), (1, own)] {
            story.returns("carol", device: device)
            let session = story.session("carol", form: .deferred, device: device)
            for label in labels { story.arrives(label, at: "carol", in: session) }
            story.ended("carol", session)
        }
        return story
    }

    @Test("where the first device is served, all of it belongs there and nothing to the next")
    func first() {
        let right = judged(twoDevices(other: ["m1", "m2"], own: []))
        #expect(failed(right) == [])
        #expect(right["messages.device"]?.outcome == .pass)
        // Elsewhere is no loss: it is delivered to the wrong device.
        let wrong = judged(twoDevices(other: [], own: ["m1", "m2"]))
        #expect(failed(wrong) == ["messages.device"])
        #expect(wrong["messages.device"]?.requirements == [.deliver])
        #expect(failed(judged(twoDevices(other: ["m1"], own: ["m2"]))) == ["messages.device"])
        #expect(failed(judged(twoDevices(other: ["m1", "m2"], own: ["m1", "m2"]))) == ["messages.once"])
        #expect(failed(judged(twoDevices(other: [], own: []))) == ["messages.complete"])
    }

    @Test("where each device is served, a copy for each is none too many, and one too few is told")
    func each() {
        #expect(failed(judged(twoDevices(other: ["m1", "m2"], own: ["m1", "m2"]), each: true)) == [])
        #expect(failed(judged(twoDevices(other: ["m1", "m2"], own: ["m1"]), each: true)) == ["messages.device"])
        let twice = judged(twoDevices(other: ["m1", "m1", "m2"], own: ["m1", "m2"]), each: true)
        #expect(failed(twice) == ["messages.once"])
    }

    @Test("without a word in the ICS the device is a warning")
    func unstated() {
        var context = twoDevices(other: [], own: ["m1", "m2"])
            .context(expectations: [.messages(at: "carol", group: "team", exactly: ["m1", "m2"])])
        context.statesPerDevice = false
        #expect(Judge.checks(context).first { $0.id == "messages.device" }?.weight == .warning)
    }

    @Test("another order between senders fails only where one order is claimed")
    func order() {
        var story = FactScript()
        story.create()
        story.session("alice", by: .user)
        story.session("bob")
        story.session("dave")
        story.away("carol")
        story.send("m1", by: "alice", concurrent: true)
        story.send("m2", by: "bob", concurrent: true)
        for label in ["m1", "m2"] { story.arrives(label, at: "dave") }
        story.returns("carol")
        let session = story.session("carol")
        for label in ["m2", "m1"] { story.arrives(label, at: "carol", in: session) }
        #expect(failed(judged(story)) == [])
        #expect(failed(judged(story, oneOrder: true)) == ["messages.order"])
    }

    @Test("what is sent after one was put out comes without a right; what was sent before stays owed")
    func putOut() {
        func story(_ labels: [String]) -> FactScript {
            var story = FactScript()
            story.create()
            story.session("alice", by: .user)
            story.session("bob")
            story.away("carol")
            story.send("m1", by: "alice")
            story.arrives("m1", at: "bob")
            story.boot("carol")
            story.send("m2", by: "bob")
            story.arrives("m2", at: "alice")
            story.returns("carol")
            let session = story.session("carol", form: .deferred)
            for label in labels { story.arrives(label, at: "carol", in: session) }
            return story
        }
        #expect(failed(judged(story(["m1"]), ["m1"])) == [])
        #expect(failed(judged(story(["m1", "m2"]), ["m1"])) == ["messages.right"])
        #expect(failed(judged(story([]), ["m1"])) == ["messages.complete"])
    }
}
