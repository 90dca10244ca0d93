import Payloads
import Testing

@Suite("Resource lists")
struct ResourceListTests {
    private static func entry(_ name: String, _ control: CopyControl?, anonymize: Bool = false) -> ResourceEntry {
        ResourceEntry(uri: "sip:\(name)@cpm.example", copyControl: control, anonymize: anonymize)
    }

    @Test("a list that is written is valid and reads as it was")
    func roundTrip() throws {
        var list = ResourceList(entries: [
            Self.entry("a", .to), Self.entry("b", .cc, anonymize: true), Self.entry("c", .bcc), Self.entry("d", nil),
        ])
        list.entries[0].displayName = "A & <B> \"é\""
        list.entries[3].uri = "sip:d@cpm.example?a=1&b=\"<2>\""
        list.entries[1].count = 3
        let bytes = list.serialized()
        #expect(PayloadSchema.resourceLists.validate(bytes) == [])
        #expect(try ResourceList(parsing: bytes).entries == list.entries)
        #expect(PayloadSchema.resourceLists.validate(ResourceList(entries: []).serialized()) == [])
    }

    @Test("the history shows to and cc, anonymous ones as one with their number")
    func history() {
        let list = ResourceList(entries: [
            Self.entry("a", .to), Self.entry("b", .to, anonymize: true), Self.entry("c", .bcc), Self.entry("d", .cc),
            Self.entry("e", .to, anonymize: true), Self.entry("f", nil), Self.entry("g", .cc, anonymize: true),
        ])
        let shown = list.history.entries
        #expect(shown.map(\.uri) == ["sip:a@cpm.example", ResourceList.anonymousURI, "sip:d@cpm.example", ResourceList.anonymousURI])
        #expect(shown.map(\.copyControl) == [.to, .to, .cc, .cc])
        #expect(shown.map(\.count) == [nil, 2, nil, 1])
        #expect(PayloadSchema.resourceLists.validate(list.history.serialized()) == [])
    }

    @Test("numbers of anonymous recipients that no number holds together are as many as can be counted")
    func absurdCounts() {
        var list = ResourceList(entries: [Self.entry("a", .to, anonymize: true), Self.entry("b", .to, anonymize: true)])
        list.entries[0].count = .max
        list.entries[1].count = .max
        #expect(list.history.entries.map(\.count) == [.max])
    }

    @Test("is-composing documents are checked too")
    func isComposing() {
        let start = "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">"
        let good = start + "<state>active</state><contenttype>text/plain</contenttype><refresh>90</refresh></isComposing>"
        #expect(PayloadSchema.isComposing.validate(good.bytes) == [])
        #expect(PayloadSchema.isComposing.validate((start + "<refresh>90</refresh></isComposing>").bytes).count == 1)
        #expect(PayloadSchema.isComposing.validate((start + "<state>idle</state><refresh>0</refresh></isComposing>").bytes).count == 1)
        #expect(PayloadSchema(.isComposing) == .isComposing)
        #expect(PayloadSchema(.plainText) == nil)
    }
}
