import Recordings
import Testing

@testable import UpperTester

@Suite("Documents of the upper tester are read strictly, with the path of what is wrong")
struct DocumentTests {
    private static let message: JSONValue = [
        "id": "M1", "direction": "received", "sender": "sip:a@b", "text": "x", "contentType": "text/plain",
        "sentAt": "2026-05-01T09:30:00Z", "read": false, "dispositions": [["status": "delivered"]],
    ]

    private static func messages(_ change: (inout JSONValue) -> Void) -> JSONValue {
        var changed = message
        change(&changed)
        return ["revision": 3, "messages": [message, changed]]
    }

    private func problem(_ json: JSONValue) -> String {
        do throws(DocumentProblem) {
            _ = try ShownMessages(json: json)
            return "no problem"
        } catch {
            return error.description
        }
    }

    @Test("what is not known is ignored, null is left out, and times are instants whatever their zone")
    func lenient() throws {
        let list = try ShownMessages(
            json: Self.messages {
                $0["future"] = ["a": 1]
                $0["audience"] = .null
                $0["sentAt"] = "2026-05-01T11:30:00+02:00"
            })
        #expect(list.entries[0] == list.entries[1])
        #expect(list.entries[0].sentAt == 1_777_627_800_000)
    }

    @Test("a missing or null member", arguments: ["id", "direction", "sender", "contentType", "sentAt", "read", "dispositions"])
    func missing(_ key: String) {
        #expect(problem(Self.messages { $0[key] = nil }).hasPrefix("messages[1].\(key) is missing; write "))
        #expect(problem(Self.messages { $0[key] = .null }).hasPrefix("messages[1].\(key) is null; write "))
    }

    @Test("a member of the wrong type or value says what was there and what to write")
    func wrong() {
        let cases: [(JSONValue, String)] = [
            (Self.messages { $0["read"] = "yes" }, "messages[1].read is the text \"yes\"; write true or false"),
            (Self.messages { $0["direction"] = "recieved" }, "messages[1].direction is the text \"recieved\"; write received, if that is meant"),
            (Self.messages { $0["sender"] = "Alice" }, "messages[1].sender is the text \"Alice\"; write a sip, sips or tel URI"),
            (Self.messages { $0["sender"] = "<sip:a@b>" }, "messages[1].sender is the text"),
            (Self.messages { $0["sentAt"] = "yesterday" }, "messages[1].sentAt is the text \"yesterday\"; write an RFC 3339"),
            (Self.messages { $0["sentAt"] = "2026-05-01T09:30:00" }, "messages[1].sentAt is the text"),
            (Self.messages { $0["sentAt"] = 17 }, "messages[1].sentAt is the number 17; write an RFC 3339"),
            (Self.messages { $0["id"] = "" }, "messages[1].id is empty"),
            (Self.messages { $0["id"] = .string(String(repeating: "a", count: 257)) }, "messages[1].id has 257 characters; write at most 256"),
            (Self.messages { $0["text"] = nil }, "messages[1].text is missing; write what the user sees, or other content as base64"),
            (Self.messages { $0["base64"] = "AAAA" }, "messages[1].base64 stands beside text; write one of the two"),
            (Self.messages { $0["text"] = nil; $0["base64"] = "not base 64" }, "messages[1].base64 is the text"),
            (Self.messages { $0["contentType"] = "text" }, "messages[1].contentType is the text \"text\"; write a media type"),
            (Self.messages { $0["audience"] = ["sip:a@b", 3] }, "messages[1].audience[1] is the number 3"),
            (Self.messages { $0["dispositions"] = [["status": "read"]] }, "messages[1].dispositions[0].status is the text \"read\"; write delivered"),
            (Self.messages { $0 = [] }, "messages[1] is an array of 0; write a JSON object"),
            (["revision": 1, "messages": [:]], "messages is an object of 0 members; write an array"),
            (["messages": []], "revision is missing; write a whole number"),
            (["revision": 1.5, "messages": []], "revision is the number 1.5; write a whole number"),
            (["revision": "7", "messages": []], "revision is the text \"7\"; write a whole number"),
            (["revision": -1, "messages": []], "revision is the number -1; write a whole number"),
            ([], "the document is an array of 0; write a JSON object"),
        ]
        for (json, says) in cases { #expect(problem(json).hasPrefix(says), "\(problem(json))") }
    }

    @Test("lists of ten thousand are read, longer ones are not")
    func long() throws {
        let one: JSONValue = ["kind": "left", "uri": "sip:a@b"]
        let list = try ShownHistory(json: ["revision": 1, "entries": .array([JSONValue](repeating: one, count: 10_000))])
        #expect(list.entries.count == 10_000)
        #expect { try ShownHistory(json: ["revision": 1, "entries": .array([JSONValue](repeating: one, count: 10_001))]) } throws: {
            "\($0)" == "entries has 10001 entries; write at most 10000"
        }
    }

    @Test("another API, and another major version of this one, are told apart")
    func identity() {
        func problem(_ json: JSONValue) -> String {
            do throws(DocumentProblem) {
                _ = try UpperTesterIdentity(json: json)
                return "no problem"
            } catch {
                return error.description
            }
        }
        let good = UpperTesterIdentity(clientName: "a", clientVersion: "1").json
        var later = good
        later["version"] = "1.7"
        #expect(problem(later) == "no problem")
        later["version"] = "2.0"
        #expect(problem(later).hasPrefix("version is the text \"2.0\"; serve version 1.0"))
        later["version"] = "10.0"
        #expect(problem(later).hasPrefix("version is"))
        later["api"] = "petstore"
        #expect(problem(later) == "api is the text \"petstore\"; write \"cpmcheck-upper-tester\"")
    }

    @Test("text of a peer is escaped in what is said of it")
    func escaped() {
        #expect(problem(Self.messages { $0["direction"] = "\u{1B}[31m\n\u{202E}" }).contains("\\u{1b}[31m\\n\\u{202e}"))
    }
}
