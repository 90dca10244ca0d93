import Diagnostics
import NIOCore

/// One verb that waits for its protocol answer; settled once, by the answer, the limit, a cancellation or a departure.
///
/// Confined to the actor's event loop.
final class VerbWait<Value: Sendable>: PendingVerb {
    private let alive = Alive("wait of an actor")
    let awaited: String
    private var continuation: CheckedContinuation<Result<Value, ActorFailure>, Never>?
    private var timer: Scheduled<Void>?
    private var onSettled: [() -> Void] = []
    private var onAbandoned: ((ActorFailure) -> Void)?

    init(awaited: String, continuation: CheckedContinuation<Result<Value, ActorFailure>, Never>) {
        self.awaited = awaited
        self.continuation = continuation
    }

    var isSettled: Bool { continuation == nil }

    /// Called once the wait is over, whatever ended it.
    func whenSettled(_ action: @escaping () -> Void) { onSettled.append(action) }

    /// Called when the wait ends without its answer, to take back what was begun (a CANCEL, for instance).
    func whenAbandoned(_ action: @escaping (ActorFailure) -> Void) { onAbandoned = action }

    func setTimer(_ timer: Scheduled<Void>) { self.timer = timer }

    func succeed(_ value: Value) { settle(with: .success(value)) }

    func fail(_ failure: ActorFailure) { settle(with: .failure(failure)) }

    /// Ends the wait from outside the protocol exchange.
    func abandon(_ failure: ActorFailure) {
        guard !isSettled else { return }
        let action = onAbandoned
        settle(with: .failure(failure))
        action?(failure)
    }

    func settle(with result: Result<Value, ActorFailure>) {
        guard let continuation else { return }
        self.continuation = nil
        timer?.cancel()
        timer = nil
        onAbandoned = nil
        let settled = onSettled
        onSettled = []
        continuation.resume(returning: result)
        for action in settled { action() }
    }
}

/// A verb that waits, whatever it will return.
protocol PendingVerb: AnyObject {
    var awaited: String { get }
    func abandon(_ failure: ActorFailure)
}
