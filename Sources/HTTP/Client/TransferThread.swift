import CCurlShim
import Diagnostics
import Foundation

/// The thread on which a client's transfers live.
final class TransferThread {
    private let alive = Alive("HTTP client")
    private let inbox: TransferInbox
    private let settings: HTTPClientSettings
    private let wire: WireWatch?
    private let group: OpaquePointer
    private var running: [Int: Transfer] = [:]
    /// Jobs for which there was no room, the oldest first.
    private var waiting: [TransferJob] = []

    private static let isLibraryReady = ccurl_start()
    /// Without transfers there is nothing to do until somebody rings.
    private static let longestWait: Int64 = 3_600_000

    /// Starts a thread that ends when the inbox is told to stop.
    static func start(_ inbox: TransferInbox, _ settings: HTTPClientSettings, _ tap: HTTPTap?) {
        let thread = Thread {
            TransferThread(inbox, settings, tap)?.run()
            refuse(inbox.close())
            inbox.tellMourners()
        }
        thread.name = "cpmcheck-http"
        thread.start()
    }

    private static func refuse(_ letters: TransferInbox.Letters) {
        for job in letters.jobs { job.finish(.failure(.stopped)) }
    }

    private init?(_ inbox: TransferInbox, _ settings: HTTPClientSettings, _ tap: HTTPTap?) {
        self.inbox = inbox
        self.settings = settings
        wire = tap.map { WireWatch($0) }
        var sockets = ccurl_sockets(
            context: wire.map { Unmanaged.passUnretained($0).toOpaque() },
            opened: { context, descriptor in
                context.map { Unmanaged<WireWatch>.fromOpaque($0).takeUnretainedValue().opened(descriptor) }
            },
            closing: { context, descriptor in
                context.map { Unmanaged<WireWatch>.fromOpaque($0).takeUnretainedValue().closing(descriptor) }
            })
        guard Self.isLibraryReady, let group = ccurl_group_new(Int64(settings.idleConnections), &sockets) else {
            return nil
        }
        self.group = group
        inbox.hang(group)
    }

    private func run() {
        wire?.onClosing = { [unowned self] connection in
            for transfer in running.values { transfer.tell(only: connection) }
        }
        while true {
            let letters = inbox.take()
            waiting += letters.jobs
            for id in letters.cancelled { cancel(id) }
            if letters.isStopping { break }
            begin()
            guard ccurl_group_perform(group) else { break }
            for transfer in running.values { transfer.tell() }
            collect()
            expire()
            if !waiting.isEmpty, running.count < settings.maximumTransfers { continue }
            guard ccurl_group_wait(group, Int32(clamping: waitTime)) else { break }
        }
        end()
    }

    private func begin() {
        while !waiting.isEmpty, running.count < settings.maximumTransfers {
            let job = waiting.removeFirst()
            guard let transfer = Transfer(job, in: group, settings, wire), transfer.configure(),
                ccurl_group_add(group, transfer.handle)
            else {
                job.finish(.failure(.unexpected(address: job.plan.address, code: 0)))
                continue
            }
            running[job.id] = transfer
        }
    }

    private func collect() {
        var outcome = ccurl_outcome()
        while let handle = ccurl_group_ended(group, &outcome) {
            guard let transfer = running.values.first(where: { $0.handle == handle }) else {
                ccurl_group_remove(group, handle)
                continue
            }
            finish(transfer, transfer.result(outcome))
        }
    }

    private func cancel(_ id: Int) {
        if let transfer = running[id] {
            finish(transfer, .failure(.cancelled))
        } else if let index = waiting.firstIndex(where: { $0.id == id }) {
            waiting.remove(at: index).finish(.failure(.cancelled))
        }
    }

    private func expire() {
        let now = ContinuousClock.now
        for transfer in running.values where transfer.job.plan.deadline <= now {
            finish(transfer, .failure(Self.timeOut(transfer.job, transfer.phase)))
        }
        for job in waiting where job.plan.deadline <= now { job.finish(.failure(Self.timeOut(job, .queueing))) }
        waiting.removeAll { $0.plan.deadline <= now }
    }

    private static func timeOut(_ job: TransferJob, _ phase: HTTPFailure.Phase) -> HTTPFailure {
        .timedOut(
            address: job.plan.address, milliseconds: Int(job.plan.totalTime.roundedMilliseconds), phase)
    }

    /// Milliseconds until the next time-out.
    private var waitTime: Int64 {
        let deadlines = running.values.map(\.job.plan.deadline) + waiting.map(\.plan.deadline)
        guard let next = deadlines.min() else { return Self.longestWait }
        return min(Self.longestWait, (next - .now).roundedMilliseconds)
    }

    private func finish(_ transfer: Transfer, _ result: Result<HTTPResponse, HTTPFailure>) {
        // In the middle of it this closes the connection, and what came over it is told before.
        ccurl_group_remove(group, transfer.handle)
        transfer.tell()
        running[transfer.job.id] = nil
        transfer.job.finish(result)
    }

    private func end() {
        for transfer in Array(running.values) { finish(transfer, .failure(.stopped)) }
        for job in waiting { job.finish(.failure(.stopped)) }
        waiting = []
        // From here on nobody rings.
        Self.refuse(inbox.close())
        ccurl_group_free(group)
        wire?.onClosing = { _ in }
    }
}
