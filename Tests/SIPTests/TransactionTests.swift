import Testing

@testable import SIP

private let second: Int64 = 1_000_000_000

@Suite("Client transactions in virtual time")
struct ClientMachineTests {
    let times = SIPTimes()

    @Test("An INVITE nobody answers times out after 64*T1, with no repetition before (timers A and B)")
    func inviteTimesOut() {
        var machine = InviteClientMachine(times)
        #expect(machine.begin() == [.start(.overall, after: 32 * second)])
        #expect(machine.expired(.overall) == [.stop(.overall), .stop(.cancelled), .timedOut, .end])
        #expect(machine.state == .terminated)
        #expect(machine.received(status: 200) == [])
    }

    @Test("A provisional response ends timer B, so that ringing may last")
    func ringing() {
        var machine = InviteClientMachine(times)
        _ = machine.begin()
        #expect(machine.received(status: 180) == [.stop(.overall), .deliver])
        #expect(machine.received(status: 183) == [.deliver])
        #expect(machine.expired(.overall) == [])
        #expect(machine.state == .proceeding)
    }

    @Test("A refusal is acknowledged before it is told, and ends at once (timer D is zero)")
    func refused() {
        var machine = InviteClientMachine(times)
        _ = machine.begin()
        #expect(machine.received(status: 486) == [.stop(.overall), .stop(.cancelled), .acknowledge, .deliver, .end])
        #expect(machine.received(status: 486) == [])
    }

    @Test("Each 2xx is told until timer M ends; other responses behind it are not")
    func accepted() {
        var machine = InviteClientMachine(times)
        _ = machine.begin()
        _ = machine.received(status: 100)
        #expect(machine.received(status: 200).contains(.start(.accepted, after: 32 * second)))
        #expect(machine.received(status: 200) == [.deliver])
        #expect(machine.received(status: 180) == [])
        #expect(machine.received(status: 487) == [])
        #expect(machine.expired(.accepted) == [.end])
        #expect(machine.received(status: 200) == [])
    }

    @Test("CANCEL waits for a provisional response, goes once, and gives up after 64*T1")
    func cancelWaits() {
        var machine = InviteClientMachine(times)
        _ = machine.begin()
        #expect(machine.cancel() == [])
        #expect(machine.received(status: 100) == [
            .stop(.overall), .deliver, .sendCancel, .start(.cancelled, after: 32 * second),
        ])
        #expect(machine.cancel() == [])
        #expect(machine.received(status: 180) == [.deliver])
        #expect(machine.expired(.cancelled).suffix(2) == [.timedOut, .end])
    }

    @Test("A 200 that crosses the CANCEL is told like any other")
    func cancelCrosses() {
        var machine = InviteClientMachine(times)
        _ = machine.begin()
        _ = machine.received(status: 180)
        #expect(machine.cancel() == [.sendCancel, .start(.cancelled, after: 32 * second)])
        #expect(machine.received(status: 200).last == .deliver)
        #expect(machine.state == .accepted)
        #expect(machine.expired(.cancelled) == [])
        #expect(machine.cancel() == [])
    }

    @Test("A final answer that comes first leaves nothing to cancel")
    func cancelTooLate() {
        var machine = InviteClientMachine(times)
        _ = machine.begin()
        _ = machine.cancel()
        #expect(!machine.received(status: 200).contains(.sendCancel))
        #expect(!machine.received(status: 180).contains(.sendCancel))
    }

    @Test("Another request times out by timer F also after a provisional response, and ends with the final one")
    func other() {
        var machine = NonInviteClientMachine(times)
        #expect(machine.begin() == [.start(.overall, after: 32 * second)])
        #expect(machine.received(status: 100) == [.deliver])
        #expect(machine.expired(.overall) == [.timedOut, .end])
        machine = NonInviteClientMachine(times)
        _ = machine.begin()
        #expect(machine.received(status: 404) == [.stop(.overall), .deliver, .end])
        #expect(machine.received(status: 404) == [])
        #expect(machine.expired(.overall) == [])
    }

    @Test("A lost connection fails what has no answer, once, and only ends what has one")
    func lost() {
        var machine = InviteClientMachine(times)
        _ = machine.begin()
        #expect(machine.connectionLost().suffix(2) == [.lost, .end])
        #expect(machine.connectionLost() == [])
        machine = InviteClientMachine(times)
        _ = machine.begin()
        _ = machine.received(status: 200)
        let actions = machine.connectionLost()
        #expect(!actions.contains(.lost))
        #expect(actions.last == .end)
        var other = NonInviteClientMachine(times)
        _ = other.begin()
        #expect(other.connectionLost() == [.stop(.overall), .lost, .end])
        #expect(other.connectionLost() == [])
    }
}

@Suite("Server transactions in virtual time")
struct ServerMachineTests {
    let times = SIPTimes()

    @Test("An INVITE gets 100 after 200 ms of silence, and not when the user was quicker or does not want it")
    func trying() {
        var machine = InviteServerMachine(times)
        #expect(machine.begin(trying: true) == [.start(.trying, after: second / 5)])
        #expect(machine.expired(.trying) == [.sendTrying])
        var quick = InviteServerMachine(times)
        _ = quick.begin(trying: true)
        #expect(quick.answer(status: 180) == [.stop(.trying), .send])
        var mute = InviteServerMachine(times)
        #expect(mute.begin(trying: false) == [])
    }

    @Test("A 2xx is repeated after T1, 2*T1, … at most T2, until 64*T1 are over, then the user is told")
    func repeats() {
        var machine = InviteServerMachine(times)
        _ = machine.begin(trying: true)
        #expect(machine.answer(status: 200) == [
            .stop(.trying), .send, .start(.repetition, after: second / 2), .start(.overall, after: 32 * second),
        ])
        var clock = second / 2
        var repetitions = 0
        while clock < 32 * second {
            guard case .start(.repetition, let next)? = machine.expired(.repetition).last else { break }
            repetitions += 1
            #expect(next <= 4 * second)
            clock += next
        }
        #expect(repetitions == 10)
        #expect(machine.expired(.overall) == [.stop(.repetition), .unacknowledged, .end])
        #expect(machine.expired(.repetition) == [])
    }

    @Test("The ACK ends the repetition and the transaction")
    func acknowledged() {
        var machine = InviteServerMachine(times)
        _ = machine.begin(trying: false)
        _ = machine.answer(status: 200)
        #expect(machine.acknowledged() == [.stop(.repetition), .stop(.overall), .end])
        #expect(machine.acknowledged() == [])
    }

    @Test("A refusal is not repeated by timer but for a repeated INVITE, ends with ACK or timer H, silently")
    func refused() {
        var machine = InviteServerMachine(times)
        _ = machine.begin(trying: false)
        #expect(machine.answer(status: 486) == [.stop(.trying), .send, .start(.overall, after: 32 * second)])
        #expect(machine.repeated() == [.sendAgain])
        #expect(machine.answer(status: 200) == [])
        #expect(machine.expired(.overall) == [.end])
        machine = InviteServerMachine(times)
        _ = machine.answer(status: 486)
        #expect(machine.acknowledged().last == .end)
    }

    @Test("Another request is answered once and forgotten (timer J is zero); unanswered it is forgotten after 64*T1")
    func other() {
        var machine = NonInviteServerMachine(times)
        #expect(machine.begin() == [.start(.overall, after: 32 * second)])
        #expect(machine.repeated() == [])
        #expect(machine.answer(status: 100) == [.send])
        #expect(machine.repeated() == [.sendAgain])
        #expect(machine.answer(status: 200) == [.send, .stop(.overall), .end])
        #expect(machine.answer(status: 200) == [])
        machine = NonInviteServerMachine(times)
        #expect(machine.expired(.overall) == [.end])
    }
}

@Suite("Timer queue")
struct TimerQueueTests {
    @Test("Timers come in the order of their deadlines, equal ones in that of their setting, and not before")
    func order() {
        var queue = TimerQueue<String>()
        for (deadline, name) in [(30, "c"), (10, "a"), (20, "b1"), (20, "b2"), (40, "d")] as [(Int64, String)] {
            _ = queue.set(at: deadline, name)
        }
        #expect(queue.popDue(9) == nil)
        var taken: [String] = []
        while let next = queue.popDue(30) { taken.append(next) }
        #expect(taken == ["a", "b1", "b2", "c"])
        #expect(queue.nextDeadline() == 40)
    }

    @Test("A stopped timer never comes, and shells do not pile up")
    func stopping() {
        var queue = TimerQueue<Int>()
        let kept = queue.set(at: 5, -1)
        for round in 0..<100_000 {
            let id = queue.set(at: Int64(100 + round), round)
            queue.stop(id)
            queue.stop(id)
        }
        #expect(queue.count == 1)
        #expect(queue.storedCount < 200)
        #expect(queue.popDue(Int64.max) == -1)
        queue.stop(kept)
        #expect(queue.nextDeadline() == nil)
    }

    @Test("Any mix of setting and stopping keeps the order")
    func mix() {
        var queue = TimerQueue<Int64>()
        var random = SystemRandomNumberGenerator()
        var expected: [Int64] = []
        for _ in 0..<5_000 {
            let deadline = Int64.random(in: 0..<1_000, using: &random)
            let id = queue.set(at: deadline, deadline)
            if Bool.random(using: &random) { queue.stop(id) } else { expected.append(deadline) }
        }
        var taken: [Int64] = []
        while let next = queue.popDue(1_000) { taken.append(next) }
        #expect(taken == expected.sorted())
    }
}
