import NIOCore

/// Runs what is not Sendable on an event loop, which is its executor.
actor LoopActor {
    nonisolated let loop: any EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.executor.asUnownedSerialExecutor() }

    init(_ loop: any EventLoop) { self.loop = loop }

    func perform<Value: Sendable>(
        _ body: @Sendable (isolated LoopActor) async throws -> Value
    ) async rethrows -> Value { try await body(self) }
}
