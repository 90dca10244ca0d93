import Connections
import Diagnostics
import NIOCore
import NIOPosix
import SIP
import Testing

/// Runs a test's body on an event loop of its own and sees to it that the loop ends.
///
/// The body makes what it needs and returns a future; all of it happens on the loop.
func onLoop(
    limit: TimeAmount = .seconds(20), _ body: @escaping @Sendable (Scene) throws -> Void
) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let done = loop.makePromise(of: Void.self)
    let late = loop.scheduleTask(in: limit) { done.fail(SceneFailure("nothing came within the test's time")) }
    loop.execute {
        let scene = Scene(loop: loop, done: done)
        do { try body(scene) } catch { done.fail(error) }
    }
    let result = await done.futureResult.result
    late.cancel()
    try await group.shutdownGracefully()
    try result.get()
}

extension EventLoopFuture where Value: Sendable {
    var result: Result<Value, any Error> {
        get async {
            do { return .success(try await get()) } catch { return .failure(error) }
        }
    }
}

struct SceneFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// One test on its loop: makes stacks with users, and ends.
final class Scene {
    let loop: any EventLoop
    private let done: EventLoopPromise<Void>
    private var users: [StackUser] = []
    private var seed: UInt64 = 0

    init(loop: any EventLoop, done: EventLoopPromise<Void>) {
        self.loop = loop
        self.done = done
    }

    func user(_ settings: SIPStackSettings = SIPStackSettings(), tap: (any ConnectionTap)? = nil) -> StackUser {
        seed += 1
        let user = StackUser(loop: loop, settings: settings, seed: seed, tap: tap)
        users.append(user)
        return user
    }

    /// Listens and goes on with the hop that leads there.
    func listen(
        _ user: StackUser, host: String = "127.0.0.1", tls: TLSServer? = nil, client: TLSClient? = nil,
        _ then: @escaping (SIPHop) throws -> Void
    ) {
        user.stack.listen(host: host, port: 0, tls: tls).assumeIsolated().whenComplete { result in
            self.attempt {
                let address = try result.get()
                try then(.address(host: host, port: address.port ?? 0, tls: client))
            }
        }
    }

    func attempt(_ work: () throws -> Void) {
        do { try work() } catch { done.fail(error) }
    }

    func after(_ time: TimeAmount, _ work: @escaping () throws -> Void) {
        loop.assumeIsolated().scheduleTask(in: time) { self.attempt(work) }
    }

    /// Goes on as soon as something is so; the test's own limit ends the wait.
    func when(_ isSo: @escaping () -> Bool, _ work: @escaping () throws -> Void) {
        if isSo() { return attempt(work) }
        after(.milliseconds(5)) { self.when(isSo, work) }
    }

    func fail(_ text: String) { done.fail(SceneFailure(text)) }

    /// Closes all stacks; the test ends when nothing of them is left.
    func end() {
        let closed = users.map { $0.stack.close() }
        EventLoopFuture.andAllSucceed(closed, on: loop).cascade(to: done)
        users = []
    }
}

/// A stack's delegate that keeps what it is told and acts as the test says.
final class StackUser: SIPStackDelegate {
    let stack: SIPStack
    var requests: [SIPServerRequest] = []
    var cancelled: [SIPServerRequest] = []
    var unacknowledged: [SIPServerRequest] = []
    var garbage: [SIPParseError] = []
    var closed: [String] = []
    var onRequest: ((SIPServerRequest) throws -> Void)?
    var onCancel: ((SIPServerRequest) throws -> Void)?
    var onGarbage: ((SIPParseError) -> Void)?
    var onClosed: ((String) -> Void)?
    var onUnacknowledged: (() -> Void)?

    init(loop: any EventLoop, settings: SIPStackSettings, seed: UInt64, tap: (any ConnectionTap)?) {
        stack = SIPStack(eventLoop: loop, settings: settings, tokens: TokenSource(seed: seed), tap: tap)
        stack.delegate = self
    }

    func stack(_ stack: SIPStack, received request: SIPServerRequest) {
        requests.append(request)
        do { try onRequest?(request) } catch { Testing.Issue.record(error) }
    }

    func stack(_ stack: SIPStack, cancelled request: SIPServerRequest) {
        cancelled.append(request)
        do { try onCancel?(request) } catch { Testing.Issue.record(error) }
    }

    func stack(_ stack: SIPStack, closed connection: SIPConnectionID, cause: String) {
        closed.append(cause)
        onClosed?(cause)
    }

    func stack(_ stack: SIPStack, unacknowledged request: SIPServerRequest) {
        unacknowledged.append(request)
        onUnacknowledged?()
    }

    func stack(_ stack: SIPStack, garbage error: SIPParseError, on connection: SIPConnectionID) {
        garbage.append(error)
        onGarbage?(error)
    }

    /// Answers whatever comes with this status.
    func answers(_ status: Int) {
        onRequest = { [unowned self] request in
            if request.message.method == .ack { return }
            self.stack.respond(request.message.response(status), to: request)
        }
    }
}

/// A request out of any dialog.
func request(_ method: SIPMethod, callID: String = "c1", body: String = "") -> SIPMessage {
    let identity = SIPRequestIdentity(
        from: NameAddress(uri: "sip:alice@example.test", parameters: ["tag": "at"]),
        to: NameAddress(uri: "sip:bob@example.test"), callID: callID)
    let headers: SIPHeaders = method == .invite ? ["Contact": "<sip:alice@127.0.0.1>"] : [:]
    return .request(method, uri: "sip:bob@example.test", identity, headers: headers, body: Array(body.utf8))
}

/// What a request came to, in one word: status codes and failures.
func word(_ outcome: SIPClientOutcome) -> String {
    switch outcome {
    case .response(let message): String(message.status ?? 0)
    case .failed(.timeout): "timeout"
    case .failed(.connection(let cause)): "connection: \(cause)"
    case .failed(.garbage(let what)): "garbage: \(what)"
    }
}

/// The bytes a tap has seen, as text.
final class TextTap: ConnectionTap {
    var sent = ""
    var received = ""
    var writes = 0
    var open = 0
    private var last = 0

    func opened(_ info: ConnectionInfo) -> Int {
        open += 1
        last += 1
        return last
    }
    func secured(_ connection: Int, version: String) {}
    func passed(_ connection: Int, _ direction: WireDirection, _ bytes: ByteBuffer) {
        if direction == .sent {
            writes += 1
            sent += String(buffer: bytes)
        } else {
            received += String(buffer: bytes)
        }
    }
    func closed(_ connection: Int, cause: String) { open -= 1 }
}
