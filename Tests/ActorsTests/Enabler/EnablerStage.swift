import NIOCore
import NIOPosix
import Payloads
import Recordings
import SIP
import Testing

@testable import Actors

/// A scripted enabler and what is needed to make clients of it, on one event loop of its own.
struct EnablerStage: Sendable {
    let enabler: SIPEnablerActor
    let address: EnablerAddress
    let eventLoop: any EventLoop
    let tape: Tape

    static let group = GroupIDs(conversationID: "conv", contributionID: "contr")
    static let focus = "sip:focus-1@test.example"

    /// Runs `body` with a started enabler that serves carol, and takes it down.
    static func with(
        _ change: (inout EnablerSettings) -> Void = { _ in }, _ body: (EnablerStage) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let tape = Tape(loop)
        var settings = EnablerSettings(
            domain: "test.example", factoryURI: "sip:factory@test.example", users: [user("carol")])
        settings.answerLimit = .seconds(10)
        change(&settings)
        let environment = ActorEnvironment(eventLoop: loop, recorder: await tape.bound, seed: 7) { 1_767_225_600_000 }
        let enabler = SIPEnablerActor(settings: settings, environment: environment)
        do {
            let address = try await enabler.start()
            try await body(EnablerStage(enabler: enabler, address: address, eventLoop: loop, tape: tape))
        } catch {
            await enabler.stop()
            try await group.shutdownGracefully()
            throw error
        }
        await enabler.stop()
        try await group.shutdownGracefully()
    }

    static func user(_ name: String) -> EnablerUser {
        EnablerUser(name: name, address: "sip:\(name)@test.example", password: "secret")
    }

    /// A client that is not recorded; it has not been started.
    func client(_ name: String = "carol", _ change: (inout ClientSettings) -> Void = { _ in }) -> SIPClientActor {
        var settings = ClientSettings(
            address: "sip:\(name)@test.example", domain: "test.example", factoryURI: "sip:factory@test.example",
            outboundHost: "127.0.0.1", outboundPort: address.port)
        settings.answerLimit = .seconds(10)
        settings.password = "secret"
        change(&settings)
        return SIPClientActor(
            name: name, settings: settings,
            environment: ActorEnvironment(eventLoop: eventLoop, recorder: nil, seed: 1) { 1_767_225_600_000 })
    }

    /// A client that has registered.
    func registered(
        _ name: String = "carol", _ change: (inout ClientSettings) -> Void = { _ in }
    ) async throws -> SIPClientActor {
        let client = client(name, change)
        try await client.register()
        return client
    }

    func plan(
        _ form: EnablerInvitation.Form = .live, _ change: (inout EnablerInvitation) -> Void = { _ in }
    ) -> EnablerInvitation {
        var plan = EnablerInvitation(user: "carol", group: Self.group, focusURI: Self.focus, form: form)
        change(&plan)
        return plan
    }

    /// A chat message as a HandedItem.
    func item(
        _ messageID: String, _ text: String = "hello", _ change: (inout HandedItem) -> Void = { _ in }
    ) -> HandedItem {
        let chat = DeliveredChat(
            from: CPIMAddress(uri: "sip:alice@test.example"), to: .anonymous, dateTime: "2026-01-01T00:00:00Z",
            messageID: messageID, body: Array(text.utf8))
        var item = HandedItem(body: chat.serialized())
        change(&item)
        return item
    }

    /// The requests of one method that the recording has, in one direction.
    func recorded(_ method: SIPMethod, _ direction: RecordedDirection = .sent) async -> [SIPMessage] {
        await messages(direction).filter { $0.isRequest && $0.method == method }
    }

    /// The SIP messages of the recording in one direction, by connection.
    func messages(_ direction: RecordedDirection) async -> [SIPMessage] {
        let lines = await tape.recording.lines
        let sip = Set(lines.filter { $0.kind == .open && $0["proto"]?.string == "sip" }.compactMap(\.conn))
        var found: [SIPMessage] = []
        for conn in sip.sorted() {
            var parser = SIPStreamParser(limits: SIPStackSettings().limits)
            for line in lines where line.conn == conn && line.kind == .bytes && line.direction == direction {
                parser.append(line.payload ?? [])
            }
            while let message = try? parser.next() { found.append(message) }
        }
        return found
    }

    /// The bytes of MSRP in one direction, as text.
    func msrp(_ direction: RecordedDirection) async -> String {
        let lines = await tape.recording.lines
        let conns = Set(lines.filter { $0.kind == .open && $0["proto"]?.string == "msrp" }.compactMap(\.conn))
        let bytes = lines
            .filter { $0.kind == .bytes && $0.direction == direction && conns.contains($0.conn ?? 0) }
            .flatMap { $0.payload ?? [] }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What tests look at inside of a client.
extension SIPClientActor {
    func hasReceived(_ messageID: String) -> Bool { received[messageID] != nil }
    var directions: [MediaDirection] { sessions.values.filter { $0.stands }.map(\.direction) }
}
