import Connections
public import Diagnostics
public import NIOCore
public import TestCases

/// A client without an upper tester: the harness listens where the client is configured to go, and a person is asked what its
/// user sees.
///
/// It is one client for all cases, so they are played one after the other.
public struct HandPlayedClient: ImplementationUnderTest {
    public let description: ImplementationDescription
    /// Where the harness listens in every case.
    public let place: EnablerPlace
    private let users: UserLeases

    /// Throws a `Diagnostic` of family `input` when the description does not say where to listen, or its certificate cannot be
    /// used.
    public init(_ description: ImplementationDescription) throws(Diagnostic) {
        self.description = description
        users = UserLeases(users: description.ixit.users)
        place = try ForeignClient.place(description)
    }

    public var sharedUsers: Int? { 1 }

    /// Opens the port that the client is configured with for a moment: of the client itself only the person knows.
    /// Where the harness listens, as `host:port`.
    public var listeningPlace: String { place.inWords }

    public func probe() async throws(Diagnostic) { try await place.tryListening(description) }

    public func prepare(
        for testCase: TestCase, on eventLoop: any EventLoop
    ) async throws(Diagnostic) -> any PreparedImplementation {
        PreparedByHand(description: description, place: place, users: users)
    }

    public func finish() async {}
}

private struct PreparedByHand: PreparedImplementation {
    let description: ImplementationDescription
    let place: EnablerPlace
    let users: UserLeases
    var needsDraining: Bool { false }
    var tls: TLSClient? { nil }
    var isPlayedByHand: Bool { true }

    func control(_ command: ControlCommand) async throws(Diagnostic) {
        try await ControlProcess.run(command, of: description)
    }

    func finish() async {}
}
