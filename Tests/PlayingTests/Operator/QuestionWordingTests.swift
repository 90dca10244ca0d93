import Foundation
import TestCases
import Testing

@testable import Facts
@testable import Playing

/// The words in which a person is asked.
@Suite("The wording of questions")
struct QuestionWordingTests {
    private let person = PersonText(zone: TimeZone(secondsFromGMT: 5_400) ?? .current)

    private func message(_ label: String, _ by: String, _ text: String, at time: Int64? = 1_777_627_800_000) -> OperatorQuestion.Message {
        OperatorQuestion.Message(label: label, by: by, contentType: SendStep.plainText, body: Array(text.utf8), sentAt: time)
    }

    private func text(_ matter: OperatorQuestion.Matter, _ checks: [ShownCheck]) -> String {
        let question = OperatorQuestion(
            user: "carol", group: "team", checks: checks, about: [], matter: matter, lines: [], missing: [])
        return QuestionWording(question: question, group: "the group “x”", person: person).text
    }

    @Test("messages are asked for in one question, with senders, times by the person's clock and words")
    func messages() {
        let matter = OperatorQuestion.Matter.messages(
            [message("m1", "alice", "one"), message("m2", "bob", "two", at: nil)], beside: [message("m3", "bob", "no name")],
            own: [message("c1", "carol", "mine")])
        #expect(
            text(matter, ShownCheck.ofMessages) == """
                Do exactly these 2 messages stand in the group “x”, in this order, each once and with its sender, time and content?
                  1. Alice, 2026-05-01 11:00:00: “one”
                  2. Bob, at no time that is told: “two”
                What Carol wrote does not count: “mine”.
                This may be shown or not, and does not count: “no name”.
                Times are UTC+01:30; one that is shown less precisely, or in another zone, is right when it means the same.
                """)
    }

    @Test("each part has a question of its own, which a client that behaves lets answer with yes", arguments: ShownCheck.ofMessages)
    func parts(_ check: ShownCheck) {
        for came in [[message("m1", "alice", "one")], [message("m1", "alice", "one"), message("m2", "bob", "two")]] {
            let text = text(.messages(came, beside: [], own: []), [check])
            let first = text.prefix { $0 != "\n" }
            #expect(first.hasSuffix("?"))
            #expect(first.contains("the group “x”"))
            #expect(!first.contains("these 1 "))
            #expect(text.contains("  1. Alice, 2026-05-01 11:00:00: “one”"))
        }
    }

    @Test("the questions of all parts are different ones")
    func distinct() {
        let matter = OperatorQuestion.Matter.messages(
            [message("m1", "alice", "one"), message("m2", "bob", "two")], beside: [], own: [])
        #expect(Set(ShownCheck.ofMessages.map { text(matter, [$0]) }).count == ShownCheck.ofMessages.count)
    }

    @Test("a group in which nothing came is asked to be empty")
    func empty() {
        #expect(
            text(.messages([], beside: [], own: []), [.only])
                == "Is the group “x” free of messages? If there is no such group, that is a yes.")
    }

    @Test("messages with the same words are said to be different ones")
    func twins() {
        let matter = OperatorQuestion.Matter.messages(
            [message("m1", "alice", "ok"), message("m2", "alice", "ok")], beside: [], own: [])
        #expect(text(matter, ShownCheck.ofMessages).contains("Messages with the same words are different messages"))
    }

    @Test("what became of the user's messages is asked with all that the user wrote")
    func fates() {
        let own = [message("c1", "carol", "one"), message("c2", "carol", "two")]
        let fate = OperatorQuestion.Fate(message: own[0], from: "alice", status: .failed)
        #expect(
            text(.fates([fate], own: own), [.allFates, .onlyFates]) == """
                Does the group “x” show exactly this of what became of the messages that Carol wrote?
                  1. “one”: not delivered to Alice
                Carol wrote “one” and “two”. A client need not say whose report it is, and a mark that a message was sent does not count.
                """)
        #expect(text(.fates([], own: own), [.onlyFates]).hasPrefix("Does the group “x” show no message that Carol wrote as delivered"))
    }

    @Test("participants, history and audiences are asked line by line")
    func others() {
        let members = text(.members(["alice": .connected, "bob": .left, "carol": .member, "dave": .absent]), [.members])
        #expect(members.contains("  Alice: taking part\n  Bob: not listed, or as one who has gone\n  Carol: one of the group, or not listed"))
        let history = text(
            .history([.message(message("m1", "alice", "one")), .change(.joined("dave")), .change(.left("bob"))]), [.history])
        #expect(history.contains("  1. Alice: “one”\n  2. Dave joined\n  3. Bob left"))
        #expect(text(.history([.message(message("m1", "alice", "one"))]), [.history]).contains("show nobody who joined or left?"))
        let audience = text(.audience([.init(message: message("m1", "alice", "one"), names: ["alice", "bob"])]), [.audience])
        #expect(audience.contains("  1. Alice, “one”: Alice and Bob"))
    }

    @Test("no word of a peer can steer a terminal, hide or reorder what stands beside it")
    func hostile() {
        let text = person.content(Array("a\u{1B}[2Jb\u{202E}c\r\nd".utf8), "text/plain")
        #expect(text == "“a\\u{1b}[2Jb\\u{202e}c\\u{d}\\u{a}d”")
        #expect(person.content(Array("x".utf8), "image/\u{1B}").contains("\\u{1b}"))
    }

    @Test("what is long, no text, or cannot be seen is told so that a person can find it")
    func content() {
        let long = String(repeating: "a", count: 50) + String(repeating: "b", count: 19_950)
        #expect(
            person.content(Array(long.utf8), "text/plain")
                == "“\(String(repeating: "a", count: 40))…” to “…\(String(repeating: "b", count: 40))”, 20,000 characters")
        #expect(person.content([0, 1, 2], "application/octet-stream") == "content of the type application/octet-stream, 3 bytes")
        #expect(person.content([0xFF], "text/plain") == "content of the type text/plain, 1 byte")
        #expect(person.content(Array(SampleText.emptyLooking.text.utf8), "text/plain") == "3 characters that cannot be seen")
        #expect(person.content([], "text/plain") == "no words at all")
        for sample in SampleText.allCases where sample != .emptyLooking {
            #expect(person.content(Array(sample.text.utf8), "text/plain") == "“\(sample.text)”", "\(sample)")
        }
    }
}
