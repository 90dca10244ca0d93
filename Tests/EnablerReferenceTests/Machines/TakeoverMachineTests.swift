import Testing

@testable import EnablerReference

@Suite("Takeover")
struct TakeoverMachineTests {
    @Test("stands in at once for one who is not registered")
    func notRegistered() {
        var machine = TakeoverMachine()
        #expect(machine.called(reachable: false) == [.represent(.notRegistered)])
    }

    @Test("cancels and stands in when the no-answer timer runs out; a crossing 200 is a late join")
    func crossing() {
        var machine = TakeoverMachine()
        #expect(machine.called(reachable: true) == [.invite(leg: 1, deferred: false), .startNoAnswer(leg: 1)])
        #expect(machine.noAnswer(1) == [.stopNoAnswer, .cancel(leg: 1), .represent(.noAnswer)])
        #expect(machine.accepted(1) == [.join(leg: 1, missed: true)])
        #expect(machine.state == .joined(leg: 1))
    }

    @Test("a 487 after the CANCEL changes nothing")
    func cancelledForReal() {
        var machine = TakeoverMachine()
        _ = machine.called(reachable: true)
        _ = machine.noAnswer(1)
        #expect(machine.refused(1, status: 487) == [.drop(leg: 1)])
        #expect(machine.state == .represented)
    }

    @Test("tells temporary refusals from final ones", arguments: [480, 486, 503, 408, 500])
    func refusedForNow(status: Int) {
        var machine = TakeoverMachine()
        _ = machine.called(reachable: true)
        #expect(
            machine.refused(1, status: status)
                == [.stopNoAnswer, .drop(leg: 1), .represent(.refusedForNow(status))])
    }

    @Test("a decline ends membership", arguments: [603, 600, 403, 488])
    func declined(status: Int) {
        var machine = TakeoverMachine()
        _ = machine.called(reachable: true)
        #expect(machine.refused(1, status: status) == [.stopNoAnswer, .drop(leg: 1), .depart(.declined)])
    }

    @Test("the client's own INVITE withdraws ours; its crossing 200 is hung up")
    func ownInvite() {
        var machine = TakeoverMachine()
        _ = machine.called(reachable: true)
        let own = machine.newLeg()
        #expect(machine.ownInvite(own) == [.stopNoAnswer, .cancel(leg: 1), .join(leg: 2, missed: false)])
        #expect(machine.accepted(1) == [.hangUp(leg: 1)])
        #expect(machine.state == .joined(leg: 2))
    }

    @Test("stands in after a loss, calls on return, and gives up without an answer until the next return")
    func lossAndReturn() {
        var machine = TakeoverMachine()
        _ = machine.called(reachable: true)
        _ = machine.accepted(1)
        #expect(machine.lost(1) == [.drop(leg: 1), .returnFailed, .represent(.lost)])
        #expect(machine.lost(1) == [.drop(leg: 1)])
        #expect(machine.returned() == [.invite(leg: 2, deferred: true), .startNoAnswer(leg: 2)])
        #expect(machine.returned() == [])
        #expect(machine.noAnswer(2) == [.cancel(leg: 2), .returnFailed])
        #expect(machine.returned() == [.invite(leg: 3, deferred: true), .startNoAnswer(leg: 3)])
        #expect(machine.accepted(3) == [.stopNoAnswer, .join(leg: 3, missed: true)])
    }

    @Test("a late 200 to an earlier cancelled leg does not make two sessions")
    func lateAnswerWhileReturning() {
        var machine = TakeoverMachine()
        _ = machine.called(reachable: true)
        _ = machine.noAnswer(1)
        _ = machine.returned()
        #expect(machine.accepted(1) == [.stopNoAnswer, .cancel(leg: 2), .join(leg: 1, missed: true)])
        #expect(machine.accepted(2) == [.hangUp(leg: 2)])
    }

    @Test("a BYE that means leaving ends membership; one with 503 does not")
    func byes() {
        var machine = TakeoverMachine(state: .joined(leg: 1))
        #expect(machine.bye(1, leaves: false) == [.drop(leg: 1), .returnFailed, .represent(.involuntary)])
        machine = TakeoverMachine(state: .joined(leg: 1))
        #expect(machine.bye(1, leaves: true) == [.drop(leg: 1), .depart(.departed), .returnOver])
    }

    @Test("de-registration in each state")
    func deregistration() {
        var machine = TakeoverMachine(state: .joined(leg: 4))
        #expect(machine.unregistered() == [.drop(leg: 4), .returnFailed, .represent(.deregistered)])
        #expect(machine.unregistered() == [])
        _ = machine.returned()
        #expect(machine.unregistered() == [.cancel(leg: 1), .returnFailed])
    }

    @Test("a deferred session of an ended group that is refused for good forgets what was missed")
    func refusedDelivery() {
        var machine = TakeoverMachine(state: .represented, isEnded: true)
        _ = machine.returned()
        #expect(machine.refused(1, status: 603) == [.stopNoAnswer, .drop(leg: 1), .forget, .returnOver])
        _ = machine.returned()
        #expect(machine.refused(2, status: 480) == [.stopNoAnswer, .drop(leg: 2), .returnFailed])
    }
}

@Suite("The order of groups at a return")
struct ReturnQueueTests {
    @Test("oldest first, one after the other")
    func order() {
        var queue = ReturnQueue()
        #expect(queue.returned([5, 2, 9]) == 2)
        #expect(queue.returned([2, 5, 7]) == nil)
        #expect(queue.done(2) == 5)
        #expect(queue.done(9) == nil)
        #expect(queue.done(5) == 7)
        #expect(queue.done(7) == nil)
        #expect(queue.isIdle)
    }

    @Test("a failure waits for the next return")
    func failure() {
        var queue = ReturnQueue()
        _ = queue.returned([1, 2])
        queue.failed(2)
        #expect(queue.current == 1)
        queue.failed(1)
        #expect(queue.isIdle)
        #expect(queue.returned([1, 2]) == 1)
    }
}
