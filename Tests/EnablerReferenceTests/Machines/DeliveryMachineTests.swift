import Testing

@testable import EnablerReference

/// Plays the client and the store for a delivery machine, and keeps what was offered.
struct DeliveryBench {
    var machine: DeliveryMachine
    var store: [Int64: StoredItem] = [:]
    var start: RosterSnapshot? = snapshot([listed(alice, .joined), listed(bob, .joined), listed(carol)])
    var offers: [String] = []
    var marks: [Int64: OwedState] = [:]
    var ends: [String] = []
    /// Offers that are answered at once; false keeps them in flight.
    var answers = true

    init(_ machine: DeliveryMachine = DeliveryMachine(intermediates: true)) { self.machine = machine }

    mutating func owe(_ items: StoredItem...) {
        for item in items {
            store[item.id] = item
            run(machine.append(owed(item), item: item))
        }
    }

    mutating func open(_ terms: SessionTerms = SessionTerms(isDeferred: true), missed: Bool = true) {
        run(machine.open(terms, missed: missed))
    }

    mutating func end(_ id: Int64) {
        let final = item(id, .finalRoster)
        store[id] = final
        run(machine.end(final: owed(final), item: final))
    }

    mutating func run(_ actions: [DeliveryAction]) {
        for action in actions {
            switch action {
            case .load(let ids): run(machine.loaded(ids, ids.compactMap { store[$0] }))
            case .loadStart(let before): run(machine.loaded(start: start, before: before))
            case .offer(let id, let offer):
                offers.append(Self.name(offer))
                if answers { run(machine.answered(id, .confirmed)) }
            case .mark(let ids, let state): for id in ids { marks[id] = state }
            case .caughtUp: ends.append("caught up")
            case .finished: ends.append("finished")
            }
        }
    }

    private static func name(_ offer: DeliveryOffer) -> String {
        switch offer {
        case .stored(let item): String(decoding: item.body, as: UTF8.self)
        case .notice(_, let document): "notice of \(document.users.count)"
        case .roster(let document): (document.isFull ? "full " : "partial ") + "\(document.version)"
        }
    }
}

@Suite("Delivery")
struct DeliveryMachineTests {
    @Test("an ended group: initial list, messages and changes in order, the final list last, then farewell")
    func endedGroup() {
        var bench = DeliveryBench()
        bench.owe(item(1, .roster), item(2), item(3, .roster), item(4))
        bench.end(5)
        bench.open()
        #expect(bench.offers == ["full 1", "text 2", "partial 2", "text 4", "full 3"])
        #expect(bench.marks == [1: .confirmed, 2: .confirmed, 3: .confirmed, 4: .confirmed, 5: .confirmed])
        #expect(bench.ends == ["finished"])
    }

    @Test("a stream whose first item is a message begins with the list as it was then")
    func streamStart() {
        var bench = DeliveryBench()
        bench.owe(item(2), item(3, .roster))
        bench.open()
        #expect(bench.offers == ["full 1", "text 2", "partial 2"])
        #expect(bench.ends == ["caught up"])
    }

    @Test("a live group with nothing but its return gets the current list")
    func currentList() {
        var bench = DeliveryBench()
        bench.machine.current = snapshot([listed(alice, .joined)])
        bench.open()
        #expect(bench.offers == ["full 1"])
        #expect(bench.ends == ["caught up"])
    }

    @Test("one who joins at once gets no lists in its session, only messages")
    func joinsAtOnce() {
        var bench = DeliveryBench()
        bench.owe(item(1, .roster))
        bench.open(SessionTerms(), missed: false)
        bench.owe(item(2))
        #expect(bench.offers == ["text 2"])
        #expect(bench.marks[1] == .confirmed)
    }

    @Test("live traffic never overtakes the backlog and no more than the window is in flight")
    func noOvertaking() {
        var bench = DeliveryBench(DeliveryMachine(window: 2, intermediates: false))
        bench.owe(item(1), item(2), item(3))
        bench.answers = false
        bench.open()
        bench.owe(item(4))
        #expect(bench.offers == ["text 1", "text 2"])
        bench.run(bench.machine.answered(1, .confirmed))
        bench.answers = true
        bench.run(bench.machine.answered(2, .confirmed))
        bench.run(bench.machine.answered(3, .confirmed))
        #expect(bench.offers == ["text 1", "text 2", "text 3", "text 4"])
    }

    @Test("after a break, what was not confirmed comes again in its place, and nothing else")
    func breakInDelivery() {
        var bench = DeliveryBench(DeliveryMachine(intermediates: false))
        bench.owe(item(1), item(2), item(3))
        bench.answers = false
        bench.open()
        bench.run(bench.machine.answered(1, .confirmed))
        bench.run(bench.machine.answered(3, .confirmed))
        bench.machine.closed()
        bench.owe(item(4))
        bench.offers = []
        bench.answers = true
        bench.open()
        #expect(bench.offers == ["text 2", "text 4"])
    }

    @Test("the store's late answer to a session that broke does not touch the next one")
    func lateAnswer() throws {
        var machine = DeliveryMachine(window: 2, intermediates: false)
        for id in 1...40 { _ = machine.append(owed(item(Int64(id))), item: nil) }
        let terms = SessionTerms(isDeferred: true)
        let first = try #require(Self.asked(machine.open(terms, missed: true)))
        _ = machine.loaded(first, first.map { item($0) })
        for id in 1...16 { _ = machine.answered(Int64(id), .confirmed) }
        machine.closed()
        let second = try #require(Self.asked(machine.open(terms, missed: true)))
        machine.closed()
        for id in 17...18 { _ = machine.append(owed(item(Int64(id + 100))), item: nil) }
        let third = try #require(Self.asked(machine.open(terms, missed: true)))
        #expect(machine.loaded(Array(second.dropLast()), []) == [])
        #expect(machine.loaded(first, first.map { item($0) }) == [])
        #expect(machine.loaded(third, third.map { item($0) }).isEmpty == false)
        #expect(machine.count == 26)
        #expect(machine.loaded(third, []) == [])
        #expect(machine.count == 26)
    }

    private static func asked(_ actions: [DeliveryAction]) -> [Int64]? {
        if case .load(let items)? = actions.first { items } else { nil }
    }

    @Test("without intermediate lists only the final one comes")
    func finalOnly() {
        var bench = DeliveryBench(DeliveryMachine(intermediates: false))
        bench.owe(item(1, .roster), item(2), item(3, .roster))
        bench.end(4)
        bench.open()
        #expect(bench.offers == ["text 2", "full 1"])
    }

    @Test("one who was present at the end owes its final list to the BYE: answered it is settled, else it comes later")
    func presentAtTheEnd() {
        var bench = DeliveryBench()
        bench.open(SessionTerms(), missed: false)
        bench.end(7)
        #expect(bench.offers == [])
        #expect(bench.ends == ["caught up", "finished"])
        var answered = bench
        answered.run(answered.machine.farewellAnswered())
        answered.machine.closed()
        #expect(answered.marks[7] == .confirmed)
        #expect(answered.machine.isEmpty)
        bench.machine.closed()
        #expect(bench.machine.hasContent)
    }

    @Test("what the client refuses or cannot take is kept for another session")
    func kept() {
        var bench = DeliveryBench(DeliveryMachine(intermediates: false))
        bench.owe(item(1), item(2, text: String(repeating: "x", count: 99)), item(3))
        bench.answers = false
        bench.open(SessionTerms(maximumSize: 50, isDeferred: true))
        #expect(bench.offers == ["text 1", "text 3"])
        bench.run(bench.machine.answered(1, .refused))
        bench.run(bench.machine.answered(3, .confirmed))
        bench.machine.closed()
        #expect(bench.machine.waiting.map(\.owed.item) == [1, 2])
    }

    @Test("an item that the store has lost does not hold up the others")
    func missingItem() {
        var bench = DeliveryBench(DeliveryMachine(intermediates: false))
        bench.owe(item(1), item(2))
        bench.store[1] = nil
        bench.open()
        #expect(bench.offers == ["text 2"])
    }

    @Test("retention drops the old, the maximum drops the oldest messages")
    func retention() {
        var bench = DeliveryBench(DeliveryMachine(intermediates: true))
        bench.owe(item(1), item(2, .roster), item(3), item(4), item(5))
        bench.run(bench.machine.expire(before: 2))
        bench.run(bench.machine.limit(to: DeliveryMachine.Capacity(maximum: 2)))
        #expect(bench.machine.waiting.map(\.owed.item) == [2, 4, 5])
        #expect(bench.marks == [1: .dropped, 3: .dropped])
    }

    @Test("a policy that keeps the oldest drops the new ones, and does not count reports, which have a bound of their own")
    func keepsOldest() {
        var bench = DeliveryBench(DeliveryMachine(intermediates: true))
        bench.owe(item(1), item(2, .roster), item(3, .disposition), item(4), item(5), item(6, .disposition), item(7, .disposition))
        bench.run(bench.machine.limit(to: DeliveryMachine.Capacity(maximum: 2, reports: 3, keepsOldest: true)))
        #expect(bench.machine.waiting.map(\.owed.item) == [1, 2, 3, 4, 6, 7])
        bench.run(bench.machine.limit(to: DeliveryMachine.Capacity(maximum: 2, reports: 2, keepsOldest: true)))
        #expect(bench.machine.waiting.map(\.owed.item) == [1, 2, 3, 4, 6])
        #expect(bench.marks == [5: .dropped, 7: .dropped])
    }
}

@Suite("Variations in delivery")
struct DeliveryVariationTests {
    private let millisecond: Int64 = 1_000_000

    /// What waits behind a break at 1 s, where three messages were answered that long before.
    private func left(_ variations: Set<Variation>, before times: [Int64]) -> (waiting: [Int64], marks: [Int64: OwedState]) {
        var bench = DeliveryBench(
            DeliveryMachine(intermediates: false, deviations: Deviations(variations: variations)))
        bench.answers = false
        bench.owe(item(1), item(2), item(3), item(4))
        bench.open()
        for (place, time) in times.enumerated() {
            bench.run(bench.machine.answered(Int64(place + 1), .confirmed, at: 1_000 * millisecond - time * millisecond))
        }
        bench.run(bench.machine.broke(at: 1_000 * millisecond))
        bench.machine.closed()
        return (bench.machine.waiting.map(\.owed.item), bench.marks)
    }

    @Test("what was answered just before a break is owed again, and what was answered before that is not")
    func uncertain() {
        let varied = left([.uncertainAgain], before: [150, 90, 0])
        #expect(varied.waiting == [2, 3, 4])
        #expect(varied.marks == [1: .confirmed, 2: .owed, 3: .owed])
        #expect(left([], before: [150, 90, 0]).waiting == [4])
    }

    @Test("a final list by another way waits until all before it is answered")
    func notice() {
        var bench = DeliveryBench(
            DeliveryMachine(intermediates: false, deviations: Deviations(variations: [.finalListByNotify])))
        bench.owe(item(1), item(2))
        bench.end(3)
        bench.answers = false
        bench.open()
        #expect(bench.offers == ["text 1", "text 2"])
        bench.run(bench.machine.answered(1, .confirmed))
        #expect(bench.offers.count == 2)
        bench.run(bench.machine.answered(2, .confirmed))
        #expect(bench.offers.last == "notice of 2")
        bench.run(bench.machine.answered(3, .confirmed))
        #expect(bench.ends == ["finished"])
    }

    @Test("an orderly end makes nothing uncertain")
    func orderly() {
        var bench = DeliveryBench(
            DeliveryMachine(intermediates: false, deviations: Deviations(variations: [.uncertainAgain])))
        bench.owe(item(1))
        bench.open()
        bench.machine.closed()
        #expect(bench.machine.isEmpty)
    }
}

@Suite("Defects in delivery")
struct DeliveryDefectTests {
    private func offers(_ defect: Defect?) -> [String] {
        var bench = DeliveryBench(
            DeliveryMachine(intermediates: true, deviations: Deviations(defects: defect.map { [$0] } ?? [])))
        let head = "From: <sip:a>\r\nNS: i <urn:ietf:params:imdn>\r\nDateTime: 2020-01-01T00:00:00Z\r\n"
        let text = head + "i.Disposition-Notification: display\r\n\r\nDateTime: body"
        bench.owe(item(1, .roster), item(2, text: text), item(3))
        bench.end(4)
        bench.open()
        return bench.offers
    }

    @Test("each changes what its name says and nothing else")
    func each() {
        let plain = offers(nil)
        #expect(plain.count == 4)
        #expect(offers(.deliveredTwice) == [plain[0], plain[1], plain[1], plain[2], plain[3]])
        #expect(offers(.sameSenderSwapped) == [plain[0], plain[2], plain[1], plain[3]])
        #expect(offers(.finalListMissing) == Array(plain.dropLast()))
        #expect(offers(.partialWithoutFull)[0] == "partial 1")
        let stripped = offers(.requestStripped)[1]
        #expect(stripped == plain[1].replacing("i.Disposition-Notification: display\r\n", with: ""))
        let rewritten = offers(.dateTimeRewritten)[1]
        #expect(rewritten == plain[1].replacing("2020-01-01T00:00:00Z", with: "2001-02-03T04:05:06Z"))
    }
}
