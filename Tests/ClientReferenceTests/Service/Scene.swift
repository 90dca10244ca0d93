import Connections
import EnablerReference
import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import ClientReference

/// A reference enabler and reference clients over real sockets.
struct Scene: Sendable {
    let loop: any EventLoop
    let enabler: ReferenceEnabler
    let addresses: EnablerAddresses
    let clients: [String: ReferenceClient]

    /// How one client is to be.
    struct Cast: Sendable {
        var defects: Set<ClientDefect> = []
        var variations: Set<ClientVariation> = []
        var settings: @Sendable (inout ReferenceClientSettings) -> Void = { _ in }
    }

    /// Runs `body` with the named clients, all on-line but those in `absent`.
    static func play(
        _ names: [String], absent: Set<String> = [], cast: [String: Cast] = [:],
        varied: Set<EnablerReference.Variation> = [], enabler change: (inout EnablerSettings) -> Void = { _ in }, _ body: (Scene) async throws -> Void
    ) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var settings = EnablerSettings()
        settings.noAnswer = 1_200
        settings.lossRecognition = 3_000
        change(&settings)
        let enabler = ReferenceEnabler(eventLoop: loop, settings: settings, variations: varied)
        let addresses = try await enabler.start()
        var clients: [String: ReferenceClient] = [:]
        for name in names {
            let role = cast[name] ?? Cast()
            clients[name] = try await makeClient(name, role, on: loop, addresses)
        }
        let scene = Scene(loop: loop, enabler: enabler, addresses: addresses, clients: clients)
        do {
            for name in names where !absent.contains(name) { try await scene[name].goOnline() }
            try await body(scene)
        } catch is GivenUp {}
        for client in clients.values { await client.stop() }
        await enabler.stop()
    }

    static func makeClient(
        _ name: String, _ role: Cast, on loop: any EventLoop, _ addresses: EnablerAddresses
    ) async throws -> ReferenceClient {
        var settings = ReferenceClientSettings(
            address: "sip:\(name)@cpm.example", domain: "cpm.example", factoryURI: "sip:factory@cpm.example",
            outboundHost: addresses.sipHost, outboundPort: addresses.sipPort)
        settings.displayName = name.capitalized
        settings.password = "secret of \(name)"
        role.settings(&settings)
        let client = ReferenceClient(
            eventLoop: loop, settings: settings, defects: role.defects, variations: role.variations)
        try await client.start()
        return client
    }

    /// What was waited for did not come; it has been recorded.
    struct GivenUp: Error {}

    subscript(_ name: String) -> ReferenceClient { clients[name]! }

    /// Waits until something holds, or records what was there instead.
    func wait(
        _ name: String, _ what: String, seconds: Double = 6, sourceLocation: SourceLocation = #_sourceLocation,
        until holds: @escaping @Sendable (Seen) -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try await holds(seen(name)) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        let seen = try await seen(name)
        #expect(Bool(false), "\(what) did not come; \(name) sees \(seen)", sourceLocation: sourceLocation)
        throw GivenUp()
    }

    func seen(_ name: String) async throws -> Seen { try await self[name].look { Seen($0.book) } }

    /// Alice makes a group; waits until she and those in `joining` are in it.
    @discardableResult
    func create(inviting others: [String], joining: [String], subject: String? = "Team") async throws -> Int64 {
        let id: Int64? = try await self["alice"].on { service, done in
            service.create(others.map { "sip:\($0)@cpm.example" }, subject: subject) { id, _ in done(id) }
        }
        for name in joining + ["alice"] { try await wait(name, "the session") { $0.states.last == "live" } }
        return try #require(id)
    }

    /// Sends, and waits until it is answered and all `receivers` show it.
    func send(_ text: String, by sender: String, to receivers: [String]) async throws {
        try await post(text, by: sender)
        try await wait(sender, "the answer to \(text)") { $0.texts.contains("me: \(text)") }
        for name in receivers { try await wait(name, text) { $0.texts.contains("\(sender): \(text)") } }
    }

    /// Sends, and does not wait.
    func post(_ text: String, by sender: String) async throws {
        try await self[sender].look { service in
            guard let id = service.book.inOrder.last?.record.id else { return }
            service.compose(ComposedContent(type: "text/plain;charset=UTF-8", body: Array(text.utf8)), in: id) { _ in }
        }
    }

    func readAll(_ name: String) async throws {
        try await self[name].look { service in
            for conversation in service.book.inOrder {
                let unread = conversation.messages.filter { !$0.isRead }.map(\.id)
                service.read(Set(unread), in: conversation.record.id) {}
            }
        }
    }

    func leave(_ name: String) async throws {
        let status: Int = try await self[name].on { service, done in
            guard let id = service.book.inOrder.last?.record.id else { return done(0) }
            service.leave(id, done)
        }
        #expect(status == 200)
    }
}

/// What a user sees, in short lines.
struct Seen: Sendable, CustomStringConvertible {
    /// One for each conversation.
    var states: [String]
    /// `alice: text`, `me: text` once it is sent; of all conversations.
    var texts: [String]
    /// Texts with the changes between them: `+dave`, `-bob departed`, `[alice bob carol]`.
    var story: [String]
    /// `text: bob delivered`.
    var dispositions: Set<String>
    /// `alice connected`, of the last conversation.
    var participants: [String]
    /// `text > bob carol`.
    var audiences: [String]
    var refusals: [String]

    init(_ book: ConversationBook) {
        let all = book.inOrder.filter(\.isShown)
        states = all.map(\.record.state.rawValue)
        texts = all.flatMap { conversation in conversation.messages.compactMap { Self.line($0) } }
        dispositions = Set(
            all.flatMap(\.messages).filter(\.isOwn).flatMap { message in
                book.dispositions[message.messageID].map {
                    "\(Self.text(message)): \(Self.name($0.recipient.uri)) \($0.status)"
                }
            })
        participants = (all.last?.participants.shown ?? []).map {
            "\(Self.name($0.person.uri)) \($0.status)" + ($0.method.map { " \($0)" } ?? "")
        }
        audiences = all.flatMap(\.messages).filter { !$0.isOwn }.map { message in
            "\(Self.text(message)) > " + (message.audience?.map { Self.name($0) }.sorted().joined(separator: " ") ?? "?")
        }
        refusals = all.compactMap(\.record.refusal)
        let changes = all.flatMap(\.history).map { (id: $0.id, text: Self.line($0)) }
        let messages = all.flatMap(\.messages).compactMap { message in Self.line(message).map { (id: message.id, text: $0) } }
        story = (changes + messages).sorted { $0.id < $1.id }.map(\.text)
    }

    private static func line(_ message: MessageRecord) -> String? {
        if message.isOwn, message.sending != .sent { return nil }
        return (message.isOwn ? "me" : name(message.sender?.uri ?? "nobody")) + ": " + text(message)
    }

    private static func line(_ change: HistoryRecord) -> String {
        let names = change.users.map { name($0.uri) }
        switch change.kind {
        case .began: return "[" + names.sorted().joined(separator: " ") + "]"
        case .joined: return "+" + names.joined()
        case .left: return "-" + names.joined() + (change.method.map { " \($0)" } ?? "")
        }
    }

    private static func text(_ message: MessageRecord) -> String { String(decoding: message.body, as: UTF8.self) }

    static func name(_ uri: String) -> String {
        String(uri.drop { $0 != ":" }.dropFirst().prefix { $0 != "@" })
    }

    var description: String {
        "\(states) \(story) dispositions \(dispositions.sorted()) participants \(participants) refusals \(refusals)"
    }
}
