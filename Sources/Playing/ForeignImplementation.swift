public import Connections
public import Diagnostics
public import NIOCore
public import TestCases

/// An implementation that somebody else runs, as its description says.
public struct ForeignImplementation: ImplementationUnderTest {
    public let description: ImplementationDescription
    private let users: UserLeases
    /// How its certificate is checked; nil when it is reached without TLS.
    public let tls: TLSClient?

    /// Throws a `Diagnostic` of family `input` when the TLS settings of the description cannot be used.
    public init(_ description: ImplementationDescription) throws(Diagnostic) {
        self.description = description
        users = UserLeases(users: description.ixit.users)
        let address = description.ixit.address
        guard address.transport == .tls else {
            tls = nil
            return
        }
        do {
            tls = try TLSClient(authorityFile: address.ca, serverName: address.serverName ?? address.host)
        } catch {
            throw (error as? Diagnostic)
                ?? Diagnostic(
                    .input, "tls.settings", at: description.addressPlace,
                    "the TLS settings of the address cannot be used: \(failureSentence(error))")
        }
    }

    public var sharedUsers: Int? { description.ixit.users.count }

    /// Connects, with TLS where the address has it, and registers the first user for a moment.
    public func probe() async throws(Diagnostic) {
        try await tryConnection()
        try await tryCertificate()
        try await tryRegistration()
    }

    /// One that is being started again gets a moment for it.
    public func probeAgain() async throws(Diagnostic) {
        let end = ContinuousClock.now + .milliseconds(min(description.ixit.timers[.answer], 5000))
        while true {
            do throws(Diagnostic) {
                return try await tryConnection()
            } catch {
                guard ContinuousClock.now < end, !Task.isCancelled else { throw error }
                try? await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    public func prepare(
        for testCase: TestCase, on eventLoop: any EventLoop
    ) async throws(Diagnostic) -> any PreparedImplementation {
        PreparedForeign(description: description, users: users, tls: tls)
    }

    public func finish() async {}
}

/// The foreign implementation is the same for each case; only its users are shared out.
private struct PreparedForeign: PreparedImplementation {
    let description: ImplementationDescription
    let users: UserLeases
    let tls: TLSClient?
    var needsDraining: Bool { true }

    func control(_ command: ControlCommand) async throws(Diagnostic) {
        try await ControlProcess.run(command, of: description)
    }

    func finish() async {}
}
