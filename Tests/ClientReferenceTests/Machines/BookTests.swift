import Payloads
import Testing

@testable import ClientReference

@Suite("What is shown, applied and reported, in virtual time")
struct BookTests {
    @Test("a message that comes again is answered, not shown twice, and reported only while its report is owed")
    func redelivery() {
        var book = Sample.book()
        let first = book.take(.chat(Sample.chat("m1", asking: [.positiveDelivery])))
        #expect(first.owes.map(\.kind) == [.delivered])
        let again = book.take(.chat(Sample.chat("m1", asking: [.positiveDelivery])), leg: 2)
        #expect(again.code == 200)
        #expect(again.owes.count == 1)
        let key = OwedReportKey(message: first.owes[0].message.id, kind: .delivered)
        #expect(book.stillOwes(key, in: 1))
        book.reported(key, in: 1)
        // Whoever was asked to send it before its answer came looks once more.
        #expect(!book.stillOwes(key, in: 1))
        #expect(book.take(.chat(Sample.chat("m1", asking: [.positiveDelivery]))).owes.isEmpty)
        #expect(book.shownTexts == ["text"])
    }

    @Test("equal words in two messages are two messages; one without an id is known by its time and words")
    func identity() {
        var book = Sample.book()
        for id in ["m1", "m2"] { _ = book.take(.chat(Sample.chat(id, "same"))) }
        for _ in 0..<2 { _ = book.take(.chat(Sample.chat(nil, "no id"))) }
        #expect(book.shownTexts == ["same", "same", "no id"])
    }

    @Test("displayed is owed once the user has read, delivered at once, neither where it was not asked for")
    func reports() {
        var book = Sample.book()
        #expect(book.take(.chat(Sample.chat("m1"))).owes.isEmpty)
        #expect(book.take(.chat(Sample.chat("m2", asking: [.display]))).owes.isEmpty)
        let entries = Set(book.conversations[1]?.messages.map(\.id) ?? [])
        #expect(book.read(entries, in: 1).map(\.message.messageID) == ["m2"])
        #expect(book.owed(in: 1).map(\.kind) == [.displayed])
    }

    @Test("reports on own messages are kept by recipient and status, early ones wait for their message, repeats count once")
    func dispositions() {
        var book = Sample.book()
        _ = book.take(.reports([Sample.report("x1")], wrapper: Sample.wrapper()))
        book.say("mine", id: "x1")
        _ = book.take(.reports([Sample.report("x1"), Sample.report("x1", "displayed", of: "alice")], wrapper: Sample.wrapper()))
        #expect(book.dispositions["x1"].map(\.status) == ["delivered", "displayed"])
        #expect(book.shownTexts == ["mine"])
        #expect(book.take(.reports([Sample.report("x1")], wrapper: Sample.wrapper())).owes.isEmpty)
    }

    @Test("a report that names the group is about whoever sent it")
    func reportToTheGroup() {
        var book = Sample.book()
        book.say("mine", id: "x1")
        var report = Sample.report("x1", of: "bob")
        report.recipient = Sample.focus
        _ = book.take(.reports([report], wrapper: Sample.wrapper()))
        #expect(book.dispositions["x1"].map(\.recipient.uri) == ["sip:bob@cpm.example"])
    }

    @Test("is-composing and nothing are no messages; malformed is answered 400 and takes nothing else with it")
    func noise() {
        var book = Sample.book()
        #expect(book.take(.composing(Sample.chat("c1"))).code == 200)
        #expect(book.take(.malformed).code == 400)
        #expect(book.take(.nothing).code == 200)
        _ = book.take(.chat(Sample.chat("m1", "good")))
        #expect(book.shownTexts == ["good"])
    }

    @Test("changes stand among the messages, and each message has the audience of its place")
    func audiences() {
        var book = Sample.book()
        _ = book.take(.list(Sample.list("alice bob carol", version: 1)))
        _ = book.take(.chat(Sample.chat("m1", "one")))
        _ = book.take(.list(Sample.list("-bob", state: .partial, version: 2)))
        _ = book.take(.chat(Sample.chat("m2", "two")))
        #expect(book.story == ["[alice bob carol]", "-bob departed"])
        let messages = book.conversations[1]?.messages ?? []
        #expect(messages.map { $0.audience?.count } == [2, 1])
        let ids = (book.conversations[1]?.history.map(\.id) ?? []) + messages.map(\.id)
        #expect(ids.sorted() == [1, 2, 3, 4])
        #expect(messages[0].id < (book.conversations[1]?.history[1].id ?? 0))
    }

    @Test("a deferred session beside a live one leaves the conversation live; alone it says that the group is over")
    func deferredBesideLive() {
        var book = Sample.book()
        book.joined(1, leg: 2, .over, focus: "sip:old@cpm.example")
        #expect(book.conversations[1]?.record.state == .live)
        book.legEnded(2, in: 1, .ended(isGone: true), now: 0)
        #expect(book.conversations[1]?.record.state == .live)
        book.legEnded(1, in: 1, .ended(isGone: false), now: 0)
        #expect(book.conversations[1]?.record.state == .ended)
        #expect(book.conversations[1]?.record.focusIsGone == false)
    }

    @Test("everything is given to the store, and a book made of it shows the same")
    func changes() {
        var book = Sample.book()
        _ = book.take(.chat(Sample.chat("m1", asking: [.display])))
        let changes = book.takeChanges()
        guard case .message(let message)? = changes.first else { return #expect(Bool(false), "\(changes)") }
        #expect(message.messageID == "m1")
        #expect(book.takeChanges().isEmpty)
        var contents = StoreContents()
        contents.conversations = [book.conversations[1]!.record]
        contents.messages = [message]
        let again = ConversationBook(own: [Sample.carol], contents: contents)
        #expect(again.shownTexts == ["text"])
        #expect(again.conversations[1]?.record.state == .suspended)
        #expect(again.conversation(of: Sample.group)?.record.id == 1)
    }

    @Test("reports on messages that never become known are bounded, the oldest go")
    func bound() {
        var book = Sample.book()
        for number in 0..<1_010 { _ = book.take(.reports([Sample.report("u\(number)")], wrapper: Sample.wrapper())) }
        #expect(book.dispositions["u0"].isEmpty)
        #expect(book.dispositions["u1009"].count == 1)
        #expect(book.takeChanges().count { if case .forgetDisposition = $0 { true } else { false } } == 10)
    }
}
