import Diagnostics
import EnablerReference
import UpperTester

/// The story: what happens, what each user sees then, and whether that is what they have to see.
struct DemoStory: Sendable {
    let stage: DemoStage
    let console: Console

    /// How long something may take to be seen.
    private static let patience = Duration.seconds(8)

    private struct Unseen: Error {
        var what: String
    }

    /// Returns whether everything was seen as it has to be.
    func play() async -> Bool {
        do {
            try await chat()
            try await carolMisses()
            try await carolReturns()
            try await carolGoesOn()
        } catch let unseen as Unseen {
            console.line("\nThat is not as it should be: \(unseen.what).")
            return false
        } catch let refusal as UpperTesterRefusal {
            console.line("\nThat is not as it should be: \(refusal.detail).")
            return false
        } catch {
            console.line("\nThat is not as it should be: \(error).")
            return false
        }
        console.line("\nEverybody sees what they have to see.")
        return true
    }

    // MARK: Acts

    private func chat() async throws {
        say("Alice, Bob and Carol go on-line, and Alice makes a group.")
        for name in DemoStage.names { _ = try await client(name).setOnline(true) }
        let others = DemoStage.names.dropFirst().map { DemoStage.address(of: $0) }
        _ = try await client("alice").createConversation(NewConversation(participants: others, subject: "Dinner"))
        for name in DemoStage.names { try await until(name, "the group at \(name)") { $0.conversation?.state == .active } }
        try await write("Shall we meet at seven?", by: "alice", seenBy: ["bob", "carol"])
        try await show("carol")
    }

    private func carolMisses() async throws {
        say("Carol goes off-line. The others go on, Bob leaves, and the session ends.")
        _ = try await client("carol").setOnline(false)
        try await write("I cannot, sorry.", by: "bob", seenBy: ["alice"])
        try await write("Then the two of us.", by: "alice", seenBy: ["bob"])
        let bobs = try await screen("bob").conversation?.id ?? ""
        _ = try await client("bob").leaveConversation(bobs)
        try await until("alice", "that Bob left") { $0.participants.contains { $0.hasPrefix("bob disconnected") } }
        let focus = try await screen("alice").conversation?.focus ?? ""
        guard await stage.enabler.dismiss(focus: focus) else { throw Unseen(what: "the enabler does not know the session that it is to end") }
        try await until("alice", "the end of the session") { $0.conversation?.state == .ended }
        await showKept(for: "carol")
        try await show("alice")
        try await show("carol")
    }

    private func carolReturns() async throws {
        say("Carol comes back: the enabler has stored what she missed, and delivers it.")
        _ = try await client("carol").setOnline(true)
        let due = ["alice: Shall we meet at seven?", "bob: I cannot, sorry.", "alice: Then the two of us."]
        try await until("carol", "what she missed, once and in order") { $0.messages == due }
        try await until("carol", "that Bob left after Alice's last words") { screen in
            Array(screen.story.suffix(2)) == ["alice: Then the two of us.", "bob left"]
        }
        try await until("carol", "the final list, with Bob as one who left") { screen in
            screen.participants.contains { $0.hasPrefix("bob disconnected") } && screen.conversation?.state == .ended
        }
        await showKept(for: "carol", untilEmpty: true)
        try await show("carol")
        try await until("alice", "that it reached Carol") { $0.fates.contains("Then the two of us.: delivered to carol") }
        try await show("alice")
    }

    private func carolGoesOn() async throws {
        say("Carol starts the group again from the final list: at another focus, with Alice and without Bob.")
        let carols = try await screen("carol").conversation
        _ = try await client("carol").restartConversation(carols?.id ?? "")
        try await until("carol", "the group at another focus") { $0.conversation?.state == .active && $0.conversation?.focus != carols?.focus }
        try await write("I am on my way.", by: "carol", seenBy: ["alice"])
        try await until("carol", "that it reached Alice") { $0.fates.contains("I am on my way.: delivered to alice") }
        let bob = try await screen("bob")
        guard !bob.messages.contains("carol: I am on my way.") else { throw Unseen(what: "Bob, who left, sees what Carol writes") }
        let ids = try await screen("alice").conversation
        guard ids?.conversationId == carols?.conversationId, ids?.contributionId == carols?.contributionId else {
            throw Unseen(what: "the group that goes on is another one for Alice")
        }
        for name in DemoStage.names { try await show(name) }
    }

    // MARK: Seeing and doing

    private func client(_ name: String) throws -> any UpperTesterService {
        guard let client = stage.clients[name] else { throw Unseen(what: "there is no \(name)") }
        return client
    }

    private func screen(_ name: String) async throws -> DemoScreen { await DemoScreen.look(at: try client(name)) }

    private func write(_ text: String, by name: String, seenBy others: [String]) async throws {
        let id = try await screen(name).conversation?.id ?? ""
        _ = try await client(name).sendMessage(text, in: id)
        for other in others { try await until(other, "'\(text)'") { $0.messages.last == "\(name): \(text)" } }
    }

    /// Waits until a user sees something; each change of what the client shows wakes it.
    private func until(_ name: String, _ what: String, _ holds: (DemoScreen) -> Bool) async throws {
        let client = try client(name)
        let end = ContinuousClock.now + Self.patience
        while true {
            let screen = await DemoScreen.look(at: client)
            if holds(screen) { return }
            let left = end - .now
            guard left > .zero, !Task.isCancelled else {
                show(name, screen)
                throw Unseen(what: "\(name) does not see \(what)")
            }
            await client.changed(after: screen.revision, within: min(left, .milliseconds(500)))
        }
    }

    /// The enabler's side: what its store keeps for a user.
    ///
    /// - Parameter untilEmpty: waits until what the client has confirmed is off the store, too.
    private func showKept(for name: String, untilEmpty: Bool = false) async {
        let end = ContinuousClock.now + Self.patience
        var kept = await stage.enabler.kept(for: DemoStage.address(of: name))
        while untilEmpty, kept?.isEmpty == false, .now < end, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(20))
            kept = await stage.enabler.kept(for: DemoStage.address(of: name))
        }
        console.line("  the enabler keeps for \(name): \(kept.map(Self.words) ?? "what nobody can read")")
    }

    private static func words(_ kept: KeptItems) -> String {
        guard !kept.isEmpty else { return "nothing any more" }
        func counted(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }
        let final = kept.finalLists > 0 ? ", the final one among them" : ""
        return [counted(kept.messages, "message"), counted(kept.dispositions, "report"), counted(kept.lists, "list")]
            .joined(separator: ", ") + final
    }

    private func say(_ text: String) { console.line("\n\(text)") }

    private func show(_ name: String) async throws { show(name, try await screen(name)) }

    private func show(_ name: String, _ screen: DemoScreen) {
        let state = screen.conversation.map { $0.state == .ended ? ", over" : "" } ?? ", no group"
        console.line("  \(name)\(state):")
        for line in screen.story { console.line("    \(escapedPeerText(line, limit: 200))") }
        if !screen.participants.isEmpty { console.line("    — \(screen.participants.joined(separator: ", "))") }
        for line in screen.fates { console.line("    ✓ \(escapedPeerText(line, limit: 200))") }
    }
}
