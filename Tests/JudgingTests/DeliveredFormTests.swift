import Facts
import Hygiene
import TestCases
import Testing

@testable import Judging

/// Whom a breach of form is charged to: what was deferred in this case, and nothing that may be another's.
@Suite("The form of what is delivered")
struct DeliveredFormTests {
    private func form(_ story: FactScript, _ findings: [WireFinding]) -> [String] {
        DeliveredForm(WireSurvey(looked: [.payloads: 9], findings: findings), story.context())
            .checks.filter { $0.outcome == .fail }.map(\.id)
    }

    private func finding(_ story: FactScript, at user: String, lines: [Int]? = nil) -> WireFinding {
        WireFinding(rule: .cpimForm, actor: user, what: "no DateTime", lines: lines ?? [story.lastOfferLine])
    }

    @Test("what is left over of another group is nobody's, the group's own is charged", arguments: [true, false])
    func leftOver(isOther: Bool) {
        var story = FactScript.carolMissedTwo()
        let other = GroupIdentity(conversation: "conv-0", contribution: "contr-0")
        let session = story.session("carol", form: .deferred, group: isOther ? other : FactScript.group)
        story.arrives("m1", at: "carol", in: session) { if isOther { $0.id = "old-1" } }
        #expect(form(story, [finding(story, at: "carol")]) == (isOther ? [] : ["messages.well-formed"]))
    }

    @Test("of two messages in one line, either of which had the same fault when it was relayed live, none is charged")
    func sharedLine() {
        func charged(relayedSo: Bool) -> [String] {
            var story = FactScript.carolMissedTwo()
            story.arrives("m2", at: "bob", in: nil)
            let relayed = finding(story, at: "bob")
            let session = story.session("carol", form: .deferred)
            story.together { story in
                story.arrives("m1", at: "carol", in: session)
                story.arrives("m2", at: "carol", in: session)
            }
            return form(story, [finding(story, at: "carol")] + (relayedSo ? [relayed] : []))
        }
        #expect(charged(relayedSo: false) == ["messages.well-formed"])
        #expect(charged(relayedSo: true) == [])
    }
}
