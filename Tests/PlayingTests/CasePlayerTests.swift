import Diagnostics
import Facts
import NIOCore
import NIOPosix
import Recordings
import TestCases
import Testing

@testable import Playing

@Suite("The player", .serialized)
struct CasePlayerTests {
    @Test("it plays an absence from the invitation on to the marker in the live session", arguments: [
        Absence.neverAnswers, .answersNothing, .onlyTries, .notRegistered, .refusesForNow, .joinsLate,
    ])
    func absentAtInvitation(absence: Absence) async throws {
        let played = try await play(
            sample(absence, [creation, sending("m1"), sending("m2", by: "bob"), .return("carol")]))
        let story = Story(played)
        #expect(played.end == .played)
        #expect(story.unmet == [])
        #expect(story.acts.prefix(4) == ["create", "effective", "done", "send"])
        #expect(story.phase(of: "create") == "preamble")
        #expect(story.phase(of: "return") == "body")
        let marker = story.lines.first { $0["marker"] == .bool(true) }
        #expect(marker?["as"]?.string == "marker-3-carol")
        #expect(try messages(at: "carol", played).count == 3)
    }

    @Test("it answers an invitation late, and is in without a REGISTER of its own")
    func answersLate() async throws {
        let played = try await play(sample(.answersLate, [creation, sending("m1"), .return("carol"), sending("m2")]))
        let story = Story(played)
        #expect(played.end == .played)
        #expect(story.unmet == [])
        #expect(story.acts.prefix(4) == ["create", "effective", "done", "send"])
        #expect(story.line("return")?["answers"] == .bool(true))
        #expect(try messages(at: "carol", played).count == 3, "m1, the marker and m2")
        let registered = try #require(played.recording).facts.count { if case .registered("carol") = $0.what { true } else { false } }
        #expect(registered == 1)
    }

    @Test("it plays an absence in mid-session, and the return after the end ends with the BYE", arguments: [
        Absence.losesConnection, .deregisters,
    ])
    func midSession(absence: Absence) async throws {
        let played = try await play(
            sample(absence, [
                creation, sending("m1"), .away("carol"), sending("m2"), .end(group: "team", how: .everyoneLeaves),
                .return("carol"),
            ]))
        let story = Story(played)
        #expect(played.end == .played)
        #expect(story.unmet == [])
        #expect(story.acts.contains("effective"))
        #expect(!story.lines.contains { $0["marker"] == .bool(true) })
        #expect(try messages(at: "carol", played).count == 2)
    }

    @Test("what is sent before a loss is noticed stands between the going and its effect, and waits for nobody who is lost")
    func beforeNoticed() async throws {
        let played = try await play(
            sample(.losesConnection, [creation, .awayUnnoticed("carol"), sending("m1"), .noticed("carol"), .return("carol")]))
        let story = Story(played)
        #expect(played.end == .played)
        #expect(story.unmet == [])
        let steps = ["away", "send", "noticed", "effective", "return"]
        #expect(story.acts.filter(steps.contains).prefix(5) == steps[...])
        #expect(story.phase(of: "away") == "preamble")
        #expect(story.phase(of: "noticed") == "body")
        #expect(story.lines.contains { $0["waits"] == .bool(false) })
    }

    @Test("a member that falls silent resumes on the connections it kept")
    func silent() async throws {
        let played = try await play(sample(.fallsSilent, [creation, .away("carol"), .return("carol")]))
        #expect(played.end == .played)
        #expect(Story(played).unmet == [])
        let opened = Story(played).lines.filter {
            $0.kind == .open && $0.actor == "carol" && $0["proto"]?.string == "sip"
        }
        #expect(opened.count == 1)
    }

    @Test("reports, departures, additions and rejoins are played")
    func otherSteps() async throws {
        let asking = SendStep(
            by: "alice", label: "m1", group: "team", content: .text("one"), dispositions: [.displayed])
        let played = try await play(
            sample(.present, [
                .create(group: "team", by: "alice", invite: ["bob"], subject: "Dinner"), .send(asking),
                .report(by: "bob", message: "m1", status: .displayed), .add(by: "alice", who: "carol", group: "team"),
                sending("m2", by: "carol"), .leave(who: "bob", group: "team"), sending("m3"),
                .rejoin(who: "bob", group: "team"), sending("m4", by: "bob"),
            ]))
        #expect(played.end == .played)
        #expect(Story(played).unmet == [])
        #expect(try messages(at: "bob", played).count == 2)
        #expect(try messages(at: "carol", played).count == 2)
    }

    @Test("a member says that it is composing: that is answered, has no label and is no message to anybody")
    func composing() async throws {
        let compose = StepKind.compose(by: "bob", group: "team")
        let played = try await play(
            sample(.notRegistered, [creation, compose, sending("m1"), compose, .return("carol")]))
        #expect(played.end == .played)
        let story = Story(played)
        #expect(story.unmet == [])
        #expect(story.line("compose")?["by"]?.string == "bob")
        #expect(story.line("compose")?["message"] == nil)
        #expect(try messages(at: "carol", played).count == 2, "m1 and the marker")
        let offers = try #require(played.recording).facts.compactMap { fact -> String? in
            if case .offered(let offer) = fact.what, offer.item == .composing { offer.user } else { nil }
        }
        #expect(offers.sorted() == ["alice", "alice", "carol", "carol"], "this enabler keeps whatever it is sent")
    }

    @Test("concurrent sends do not wait for one another's arrival, and are waited for before what follows")
    func concurrent() async throws {
        var first = SendStep(by: "alice", label: "m1", group: "team", content: .text("one"))
        first.concurrent = true
        let played = try await play(
            sample(.present, [creation, .send(first), sending("m2", by: "bob"), .leave(who: "carol", group: "team")]))
        #expect(played.end == .played)
        #expect(Story(played).line("send")?["concurrent"] == .bool(true))
        #expect(try messages(at: "carol", played).count == 2)
    }

    @Test("messages that are sent concurrently cross; one that is not is sent when its sender has all of them")
    func crossing() async throws {
        func concurrent(_ label: String, by actor: ActorName) -> StepKind {
            var step = SendStep(by: actor, label: label, group: "team", content: .text(label))
            step.concurrent = true
            return .send(step)
        }
        let played = try await play(
            sample(.present, [
                creation, concurrent("m1", by: "alice"), concurrent("m2", by: "bob"), concurrent("m3", by: "alice"),
                sending("m4", by: "bob"),
            ]))
        #expect(Story(played).unmet == [])
        let facts = try #require(played.recording).facts
        let sends = facts.indices.filter { if case .act(let act) = facts[$0].what { act.step == "send" } else { false } }
        let bobHas = facts.indices.filter {
            if case .offered(let offer) = facts[$0].what, offer.user == "bob" { true } else { false }
        }
        let bobSaid = try #require(sends.last)
        #expect(sends.count == 4)
        #expect(bobHas.count { $0 < bobSaid } == 2, "m1 and m3 came before bob said m4")
        #expect(bobHas.allSatisfy { $0 > sends[1] }, "and not before he said m2")
    }

    @Test("a delivery that never begins leaves the return unmet, within the time for deliveries")
    func nothingDelivered() async throws {
        var implementation = TinyImplementation()
        implementation.habits.withholds = true
        implementation.timers[.deliveryWithin] = 300
        let played = try await play(
            sample(
                .notRegistered,
                [creation, sending("m1"), .end(group: "team", how: .everyoneLeaves), .return("carol")]),
            implementation)
        let story = Story(played)
        #expect(played.end == .played)
        #expect(story.unmet.count == 1)
        #expect(story.unmet.first?.contains("the end of a delivery of team to carol") == true)
        #expect(story.unmet.first?.contains("delivery-within") == true)
        #expect(story.acts.contains("probed"))
    }

    /// Everybody goes off-line, and carol comes back to a session that goes on.
    private func aloneInSession(_ change: (inout TinyImplementation) -> Void) async throws -> PlayedCase {
        var implementation = TinyImplementation()
        implementation.habits.keepsSessions = true
        implementation.timers[.lossRecognition] = 100
        implementation.timers[.deliveryWithin] = 600
        implementation.timers[.quiet] = 100
        change(&implementation)
        var testCase = sample(.losesConnection, [
            creation, .away("carol"), sending("m1"), .away("bob"), .away("alice"), .return("carol"),
        ])
        testCase.actors = testCase.actors.map { ActorRole(name: $0.name, absence: .losesConnection) }
        return try await play(testCase, implementation)
    }

    @Test("in a live session with nobody else the delivery is over when nothing has come for its time")
    func nobodyElse() async throws {
        let played = try await aloneInSession { _ in }
        let story = Story(played)
        #expect(played.end == .played)
        #expect(story.unmet == [])
        #expect(!story.lines.contains { $0["marker"] == .bool(true) }, "there is nobody to send one")
        #expect(try messages(at: "carol", played).count == 1)
        let waits = story.lines.filter { $0.kind == .wait && $0["limit"]?.string == "delivery-within" }
        #expect(waits.map { $0["state"]?.string } == ["begun", "met"])
        #expect(waits.last?["awaited"]?.strings == ["the time has passed"])
    }

    @Test("and one who is not even in it has had no delivery")
    func nobodyElseAndNotIn() async throws {
        let played = try await aloneInSession { $0.habits.withholds = true }
        #expect(Story(played).unmet.first?.contains("the end of a delivery of team to carol") == true)
    }

    @Test("who has missed nothing is waited for no longer than the quiet time")
    func nothingMissed() async throws {
        var implementation = TinyImplementation()
        implementation.timers[.deliveryWithin] = 10_000
        let played = try await play(
            sample(.declines, [creation, sending("m1"), .return("carol")]), implementation)
        #expect(Story(played).unmet == [])
        #expect(played.seconds < 8)
        #expect(try messages(at: "carol", played).isEmpty)
    }

    @Test("a failed preamble ends the script there")
    func failedPreamble() async throws {
        var implementation = TinyImplementation()
        implementation.habits.ignores = ["INVITE"]
        implementation.timers[.answer] = 200
        let played = try await play(sample(.present, [creation, sending("m1")]), implementation)
        let story = Story(played)
        guard case .broken = played.end else {
            Issue.record("ended \(played.end)")
            return
        }
        #expect(story.acts.prefix(2) == ["create", "done!"])
        #expect(!story.acts.contains("send"))
        #expect(story.phase(of: "done") == "preamble")
    }

    @Test("nobody at the address is said as unreachable, and no step is played")
    func unreachable() async throws {
        var implementation = TinyImplementation()
        implementation.isAbsent = true
        let played = try await play(sample(.present, [creation]), implementation)
        #expect(Story(played).troubles.first == "unreachable")
        #expect(Story(played).acts.first == "done!")
        #expect(!Story(played).acts.contains("create"))
    }

    @Test("an implementation that says nothing does not hold the case beyond its time")
    func deadline() async throws {
        var implementation = TinyImplementation()
        implementation.habits.ignores = ["INVITE"]
        implementation.timers[.answer] = 60_000
        implementation.timers[.case] = 400
        let played = try await play(sample(.present, [creation]), implementation)
        #expect(played.end == .timedOut)
        #expect(played.seconds < 5)
        #expect(Story(played).troubles == ["not-finished"])
        #expect(Story(played).lines.count { $0.kind == .open } == Story(played).lines.count { $0.kind == .close })
    }

    @Test("a peer that floods fills the recording, and the case ends there, inconclusive, instead of going on blind")
    func flooded() async throws {
        var implementation = TinyImplementation()
        implementation.habits.floods = true
        implementation.timers[.case] = 60_000
        implementation.timers[.answer] = 50_000
        var small = settings
        small.limits.recording = 512 * 1024
        let played = try await play(sample(.present, [creation, sending("m1")]), implementation, small)
        guard case .broken(let why) = played.end else {
            Issue.record("ended \(played.end)")
            return
        }
        #expect(why.contains("its limit of 524288 bytes"))
        #expect(played.seconds < 40)
        let recording = try #require(played.recording)
        #expect(recording.fullNote != nil)
        #expect(RecordingWriter.bytes(of: recording).count <= 512 * 1024)
    }

    @Test("cancelling the task closes the sockets within a second and keeps the recording")
    func interruption() async throws {
        var implementation = TinyImplementation()
        implementation.habits.ignores = ["INVITE"]
        implementation.timers[.answer] = 60_000
        // The least of three, since other tests may keep the processor busy.
        var least = Int64.max
        for _ in 0..<3 where least >= 1_000_000_000 { least = min(least, try await interrupt(implementation)) }
        #expect(least < 1_000_000_000)
    }

    /// Nanoseconds from the cancellation until everything is closed.
    private func interrupt(_ implementation: TinyImplementation) async throws -> Int64 {
        let task = Task { try await play(sample(.present, [creation]), implementation) }
        try await Task.sleep(for: .milliseconds(300))
        let cancelled = NIODeadline.now()
        task.cancel()
        let played = try await task.value
        let took = (NIODeadline.now() - cancelled).nanoseconds
        #expect(played.end == .interrupted)
        let lines = Story(played).lines
        #expect(lines.count { $0.kind == .open } > 0)
        #expect(lines.count { $0.kind == .open } == lines.count { $0.kind == .close })
        return took
    }

    @Test("draining registers everybody first and lets those who start absent de-register")
    func draining() async throws {
        var implementation = TinyImplementation()
        implementation.needsDraining = true
        implementation.timers[.quiet] = 100
        let played = try await play(sample(.notRegistered, [creation, sending("m1"), .return("carol")]), implementation)
        #expect(played.end == .played)
        #expect(Story(played).unmet == [])
        let registered = try #require(played.recording).facts.filter { $0.what == .registered(user: "carol") }
        #expect(registered.count == 2)
    }

    @Test("whoever is called back to a group that goes on since before leaves it before the case begins")
    func earlierGroups() async throws {
        var implementation = TinyImplementation()
        implementation.needsDraining = true
        implementation.habits.earlierMembers = ["cpm-1", "cpm-3"]
        implementation.timers[.quiet] = 100
        let played = try await play(sample(.notRegistered, [creation, sending("m1"), .return("carol")]), implementation)
        #expect(played.end == .played)
        #expect(Story(played).unmet == [])
        let facts = try #require(played.recording).facts
        let began = try #require(facts.first { if case .act(let act) = $0.what { act.step == "create" } else { false } }).at
        let earlier = facts.compactMap { fact -> GroupSession? in
            if case .invited(let session) = fact.what, session.group?.conversation == "earlier" { session } else { nil }
        }
        #expect(Set(earlier.map(\.user)) == ["alice", "carol"])
        #expect(earlier.count == 2, "nobody is called back to it again")
        for session in earlier {
            #expect(
                facts.contains { fact in
                    guard case .ended(_, session.id, by: .user, _) = fact.what else { return false }
                    return fact.at < began
                }, "\(session.user)")
        }
    }

    @Test("the header names each actor's addresses and holds no password")
    func header() async throws {
        let played = try await play(sample(.present, [creation]))
        let header = try #require(played.recording).header
        #expect(header.iut["users"]?["carol"]?.strings == ["sip:cpm-3@cpm.example"])
        #expect(header.case == played.testCase.json)
        #expect(!String(decoding: header.iut.canonicalBytes, as: UTF8.self).contains("password"))
    }

    private func messages(at user: String, _ played: PlayedCase) throws -> [Offer] {
        try #require(played.recording).facts.compactMap { fact in
            guard case .offered(let offer) = fact.what, offer.user == user, case .message = offer.item else {
                return nil
            }
            return offer
        }
    }
}

extension Recording {
    var facts: [Fact] { FactDecoder.facts(of: self) }
}
