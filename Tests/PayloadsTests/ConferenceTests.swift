import Diagnostics
import Payloads
import Testing
import XML

@Suite("Conference information")
struct ConferenceTests {
    static func user(_ name: String, _ status: EndpointStatus = .connected, state: ConferenceElementState = .full) -> ConferenceUser {
        ConferenceUser(
            entity: "sip:\(name)@cpm.example", state: state,
            endpoints: [ConferenceEndpoint(entity: "sip:\(name)@192.0.2.1", status: status)])
    }

    static func info(_ state: ConferenceElementState, version: Int? = 1, _ users: [ConferenceUser] = []) -> ConferenceInfo {
        ConferenceInfo(entity: "sip:focus-1@cpm.example", state: state, version: version, users: users)
    }

    static func info(_ users: [ConferenceUser]) -> ConferenceInfo { info(.full, version: 1, users) }

    /// Sends a document over the wire.
    static func wire(_ info: ConferenceInfo) throws -> ConferenceInfo {
        let bytes = info.serialized()
        #expect(PayloadSchema.conferenceInfo.validate(bytes) == [])
        return try ConferenceInfo(parsing: bytes)
    }

    @Test("a document with everything is valid and reads as it was")
    func roundTrip() throws {
        var info = Self.info(.full, version: 7, [Self.user("alice"), Self.user("bob", .pending)])
        info.usersState = .full
        info.description = ConferenceDescription(subject: "tea & <cake>", displayText: "Team", maximumUserCount: 100)
        info.description?.freeText = "free"
        info.description?.keywords = ["one", "two"]
        info.description?.conferenceURIs = [ConferenceURI("sip:x@cpm.example", displayText: "x", purpose: "participation")]
        info.description?.serviceURIs = [ConferenceURI("http://cpm.example/")]
        info.hostInfo = ConferenceHost(displayText: "h", webPage: "http://cpm.example/", uris: [ConferenceURI("sip:h@cpm.example")])
        info.conferenceState = ConferenceStateInfo(userCount: 2, active: true, locked: false)
        info.users[0].displayText = "Alice"
        info.users[0].roles = ["chairman"]
        info.users[0].associatedAORs = [ConferenceURI("tel:+4930")]
        info.users[0].languages = ["en", "fr"]
        info.users[0].cascadedFocus = "sip:o@cpm.example"
        var endpoint = ConferenceEndpoint(entity: "e", status: .disconnected)
        endpoint.displayText = "phone"
        endpoint.referred = ConferenceExecution(when: "2026-05-04T10:11:12Z", reason: "r", by: "sip:b@cpm.example")
        endpoint.joiningMethod = .dialedOut
        endpoint.joiningInfo = ConferenceExecution(when: "2026-05-04T10:11:12Z")
        endpoint.disconnectionMethod = .booted
        endpoint.disconnectionInfo = ConferenceExecution(reason: "out")
        endpoint.media = [ConferenceMedia(id: "1", type: "message", status: .sendrecv)]
        endpoint.callInfo = ConferenceCallInfo(callID: "c", fromTag: "f", toTag: "t", displayText: "d")
        info.users[0].endpoints.append(endpoint)
        #expect(try Self.wire(info) == info)
    }

    @Test("the status of a user is the best of its endpoints")
    func status() {
        var user = Self.user("a", .disconnected)
        #expect(user.status == .disconnected)
        for better in [.disconnecting, .dialingOut, .dialingIn, .alerting, .pending, .mutedViaFocus, .onHold, .connected] as [EndpointStatus] {
            user.endpoints.append(ConferenceEndpoint(entity: better.rawValue, status: better))
            #expect(user.status == better)
        }
        user.endpoints = [ConferenceEndpoint(entity: "x", status: EndpointStatus(rawValue: "teleported"))]
        #expect(user.status?.isKnown == false)
        #expect(ConferenceUser(entity: "sip:a@cpm.example").status == nil)
    }

    @Test("a partial document adds, changes and removes users, in order")
    func partial() throws {
        let start = Self.info([Self.user("alice"), Self.user("bob"), Self.user("carol")])
        var change = Self.info(.partial, version: 2)
        change.users = [
            Self.user("bob", .disconnected, state: .partial),
            ConferenceUser(entity: "sip:alice@cpm.example", state: .deleted), Self.user("dave"),
        ]
        let result = try start.applying(try Self.wire(change))
        #expect(result.users.map(\.entity) == ["bob", "carol", "dave"].map { "sip:\($0)@cpm.example" })
        #expect(result.user("sip:bob@cpm.example")?.status == .disconnected)
        #expect(result.users.allSatisfy { $0.state == .full })
        #expect(result.version == 2)
        #expect(result.state == .full)
    }

    @Test("a partial user keeps what the change does not name; a full one does not")
    func partialUser() throws {
        var alice = Self.user("alice")
        alice.displayText = "Alice"
        alice.roles = ["chairman"]
        alice.endpoints.append(ConferenceEndpoint(entity: "second", status: .onHold))
        let start = Self.info([alice])
        var patch = ConferenceUser(entity: alice.entity, state: .partial)
        var first = ConferenceEndpoint(entity: "sip:alice@192.0.2.1", state: .partial, status: .disconnected)
        first.disconnectionMethod = .departed
        patch.endpoints = [first, ConferenceEndpoint(entity: "second", state: .deleted)]
        let partial = try start.applying(try Self.wire(Self.info(.partial, version: 2, [patch])))
        #expect(partial.users[0].displayText == "Alice")
        #expect(partial.users[0].roles == ["chairman"])
        #expect(partial.users[0].endpoints.count == 1)
        #expect(partial.users[0].endpoints[0].status == .disconnected)
        #expect(partial.users[0].endpoints[0].disconnectionMethod == .departed)
        let replaced = try start.applying(try Self.wire(Self.info(.partial, version: 2, [Self.user("alice", .pending)])))
        #expect(replaced.users == [Self.user("alice", .pending)])
    }

    @Test("a full users element in a partial document replaces all users, a missing one none")
    func usersElement() throws {
        let start = Self.info([Self.user("alice"), Self.user("bob")])
        var change = Self.info(.partial, version: 2, [Self.user("carol")])
        change.usersState = .full
        #expect(try start.applying(try Self.wire(change)).users.map(\.entity) == ["sip:carol@cpm.example"])
        var subject = Self.info(.partial, version: 2)
        subject.description = ConferenceDescription(subject: "new")
        let result = try start.applying(try Self.wire(subject))
        #expect(result.users == start.users)
        #expect(result.description?.subject == "new")
    }

    @Test("versions that are stale or leave a gap are told apart")
    func versions() throws {
        let known = Self.info(.full, version: 5, [Self.user("alice")])
        #expect(throws: ConferenceMergeError.stale(known: 5, received: 5)) { try known.applying(Self.info(.partial, version: 5)) }
        #expect(throws: ConferenceMergeError.stale(known: 5, received: 4)) { try known.applying(Self.info(.full, version: 4)) }
        #expect(throws: ConferenceMergeError.gap(known: 5, received: 7)) { try known.applying(Self.info(.partial, version: 7)) }
        #expect(try known.applying(Self.info(.full, version: 7)).version == 7)
        #expect(try known.applying(Self.info(.partial, version: nil)).version == 5)
        var other = Self.info(.full, version: 9)
        other.entity = "sip:other@cpm.example"
        #expect(throws: ConferenceMergeError.otherConference(known: known.entity, received: other.entity)) { try known.applying(other) }
    }

    @Test("a deleted conference has no users, and a change after it is an error")
    func deleted() throws {
        let gone = try Self.info([Self.user("alice")]).applying(try Self.wire(Self.info(.deleted, version: 2)))
        #expect(gone.state == .deleted)
        #expect(gone.users.isEmpty)
        #expect(throws: ConferenceMergeError.nothingToChange) { try gone.applying(Self.info(.partial, version: 3)) }
        #expect(throws: ConferenceMergeError.nothingToChange) { try Self.info(.partial).asInitialState() }
        #expect(try gone.applying(Self.info(.full, version: 3, [Self.user("bob")])).users.count == 1)
    }

    @Test("users marked deleted in a full document are not members")
    func deletedInFull() throws {
        let info = Self.info([Self.user("alice"), ConferenceUser(entity: "sip:bob@cpm.example", state: .deleted)])
        #expect(try Self.wire(info).asInitialState().users.map(\.entity) == ["sip:alice@cpm.example"])
    }

    @Test("a random walk of changes ends where a full document would")
    func randomWalk() throws {
        var random = SeededRandom(seed: 7)
        var truth: [String: EndpointStatus] = [:]
        var known = Self.info(.full, version: 0)
        for version in 1...300 {
            var change = Self.info(.partial, version: version)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let name = "u\(Int.random(in: 0..<12, using: &random))"
                change.users.removeAll { $0.entity == "sip:\(name)@cpm.example" }
                if Bool.random(using: &random) {
                    let status: EndpointStatus = Bool.random(using: &random) ? .connected : .disconnected
                    truth[name] = status
                    change.users.append(Self.user(name, status, state: Bool.random(using: &random) ? .full : .partial))
                } else {
                    truth[name] = nil
                    change.users.append(ConferenceUser(entity: "sip:\(name)@cpm.example", state: .deleted))
                }
            }
            known = try known.applying(try Self.wire(change))
        }
        let seen = Dictionary(uniqueKeysWithValues: known.users.map { ($0.entity ?? "", $0.status ?? .pending) })
        #expect(seen == Dictionary(uniqueKeysWithValues: truth.map { ("sip:\($0)@cpm.example", $1) }))
    }

    @Test("reading and checking at once tells both")
    func checked() {
        let good = ConferenceInfo.checked(Self.info([Self.user("alice")]).serialized())
        #expect(good.info?.users.count == 1)
        #expect(good.problems.isEmpty)
        let odd = ConferenceInfo.checked(Self.info([Self.user("alice", EndpointStatus(rawValue: "there"))]).serialized())
        #expect(odd.info?.users[0].status?.rawValue == "there")
        #expect(odd.problems.first?.code == .xmlInvalid)
        let broken = ConferenceInfo.checked("<a".bytes)
        #expect(broken.info == nil)
        #expect(broken.problems.map(\.code) == [.xmlMalformed])
    }

    @Test("a violation is told with its line")
    func lines() {
        let text = """
            <?xml version="1.0"?>
            <conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="sip:f@cpm.example">
              <users>
                <user entity="sip:a@cpm.example">
                  <endpoint entity="e">
                    <status>maybe</status>
                  </endpoint>
                </user>
                <user entity="sip:b@cpm.example" status="x"/>
              </users>
            </conference-info>
            """
        #expect(PayloadSchema.conferenceInfo.validate(text.bytes).map(\.line) == [6, 9])
        #expect(PayloadSchema.conferenceInfo.validate(text.bytes).allSatisfy { $0.code == .invalid })
    }
}

/// A small generator with a seed, so that a failure can be repeated (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
