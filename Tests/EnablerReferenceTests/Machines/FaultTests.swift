import Payloads
import Testing

@testable import EnablerReference

@Suite("What defects change in messages and reports")
struct CopyFaultTests {
    /// A message with everything that a defect could change, with another before it.
    private func copies(_ defects: Set<Defect>, body: [UInt8]? = nil) -> (one: CPIMMessage?, two: CPIMMessage?) {
        var faults = MessageFaults(defects)
        let texts = [("alice", "first"), ("bob", String(repeating: "é", count: 1_000))]
        let copies = texts.enumerated().map { place, text in
            var item = item(Int64(place + 1))
            item.body = message(from: text.0, body ?? Array(text.1.utf8)).serialized()
            return try? CPIMMessage(parsing: faults.copy(item).body)
        }
        return (copies[0], copies[1])
    }

    private func message(from user: String, _ body: [UInt8]) -> CPIMMessage {
        var message = CPIMMessage()
        message.from = CPIMAddress(uri: "sip:\(user)@cpm.example")
        message.to = CPIMAddress(uri: "sip:group@cpm.example")
        message.dateTime = "2020-01-02T03:04:05Z"
        message.messageID = "id-of-\(user)"
        if user == "bob" { message.dispositionRequests = [.positiveDelivery, .display] }
        message.contentType = .plainTextUTF8
        message.contentHeaders.add("Content-Length", String(body.count))
        message.body = body
        return message
    }

    @Test("each edit changes a message, and without a defect none is touched", arguments: MessageFaults.edits.keys.sorted { $0.rawValue < $1.rawValue })
    func edits(_ defect: Defect) {
        let good = copies([])
        #expect(good.one == message(from: "alice", Array("first".utf8)))
        // What only a body of its own kind shows.
        let body: [UInt8]? = switch defect {
        case .blankEmptied: Array("\u{A0}\u{200B}\u{2060}".utf8)
        case .lineEndsRewritten: Array("a\r\nb\r\n".utf8)
        case .bodyCutAtZero: [65, 0, 66]
        default: nil
        }
        var binary = message(from: "bob", [1])
        binary.contentType = MediaType(type: "application", subtype: "octet-stream")
        if defect == .typeMadeText {
            var faults = MessageFaults([defect])
            var stored = item(1)
            stored.body = binary.serialized()
            #expect(faults.copy(stored).body != stored.body)
            return
        }
        let (plain, bad) = (copies([], body: body), copies([defect], body: body))
        #expect(bad.one != plain.one || bad.two != plain.two)
        for copy in [bad.one, bad.two] {
            let length = copy?.contentHeaders["Content-Length"]
            #expect(length == copy.map { String($0.body.count) })
        }
    }

    @Test("what a restart changes is changed in what was stored before it, and in nothing else", arguments: MessageFaults.editsAtRestart.keys.sorted { $0.rawValue < $1.rawValue })
    func atRestart(_ defect: Defect) {
        var stored = item(1)
        stored.body = message(from: "alice", [65]).serialized()
        var faults = MessageFaults([defect])
        #expect(faults.copy(stored) == stored)
        faults.restored(1)
        #expect(faults.copy(stored).body != stored.body)
        var other = stored
        other.id = 2
        #expect(faults.copy(other) == other)
        var good = MessageFaults([])
        good.restored(1)
        #expect(good.copy(stored) == stored)
    }

    @Test("line ends: CRLF becomes LF, and a bare CR stays")
    func lineEnds() {
        #expect(copies([.lineEndsRewritten], body: Array("a\r\nb\rc\r\n".utf8)).one?.body == Array("a\nb\rc\n".utf8))
    }

    @Test("each edit of reports changes one", arguments: ReportFaults.edits.keys.sorted { $0.rawValue < $1.rawValue })
    func reports(_ defect: Defect) throws {
        let details = ReportDetails(
            kind: .delivery, status: "delivered", from: CPIMAddress(uri: "sip:bob@cpm.example"), messageID: "r1",
            dateTime: "2020-01-02T03:04:05Z")
        var stored = item(1, .disposition)
        stored.body = try #require(message(from: "alice", [65]).report(details)).serialized()
        #expect(ReportFaults([]).copy(stored) == stored)
        #expect(ReportFaults([defect]).copy(stored).body != stored.body)
    }
}

@Suite("What defects change in a backlog")
struct BacklogFaultTests {
    private func arranged(_ defect: Defect?, isEnded: Bool = true) -> [Int64] {
        var large = item(5, from: bob)
        large.body = [UInt8](repeating: 65, count: 20_000)
        let items = [
            item(1, .roster), item(2, from: bob), item(3, .roster), item(4), large, item(6, .roster), item(7),
            item(8, .disposition), item(9, .finalRoster),
        ]
        var queue = EntryQueue(items.map { DeliveryMachine.Entry(owed: owed($0)) })
        var faults = DeliveryFaults(defect.map { [$0] } ?? [])
        faults.arrange(&queue, isEnded: isEnded)
        return queue.map(\.owed.item)
    }

    @Test(
        "the order and the choice that each defect makes",
        arguments: [
            (nil, [1, 2, 3, 4, 5, 6, 7, 8, 9]), (.newestFirst, [1, 7, 3, 5, 4, 6, 2, 8, 9]),
            (.sameSenderSwapped, [1, 5, 3, 4, 2, 6, 7, 8, 9]), (.sortedBySender, [1, 4, 3, 7, 2, 6, 5, 8, 9]),
            (.largeLast, [1, 2, 3, 4, 7, 6, 5, 8, 9]), (.newestDropped, [1, 2, 3, 4, 5, 6, 8, 9]),
            (.onlyNewestTwo, [1, 3, 5, 6, 7, 8, 9]), (.reportsDroppedAtEnd, [1, 2, 3, 4, 5, 6, 7, 9]),
            (.initialMissing, [2, 3, 4, 5, 6, 7, 8, 9]), (.changesNewestFirst, [1, 2, 6, 4, 5, 3, 7, 8, 9]),
            (.changesFirst, [1, 3, 6, 2, 4, 5, 7, 8, 9]), (.changesLast, [1, 2, 4, 5, 7, 8, 3, 6, 9]),
            (.finalListEarly, [1, 2, 3, 4, 5, 6, 9, 7, 8]),
        ] as [(Defect?, [Int64])])
    func order(_ defect: Defect?, _ expected: [Int64]) { #expect(arranged(defect) == expected) }

    @Test("messages of two senders change places only where the second sender had not got the first")
    func concurrent() {
        func entries(_ concurrent: Set<Int64>) -> [DeliveryMachine.Entry] {
            [item(1, from: bob), item(2), item(3, .roster), item(4, from: bob), item(5), item(6)].map { item in
                var entry = DeliveryMachine.Entry(owed: owed(item))
                entry.owed.isConcurrent = concurrent.contains(item.id)
                return entry
            }
        }
        func order(_ concurrent: Set<Int64>, _ defect: Defect = .concurrentSwapped) -> [Int64] {
            var queue = EntryQueue(entries(concurrent))
            var faults = DeliveryFaults([defect])
            faults.arrange(&queue, isEnded: true)
            return queue.map(\.owed.item)
        }
        #expect(order([]) == [1, 2, 3, 4, 5, 6])
        #expect(order([2, 4, 5, 6]) == [2, 1, 3, 5, 4, 6], "no list is passed, and no sender's own")
        #expect(order([2, 5], .messageLost) == [1, 2, 3, 4, 5, 6])
    }

    @Test("a message crosses another where its sender had not got that one, or could not have")
    func crossings() {
        var crossings = Crossings()
        #expect(!crossings.crosses(1, from: alice) { _ in false })
        #expect(crossings.crosses(2, from: bob) { _ in false }, "the first is not on its way to anybody")
        crossings.isOwed(1)
        crossings.isOwed(2)
        #expect(!crossings.crosses(3, from: bob) { _ in true }, "nobody crosses oneself")
        crossings.isOwed(3)
        #expect(crossings.crosses(4, from: alice) { $0 == 3 }, "alice has not confirmed the third")
        crossings.isOwed(4)
        #expect(!crossings.crosses(5, from: bob) { _ in false })
    }

    @Test("a device that is not the first one gets the first half of the messages, and the next one the rest")
    func split() {
        func offers(_ defects: Set<Defect>, isOther: Bool) -> (first: [String], next: [String]) {
            var bench = DeliveryBench(
                DeliveryMachine(intermediates: false, deviations: Deviations(defects: defects)))
            bench.owe(item(1), item(2), item(3), item(4))
            bench.open(SessionTerms(isDeferred: true, isOtherDevice: isOther))
            let first = bench.offers
            bench.machine.closed()
            bench.open()
            return (first, Array(bench.offers.dropFirst(first.count)))
        }
        let split = offers([.splitBetweenDevices], isOther: true)
        #expect(split.first == ["text 1", "text 2"])
        #expect(split.next == ["text 3", "text 4"])
        #expect(offers([.splitBetweenDevices], isOther: false).first.count == 4)
        #expect(offers([], isOther: true).first.count == 4)
    }

    @Test("a large message that was under way at the break does not come again, and a small one does")
    func partOfLarge() {
        func left(_ defects: Set<Defect>) -> [Int64] {
            var bench = DeliveryBench(DeliveryMachine(intermediates: false, deviations: Deviations(defects: defects)))
            bench.answers = false
            bench.owe(item(1, text: String(repeating: "x", count: 60_000)), item(2))
            bench.open()
            bench.machine.closed()
            return bench.machine.waiting.map(\.owed.item)
        }
        #expect(left([]) == [1, 2])
        #expect(left([.partTakenForWhole]) == [2])
    }

    @Test("where groups have one conversation the new focus comes first, and two conversations keep their order")
    func newFocus() {
        let faults = ReturnFaults([.newFocusFirst])
        #expect(faults.startsWithYoungest(["c", "c"]))
        #expect(!faults.startsWithYoungest(["c", "d"]))
        #expect(!ReturnFaults([]).startsWithYoungest(["c", "c"]))
        #expect(ReturnFaults([.youngestGroupFirst]).startsWithYoungest(["c", "d"]))
    }

    @Test("reports outlive the return to a live session even where the end would drop them")
    func liveReports() { #expect(arranged(.reportsDroppedAtEnd, isEnded: false).contains(8)) }
}

@Suite("What defects change in lists")
struct RosterFaultTests {
    private let begin = snapshot([listed(alice, .joined), listed(bob, .joined), listed(carol, .invited)])
    private let end = snapshot([listed(alice, .joined), listed(bob, .departed), listed(carol, .represented)], changed: [bob])

    private func documents(_ defects: Set<Defect>, live: Bool = false) -> [RosterDocument?] {
        var faults = RosterFaults(defects)
        var stream = RosterStream()
        return [
            faults.document(begin, &stream, isOver: !live, today: end),
            faults.document(end, &stream, isOver: !live, today: end),
            faults.final(end, &stream),
        ]
    }

    @Test(
        "each shows in the final list, and none in the earlier ones",
        arguments: [
            Defect.finalListMissing, .finalListStale, .finalListShowsLeaver, .finalListWithoutAbsent,
            .finalListWithoutMember, .finalListStranger, .finalListTeardown, .finalListPartial, .finalListUserTwice,
            .finalListOtherFocus, .finalListVersionFalls,
        ])
    func final(_ defect: Defect) {
        #expect(documents([defect])[..<2] == documents([])[..<2])
        #expect(documents([defect])[2] != documents([])[2])
    }

    @Test(
        "each shows in the earlier lists, the final one says what it should, and a live session is left alone",
        arguments: [
            Defect.intermediateMissing, .departuresUntold, .initialCurrent, .partialWithoutFull, .listVersionFalls,
            .listVersionGap, .listOtherFocus, .listStranger, .listUserTwice,
        ])
    func earlier(_ defect: Defect) {
        let (good, bad) = (documents([]), documents([defect]))
        #expect(bad[..<2] != good[..<2])
        #expect(bad[2]?.users == good[2]?.users && bad[2]?.focus == good[2]?.focus)
        #expect((bad[2]?.version ?? 0) > (bad[1]?.version ?? 0))
        #expect(documents([defect], live: true)[..<2] == good[..<2])
    }
}

@Suite("What defects change in what is stored")
struct StorageFaultTests {
    private func kept(_ defect: Defect, _ items: [StoredItem], _ before: (inout StorageFaults) -> Void = { _ in }) -> [Int] {
        var faults = StorageFaults([defect], creator: alice)
        before(&faults)
        return items.map { faults.owed($0, to: [carol, dave]).count }
    }

    private func chat(_ sender: UserAddress, _ text: String, type: MediaType = .plainTextUTF8) -> StoredItem {
        var message = CPIMMessage()
        message.from = CPIMAddress(uri: sender.uri)
        message.contentType = type
        message.body = Array(text.utf8)
        var stored = item(1, from: sender)
        stored.body = message.serialized()
        return stored
    }

    @Test("messages: by size, type, words and sender, and for whom")
    func messages() {
        let two = [chat(alice, "yes"), chat(alice, "yes"), chat(bob, "yes")]
        #expect(kept(.sameWordsTakenForRepeat, two) == [2, 0, 2])
        #expect(kept(.onlyCreatorStored, two) == [2, 2, 0])
        #expect(kept(.onlyOneAbsentServed, two) == [1, 1, 1])
        #expect(kept(.messageLost, two) == [0, 2, 2])
        #expect(kept(.largeNotStored, [chat(alice, String(repeating: "a", count: 60_000))] + two) == [0, 2, 2, 2])
        let binary = chat(alice, "b", type: MediaType(type: "application", subtype: "octet-stream"))
        #expect(kept(.onlyTextStored, [binary] + two) == [0, 2, 2, 2])
        #expect(kept(.midSessionNotStored, two) { $0.saw(carol, become: .joined) } == [1, 1, 1])
        #expect(kept(.ringingNotStored, two) { $0.saw(dave, become: .represented) } == [1, 1, 1])
        #expect(kept(.addedNotStored, two) { $0.saw(added: dave) } == [1, 1, 1])
    }

    @Test("an is-composing becomes words with an id of their own, from the same sender, and only with the defect")
    func composing() {
        var composing = CPIMMessage()
        composing.from = CPIMAddress(uri: alice.uri)
        composing.contentType = .isComposing
        composing.body = IsComposing.active
        let words = StorageFaults([.composingKept], creator: alice).words(for: composing, id: "own")
        #expect(words?.messageID == "own")
        #expect(words?.from?.uri == alice.uri)
        #expect(words?.contentType?.essence == "text/plain")
        #expect(StorageFaults([.messageLost], creator: alice).words(for: composing, id: "own") == nil)
    }

    @Test("reports: by status, message and recipient")
    func reports() throws {
        let stored = try [(bob, "delivered", DispositionReport.Kind.delivery), (bob, "displayed", .display), (dave, "delivered", .delivery)]
            .map { user, status, kind in
                var message = CPIMMessage()
                message.from = CPIMAddress(uri: alice.uri)
                message.messageID = "m1"
                let details = ReportDetails(
                    kind: kind, status: status, from: CPIMAddress(uri: user.uri), messageID: "r",
                    dateTime: "2020-01-02T03:04:05Z")
                var stored = item(1, .disposition, from: user)
                stored.body = try #require(message.report(details)).serialized()
                return stored
            }
        #expect(kept(.dispositionNotStored, stored) == [0, 0, 0])
        #expect(kept(.displayedNotStored, stored) == [2, 0, 2])
        #expect(kept(.oneReportPerMessage, stored) == [2, 0, 0])
        #expect(kept(.reportersTakenForOne, stored) == [2, 2, 0])
        var faults = StorageFaults([.reportsOnDeferredDropped], creator: alice)
        faults.saw(dave, become: .represented)
        #expect(stored.map(faults.discards) == [false, false, true])
    }

    @Test("the creator is missing only after a dismissal, and one who was put out is told of changes")
    func lists() {
        let last = snapshot([listed(alice, .joined), listed(bob, .joined)])
        let faults = StorageFaults([.dismissedWithoutCreator, .listsToBooted], creator: alice)
        #expect(faults.final(last, after: .dismissed).users.map(\.user) == [bob])
        #expect(faults.final(last, after: .tooFewMembers) == last)
        #expect(StorageFaults([], creator: alice).final(last, after: .dismissed) == last)
        #expect(faults.tellsOfChanges(listed(bob, .booted)))
        #expect(!faults.tellsOfChanges(listed(bob, .departed)))
        #expect(!StorageFaults([], creator: alice).tellsOfChanges(listed(bob, .booted)))
    }

    @Test("those without a right: each defect has its own")
    func intruders() {
        let users = [listed(alice, .joined), listed(bob, .departed), listed(carol, .declined)]
        let intruders = { (defect: Defect) in
            StorageFaults([defect], creator: alice).intruders(among: users, registered: [alice, bob, carol, dave])
        }
        #expect(intruders(.deliversToLeaver) == [bob])
        #expect(intruders(.deliversToDeclined) == [carol])
        #expect(intruders(.deliversToStranger) == [dave])
        #expect(intruders(.messageLost) == [])
    }
}
