import Testing

@testable import EnablerReference

@Suite("The focus")
struct FocusMachineTests {
    private func group(inviting invited: [UserAddress]) -> FocusMachine {
        var focus = FocusMachine(
            focus: "sip:focus-1@cpm.example", subject: "team", creator: alice, maximumMembers: 4)
        _ = focus.create(listed(alice), inviting: invited.map { listed($0) })
        return focus
    }

    @Test("calls everybody in the list once, and lists them as called")
    func callsEverybody() {
        var focus = FocusMachine(focus: "sip:f@x", subject: nil, creator: alice, maximumMembers: 9)
        let actions = focus.create(listed(alice), inviting: [listed(bob), listed(carol), listed(bob), listed(alice)])
        #expect(actions.filter { if case .invite = $0 { true } else { false } } == [.invite(bob), .invite(carol)])
        #expect(focus.everybody.map(\.status) == [.joined, .invited, .invited])
    }

    @Test("sends a message to members present, called and represented, but not to the sender or a leaver")
    func audience() {
        var focus = group(inviting: [bob, carol, dave])
        _ = focus.member(bob, became: .joined)
        _ = focus.member(carol, became: .represented)
        _ = focus.member(dave, became: .declined)
        #expect(focus.audience(of: alice) == [bob, carol])
        _ = focus.member(bob, became: .departed)
        #expect(focus.audience(of: alice) == [carol])
    }

    @Test("tells of no change when a member is stood in for after having been connected")
    func lossIsNoChange() {
        var focus = group(inviting: [bob, carol])
        _ = focus.member(bob, became: .joined)
        let actions = focus.member(bob, became: .represented)
        #expect(actions == [.keep(bob, .represented), .restartInactivity])
    }

    @Test("ends with too few members when one is left, and lists the leaver as departed")
    func tooFew() {
        var focus = group(inviting: [bob])
        _ = focus.member(bob, became: .joined)
        let actions = focus.member(bob, became: .departed)
        guard case .end(.tooFewMembers, let final)? = actions.last else {
            #expect(Bool(false), "no end in \(actions)")
            return
        }
        #expect(final.users.map(\.status) == [.joined, .departed])
        #expect(focus.member(alice, became: .departed) == [])
    }

    @Test("ends when the last present member leaves and only absent ones remain, but not when that one is lost")
    func lastPresent() {
        var focus = group(inviting: [bob, carol])
        _ = focus.member(bob, became: .represented)
        _ = focus.member(carol, became: .represented)
        _ = focus.member(alice, became: .represented)
        #expect(focus.ended == nil)
        _ = focus.member(alice, became: .joined)
        _ = focus.member(alice, became: .departed)
        #expect(focus.ended == .tooFewMembers)
    }

    @Test("lets only members add, within the bound, and calls one who had left again")
    func adding() {
        var focus = group(inviting: [bob, carol])
        #expect(focus.add(listed(dave), by: dave) == .failure(.notMember))
        #expect((try? focus.add(listed(dave), by: alice).get())?.contains(.invite(dave)) == true)
        let fifth = UserAddress(canonical: "sip:erin@cpm.example")
        #expect(focus.add(listed(fifth), by: alice) == .failure(.full))
        _ = focus.member(bob, became: .departed)
        #expect((try? focus.add(listed(bob), by: alice).get())?.contains(.invite(bob)) == true)
    }
}

@Suite("A stream of participant information")
struct RosterStreamTests {
    @Test("starts full, goes on partial with the version plus one, and is full again where asked for")
    func versions() {
        var stream = RosterStream()
        let users = [listed(alice, .joined), listed(bob, .departed)]
        let first = stream.next(snapshot(users, changed: [bob]))
        let second = stream.next(snapshot(users, changed: [bob]))
        let third = stream.next(snapshot(users, changed: [bob]), full: true)
        #expect([first.isFull, second.isFull, third.isFull] == [true, false, true])
        #expect([first.version, second.version, third.version] == [1, 2, 3])
        #expect(second.users == [listed(bob, .departed)])
        #expect(third.users == users)
        #expect(third.connected == 1)
    }

    @Test("survives the store")
    func encoding() {
        let value = snapshot([listed(alice, .joined)], changed: [alice])
        #expect(RosterSnapshot(encoded: value.encoded) == value)
        #expect(RosterSnapshot(encoded: [1, 2]) == nil)
    }
}
