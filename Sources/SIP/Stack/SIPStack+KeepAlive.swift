/// How one connection is kept alive, or watched (RFC 5626 §4.4.1). A plain value; times in nanoseconds.
struct KeepAlive: Sendable, Hashable {
    enum Role: Sendable, Hashable {
        /// Sends CR LF CR LF at this interval and wants a CR LF back within the limit.
        case pings(every: Int64, answerWithin: Int64)
        /// Wants anything at all from the peer within this time.
        case watches(within: Int64)
    }

    enum Step: Sendable, Hashable {
        case ping
        /// The flow has failed.
        case failed
    }

    let role: Role
    /// Tells the timers of this one from those of an earlier one on the same connection.
    let number: Int
    private(set) var awaitsAnswer = false
    private(set) var heardSomething = false

    init(_ role: Role, number: Int) {
        self.role = role
        self.number = number
    }

    /// When to look next.
    var wait: Int64 {
        switch role {
        case .pings(let interval, let limit): awaitsAnswer ? limit : interval
        case .watches(let limit): limit
        }
    }

    /// Bytes came. An answer to a ping is a lone CR LF; whoever sends more than that lives as well.
    ///
    /// - Returns: true when the wait begins anew.
    mutating func heard() -> Bool {
        heardSomething = true
        defer { awaitsAnswer = false }
        return awaitsAnswer
    }

    /// The wait is over.
    mutating func rang() -> Step? {
        switch role {
        case .pings:
            if awaitsAnswer { return .failed }
            awaitsAnswer = true
            return .ping
        case .watches:
            defer { heardSomething = false }
            return heardSomething ? nil : .failed
        }
    }
}

// Keeping flows alive (RFC 5626 §4.4.1).
extension SIPStack {
    /// Sends pings on a connection at this interval in nanoseconds. One that is not answered within
    /// `settings.pongWithin` closes the connection, and the delegate hears of it. A later call replaces an earlier one.
    public func keepAlive(_ connection: SIPConnectionID, every interval: Int64) {
        begin(.pings(every: max(interval, 1_000_000), answerWithin: settings.pongWithin), on: connection)
    }

    /// Closes a connection on which nothing comes for this many nanoseconds. A later call replaces an earlier one.
    public func expectKeepAlive(_ connection: SIPConnectionID, within limit: Int64) {
        begin(.watches(within: max(limit, 1_000_000)), on: connection)
    }

    private func begin(_ role: KeepAlive.Role, on id: SIPConnectionID) {
        guard let connection = connections[id], connection.state == .open else { return }
        connection.keepAlive = KeepAlive(role, number: (connection.keepAlive?.number ?? 0) + 1)
        waitForKeepAlive(of: connection)
    }

    private func waitForKeepAlive(of connection: SIPConnection) {
        guard let keepAlive = connection.keepAlive else { return }
        connection.keepAliveTimer.map { timers.stop($0) }
        connection.keepAliveTimer = setTimer(
            after: keepAlive.wait, .keepAlive(connection.id, number: keepAlive.number))
    }

    /// Something was read.
    func heard(from connection: SIPConnection) {
        if connection.keepAlive?.heard() == true { waitForKeepAlive(of: connection) }
    }

    func keepAliveRang(_ id: SIPConnectionID, _ number: Int) {
        guard let connection = connections[id], connection.state == .open, connection.keepAlive?.number == number else {
            return
        }
        // Whoever has fallen silent sends nothing, and must not take the silence for the peer's.
        guard isAnswering else { return waitForKeepAlive(of: connection) }
        switch connection.keepAlive?.rang() {
        case .ping?:
            write([0x0D, 0x0A, 0x0D, 0x0A], to: connection)
            waitForKeepAlive(of: connection)
        case .failed?: shut(connection, cause: "the flow has failed: nothing came in answer to a keep-alive in time")
        case nil: waitForKeepAlive(of: connection)
        }
    }
}
