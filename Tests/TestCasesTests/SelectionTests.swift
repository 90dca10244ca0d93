import Diagnostics
import Testing

@testable import TestCases

@Test(
    "a glob matches the whole of an ID",
    arguments: [
        ("058a-*", "058a-missed", true), ("*", "", true), ("a?c", "abc", true), ("a?c", "ac", false),
        ("058a", "058a-missed", false), ("*missed*--a.b", "058a-missed-all--a.b", true), ("**", "x", true),
        ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false),
    ])
func glob(pattern: String, text: String, expected: Bool) {
    #expect(Selection.glob(pattern, text) == expected)
}

private let embedded = ImplementationDescription.embedded(address: IXITAddress(host: "127.0.0.1", port: 5060))

private func selected(_ patterns: String...) throws -> [String] {
    try Selection(cases: SuiteLoader.load(directory: suitesRoot).cases, for: embedded, patterns: patterns)
        .selected.map(\.id)
}

@Test("a pattern is an ID, a base ID, a requirement or a glob; the rest is filtered out")
func patterns() throws {
    #expect(try selected("058a-content-intact") == ["058a-content-intact"])
    #expect(try selected("058a-off-line-and-back").count == 5)
    #expect(try selected("CPM-CONV-058b").allSatisfy { $0.hasPrefix("058b-") })
    let chosen = try selected("058-*", "058a-content-*")
    #expect(chosen.count > 1)
    #expect(chosen.allSatisfy { $0.hasPrefix("058-") || $0.hasPrefix("058a-content-") })
}

@Test("a pattern that matches nothing is refused with the nearest ID")
func unmatchedPattern() throws {
    let cases = try SuiteLoader.load(directory: suitesRoot).cases
    let error = #expect(throws: DiagnosticList.self) {
        _ = try Selection(cases: cases, for: embedded, patterns: ["058a-content-intakt", "CPM-CONV-058a", "zzz"])
    }
    #expect(error?.all.map(\.code) == ["filter.no-match", "filter.no-match"])
    #expect(error?.all.first?.instead == "did you mean '058a-content-intact'?")
}

@Test("a case that does not apply says which item decided")
func reasons() throws {
    let cases = try SuiteLoader.load(directory: suitesRoot).cases
    func reason(_ id: String, _ change: (inout ImplementationDescription) -> Void) throws -> String? {
        var description = embedded
        change(&description)
        let testCase = try #require(cases.first { $0.id == id })
        return testCase.reasonNotApplicable(to: description)
    }
    let lost = "058a-off-line-and-back--absence.loses-connection"
    #expect(try reason(lost) { _ in } == nil)
    #expect(try reason(lost) { $0.ics[.storesAfterLoss] = "false" }?.contains("'stores-after-loss' is false") == true)
    #expect(try reason(lost) { $0.policy.storage = false }?.contains("'storage' is off") == true)
    #expect(try reason(lost) { $0.policy.storage = nil } == nil)
    #expect(try reason(lost) { $0.ixit.timers[.lossRecognition] = 99_000 }?.contains("'loss-recognition'") == true)
    #expect(try reason(lost) { $0.role = .client }?.contains("client") == true)
    // alice and bob are in it while carol is away; where the policy wants three, the session ends under the script.
    #expect(try reason(lost) { $0.policy.endsWhenMembersBelow = 2 } == nil)
    #expect(try reason(lost) { $0.policy.endsWhenMembersBelow = 3 }?.contains("'ends-when-members-below' is 3") == true)
    #expect(try reason(lost) { $0.policy.endsWhenMembersBelow = 3 }?.contains("2 are left") == true)
    let ending = "058a-messages-and-final-list-after-the-end--absence.not-registered--ending.inactivity"
    #expect(try reason(ending) { $0.ixit.timers[.inactivity] = 99_000 }?.contains("'inactivity'") == true)
    #expect(
        try reason("058a-dispositions-after-the-end") { $0.ics[.groupIMDN] = "none" }?.contains("group-imdn") == true)
    #expect(try reason("058-declined-gets-nothing") { $0.ics[.declinedReading] = "owed" }?.contains("declined") == true)
}

@Test("a case whose items would not be kept long enough, or not all of them, does not apply")
func policyRoom() throws {
    let cases = try SuiteLoader.load(directory: suitesRoot).cases
    func reason(_ id: String, _ change: (inout ImplementationDescription) -> Void) throws -> String? {
        var description = embedded
        change(&description)
        return try #require(cases.first { $0.id == id }).reasonNotApplicable(to: description)
    }
    let missed = "058a-messages-missed-from-the-start--absence.not-registered"
    #expect(try reason(missed) { $0.policy.maximum = 3 } == nil)
    #expect(try reason(missed) { $0.policy.maximum = 2 }?.contains("'maximum' is 2, and the case needs room for 3") == true)
    let slow = "058a-messages-and-final-list-after-the-end--absence.not-registered--ending.inactivity"
    #expect(try reason(slow) { $0.policy.retention = 60_000 } == nil)
    #expect(try reason(slow) { $0.policy.retention = 3_000 }?.contains("'retention' is 3000 ms") == true)
    let past = "058-past-retention-live"
    #expect(try reason(past) { _ in }?.contains("'retention' is not stated") == true)
    #expect(try reason(past) { $0.policy.retention = 3_000 } == nil)
    #expect(try reason(past) { $0.policy.retention = 99_000 }?.contains("'longest-wait'") == true)
    #expect(try reason("058-storage-off-ended--absence.not-registered") { $0.policy.storage = false } == nil)
    #expect(try reason("058-maximum--keeps.newest") { $0.policy.maximum = 3 }?.contains("'keeps' is not stated") == true)
}

@Test("a case that rests on a reading does not apply to one who reads otherwise")
func readingNeeds() throws {
    let cases = try SuiteLoader.load(directory: suitesRoot).cases
    func reason(_ id: String, _ option: ICSOption, _ value: String) throws -> String? {
        var description = embedded
        description.ics[option] = value
        return try #require(cases.first { $0.id == id }).reasonNotApplicable(to: description)
    }
    let creator = "058a-creator-off-line--absence.deregisters"
    #expect(try reason(creator, .creatorReading, "owed") == nil)
    #expect(try reason(creator, .creatorReading, "not-owed")?.contains("'creator-reading'") == true)
    let late = "058-late-invitee-gets-no-history"
    #expect(try reason(late, .lateInviteeReading, "not-owed") == nil)
    #expect(try reason(late, .lateInviteeReading, "owed")?.contains("'late-invitee-reading'") == true)
    #expect(try reason("058a-added-while-away", .lateInviteeReading, "owed") == nil)
    let busy = "058a-messages-missed-from-the-start--absence.busy-for-now"
    #expect(try reason(busy, .busyMeansTemporary, "false")?.contains("'busy-means-temporary'") == true)
}
