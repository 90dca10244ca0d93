import Foundation
import Testing

@testable import Recordings

@Test(
    "valid JSON comes back in its canonical form",
    arguments: [
        ("{\"b\":1,\"a\":[true,false,null]}", "{\"a\":[true,false,null],\"b\":1}"),
        (" [ 1 , -2.5 , 1e3 , 0 ] ", "[1,-2.5,1000.0,0]"),
        ("\"\\u00e9\\uD83D\\uDE00\\/\\b\"", "\"é😀/\\u0008\""),
        ("\"\\u0000\\u001f\\r\\n\\t\\\"\\\\\"", "\"\\u0000\\u001f\\r\\n\\t\\\"\\\\\""),
        ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
        ("9223372036854775808", "9.223372036854776e+18"), ("{}", "{}"), ("[]", "[]"), ("\"\"", "\"\""),
    ])
func canonical(text: String, expected: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(value.canonicalText == expected)
    #expect(try JSONValue(parsing: value.canonicalText) == value)
    #expect(try JSONValue(parsing: value.indentedText) == value)
}

@Test(
    "what is not JSON is refused",
    arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "01", "-", "1.", ".5", "1e", "+1", "tru", "nul",
        "NaN",
        "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "[1] 2", "[1}",
        "{\"a\":1,\"a\":2}", "1e999", "'a'", "\u{FEFF}1",
    ])
func refused(text: String) {
    #expect(throws: JSONProblem.self) { try JSONValue(parsing: text) }
}

@Test("invalid UTF-8, too much depth and too many bytes are refused")
func bounds() {
    #expect(throws: JSONProblem.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    #expect(throws: JSONProblem.self) { try JSONValue(parsing: [0x22, 0xC0, 0x80, 0x22]) }
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONProblem.self) { try JSONValue(parsing: deep) }
    #expect(throws: JSONProblem.self) { try JSONValue(parsing: "[1,2,3]", maximumBytes: 3) }
    let allowed = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(throws: Never.self) { try JSONValue(parsing: allowed) }
}

@Test("the parser takes every prefix of a text without trapping, and only the whole")
func prefixes() throws {
    let text = Array("{\"a\":[1,-2.5e3,\"x\\u00e9\\ud83d\\ude00\",{\"b\":null}],\"c\":true}".utf8)
    for length in 0..<text.count {
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: Array(text[..<length])) }
    }
    #expect(throws: Never.self) { try JSONValue(parsing: text) }
}

@Test("equal values have equal digests, whatever the order in which they were written")
func digest() throws {
    let a = try JSONValue(parsing: "{\"x\":1,\"y\":{\"q\":2,\"p\":3}}")
    let b = try JSONValue(parsing: "{ \"y\" : {\"p\":3,\"q\":2}, \"x\" : 1 }")
    #expect(a.digest == b.digest)
    #expect(a.digest.count == 64)
    #expect(JSONValue.string("abc").digest == "6cc43f858fbb763301637b5af970e2a46b46f461f27e5a0f41e009c59b827b25")
}

@Test("Foundation's coders agree with the project's own")
func codable() throws {
    let value: JSONValue = ["a": [1, 2.5, "x", true, nil], "b": [:]]
    let data = try JSONEncoder().encode(value)
    #expect(try JSONDecoder().decode(JSONValue.self, from: data) == value)
    #expect(try JSONValue(parsing: Array(data)) == value)
}
