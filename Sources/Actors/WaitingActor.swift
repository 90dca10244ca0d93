import MSRP
import NIOCore
import SIP

/// What the actors of both roles need to let verbs wait: confined to the event loop that is the actor's executor.
protocol WaitingActor: Actor {
    nonisolated var environment: ActorEnvironment { get }
    /// Time for any one protocol answer.
    nonisolated var answerLimit: Duration { get }
    var waits: PendingVerbs { get }
}

/// The verbs of one actor that wait.
final class PendingVerbs {
    private var waits: [Int: any PendingVerb] = [:]
    private var last = 0

    init() {}

    var isEmpty: Bool { waits.isEmpty }

    func nextNumber() -> Int {
        last += 1
        return last
    }

    func keep(_ wait: any PendingVerb, number: Int) { waits[number] = wait }
    func forget(_ number: Int) { waits[number] = nil }

    func cancel(_ number: Int) {
        guard let wait = waits[number] else { return }
        wait.abandon(.cancelled(awaited: wait.awaited))
    }

    /// Ends every verb that waits: the actor goes away.
    func abandonAll() {
        let all = waits.sorted { $0.key < $1.key }
        waits = [:]
        for (_, wait) in all { wait.abandon(.wentAway(awaited: wait.awaited)) }
    }
}

extension WaitingActor {
    /// Runs `begin` and waits until it settles the wait, the limit passes, the task is cancelled or the actor goes.
    func wait<Value: Sendable>(
        for awaited: String, _ begin: (VerbWait<Value>) -> Void
    ) async throws(ActorFailure) -> Value {
        let number = waits.nextNumber()
        let loop = environment.eventLoop
        let result: Result<Value, ActorFailure> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let wait = VerbWait<Value>(awaited: awaited, continuation: continuation)
                begin(register(wait, number: number))
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.waits.cancel(number) } }
        }
        return try result.get()
    }

    private func register<Value>(_ wait: VerbWait<Value>, number: Int) -> VerbWait<Value> {
        let limit = answerLimit
        let waits = waits
        waits.keep(wait, number: number)
        wait.whenSettled { waits.forget(number) }
        wait.setTimer(schedule(in: limit) { wait.abandon(.timedOut(awaited: wait.awaited, limit: limit)) })
        return wait
    }

    /// Nanoseconds of the monotonic clock.
    var now: Int64 { Int64(clamping: NIODeadline.now().uptimeNanoseconds) }

    /// Calls `action` on the loop after `delay`.
    func schedule(in delay: Duration, _ action: @escaping () -> Void) -> Scheduled<Void> {
        environment.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { action() }
    }

    func failure(_ failure: SIPClientFailure, awaited: String) -> ActorFailure {
        switch failure {
        case .timeout: .timedOut(awaited: awaited, limit: .seconds(32))
        default: .connectionLost(awaited: awaited, cause: "\(failure)")
        }
    }

    /// The one place where an exchange of one answer becomes a verb: 2xx succeeds, all else fails with the reason.
    func settle<Value>(
        _ wait: VerbWait<Value>, with outcome: SIPClientOutcome, success: (SIPMessage) -> Value
    ) {
        switch outcome {
        case .response(let response):
            guard let status = response.status, status >= 200 else { return }
            if status < 300 {
                wait.succeed(success(response))
            } else {
                wait.fail(.refused(awaited: wait.awaited, status: status, reason: response.reason ?? ""))
            }
        case .failed(let failure):
            wait.fail(self.failure(failure, awaited: wait.awaited))
        }
    }

    func result(of outcome: MSRPSendOutcome, awaited: String) -> Result<SendResult, ActorFailure> {
        switch outcome {
        case .answered(let code, let comment): .success(SendResult(code: code, comment: comment))
        case .unanswered: .success(SendResult(code: 0, comment: "no answer was asked for"))
        case .timedOut: .failure(.timedOut(awaited: awaited, limit: answerLimit))
        case .connectionLost: .failure(.connectionLost(awaited: awaited, cause: "the MSRP connection is gone"))
        case .aborted: .failure(.connectionLost(awaited: awaited, cause: "the message was broken off"))
        }
    }

    func headers(_ fields: [(String, String)]) -> SIPHeaders {
        var headers = SIPHeaders()
        for (name, value) in fields { headers.add(name, value) }
        return headers
    }
}
