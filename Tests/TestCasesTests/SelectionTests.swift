import Testing

@testable import TestCases

@Test("a glob matches the whole of an ID", arguments: [
    ("058a-*", "058a-missed", true), ("*", "", true), ("a?c", "abc", true), ("a?c", "ac", false),
    ("058a", "058a-missed", false), ("*missed*--a.b", "058a-missed-all--a.b", true), ("**", "x", true),
    ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false),
])
func glob(pattern: String, text: String, expected: Bool) {
    #expect(Selection.glob(pattern, text) == expected)
}
