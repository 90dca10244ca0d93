/// A case in which carol misses many messages of alice.
struct LongCase {
    let messages: Int
    /// Who is there: alice, and bob where every message is relayed live, too.
    let present: [String]

    /// Its recording, below the folder of the reports.
    static let recording = "/recordings/058a-bench-many-messages.ndjson"

    /// The suite of this one case, as YAML.
    var suite: String {
        let labels = (1...messages).map { "m\($0)" }
        let all = labels.joined(separator: ", ")
        let sends = labels.map { "      - send: { by: alice, as: \($0), text: message \($0) }\n" }.joined()
        let actors = (present.map { "\($0): present" } + ["carol: not-registered"]).joined(separator: ", ")
        let invited = (present.dropFirst() + ["carol"]).joined(separator: ", ")
        let watched = present.dropFirst().map { "      - messages: { at: \($0), exactly: [\(all)] }\n" }.joined()
        return """
            suite: Many messages
            role: enabler
            cases:
              - id: 058a-bench-many-messages
                title: A user who was away gets every one of many messages on return
                requirements: [CPM-CONV-058, CPM-CONV-058a]
                purpose:
                  with: carol was invited to the group and is not registered
                  when: alice has sent many messages and carol becomes reachable
                  then: the enabler delivers to carol each message once and in order
                actors: { \(actors) }
                steps:
                  - create: { group: team, by: alice, invite: [\(invited)] }

            """ + sends + """
                  - return: carol
                expect:
                  - messages: { at: carol, exactly: [\(all)] }

            """ + watched
    }
}
