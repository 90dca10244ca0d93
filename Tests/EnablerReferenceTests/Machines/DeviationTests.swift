import SIP
import Testing

@testable import EnablerReference

@Suite("What the reference can be given on purpose")
struct DeviationTests {
    @Test("each defect is described in full, by one family", arguments: Defect.allCases)
    func defect(_ defect: Defect) {
        #expect(Defect.families.count { $0[defect] != nil } == 1)
        #expect(!defect.summary.isEmpty && !defect.summary.hasSuffix("."))
        #expect(defect.check.split(separator: ".").count == 2, "\(defect.check) is no check")
        #expect(!defect.requirements.isEmpty)
    }

    @Test("each variation is described in full, by one family", arguments: Variation.allCases)
    func variation(_ variation: Variation) {
        #expect(Variation.families.count { $0[variation] != nil } == 1)
        #expect(!variation.summary.isEmpty && !variation.summary.hasSuffix("."))
        #expect(!variation.allowedBy.isEmpty)
    }

    @Test("names and summaries are unique, and made of lower-case words")
    func unique() {
        let names = Defect.allCases.map(\.rawValue) + Variation.allCases.map(\.rawValue)
        #expect(Set(names).count == names.count)
        for name in names { #expect(name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }, "\(name)") }
        let summaries = Defect.allCases.map(\.summary) + Variation.allCases.map(\.summary)
        #expect(Set(summaries).count == summaries.count)
    }
}

@Suite("What an enabler makes of its provider's policy")
struct PolicyFaultTests {
    private func settings(_ defect: Defect, _ change: (inout EnablerSettings) -> Void) -> EnablerSettings {
        var settings = EnablerSettings()
        change(&settings)
        PolicyFaults.apply([defect], to: &settings)
        return settings
    }

    @Test("each fault changes what the policy says, and no more")
    func faults() {
        #expect(settings(.storageOffIgnored) { $0.storesMissed = false }.storesMissed)
        #expect(settings(.retentionIgnored) { $0.retention = 5_000 }.retention == 0)
        #expect(settings(.maximumOneShort) { $0.maximumItems = 3 }.maximumItems == 2)
        #expect(settings(.maximumIgnored) { $0.maximumItems = 3 }.maximumItems == EnablerSettings().maximumItems)
        #expect(settings(.maximumKeepsOthers) { $0.maximumItems = 3 }.keepsOldest)
        #expect(settings(.maximumOneShort) { _ in }.maximumItems == EnablerSettings().maximumItems)
        #expect(settings(.intermediatesThoughOff) { $0.deliversIntermediates = false }.deliversIntermediates)
    }

    @Test("group store and forward is shown only where something is stored")
    func feature() {
        #expect(CPMNames.features(storing: true).contains("fullsfgroupchat"))
        #expect(!CPMNames.features(storing: false).contains("fullsfgroupchat"))
    }
}

@Suite("Forms of SIP messages")
struct SIPFormTests {
    private let message = SIPMessage(
        start: .request(method: .invite, uri: "sip:a@b"),
        headers: [
            "Via": "SIP/2.0/TCP b;branch=z9hG4bK1", "Via": "SIP/2.0/TCP a;branch=z9hG4bK2", "From": "<sip:a>",
            "Subject": "one", "Max-Forwards": "70", "Content-Length": "0",
        ], body: [65])

    private func lines(_ variations: Set<Variation>) -> [String] {
        let bytes = SIPForm(variations)?.bytes(of: message) ?? message.serialized()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test("compact names stand for long ones; all values and the body stay")
    func compact() {
        #expect(
            lines([.compactHeaders]) == [
                "INVITE sip:a@b SIP/2.0", "v: SIP/2.0/TCP b;branch=z9hG4bK1", "v: SIP/2.0/TCP a;branch=z9hG4bK2",
                "f: <sip:a>", "s: one", "Max-Forwards: 70", "l: 1", "", "A",
            ])
    }

    @Test("the order is turned round, but not among fields of one name")
    func order() {
        #expect(
            lines([.headerOrder]) == [
                "INVITE sip:a@b SIP/2.0", "Content-Length: 1", "Max-Forwards: 70", "Subject: one", "From: <sip:a>",
                "Via: SIP/2.0/TCP b;branch=z9hG4bK1", "Via: SIP/2.0/TCP a;branch=z9hG4bK2", "", "A",
            ])
    }

    @Test("without a variation that concerns it the form is the usual one")
    func usual() {
        #expect(SIPForm([.fullListsOnly])?.bytes(of: message) == nil)
    }
}

@Suite("Forms of participant information")
struct RosterFormTests {
    @Test("full lists only: versions rise as ever, and every list shows everybody")
    func fullOnly() {
        let user = UserAddress(canonical: "sip:a@b")
        let snapshot = RosterSnapshot(
            focus: "sip:f@b", subject: nil, users: [RosterUser(user: user, displayName: nil, status: .joined)], changed: [])
        var plain = RosterStream()
        var full = RosterStream([.fullListsOnly])
        #expect([plain.next(snapshot), plain.next(snapshot)].map(\.isFull) == [true, false])
        let documents = [full.next(snapshot), full.next(snapshot)]
        #expect(documents.map(\.isFull) == [true, true])
        #expect(documents.map(\.version) == [1, 2])
        #expect(documents[1].users == snapshot.users)
    }
}
