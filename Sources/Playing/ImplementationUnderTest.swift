public import Actors
public import Connections
public import Diagnostics
public import NIOCore
public import TestCases
public import UpperTester

/// Whatever is tested: reached over the network by a description, be it foreign or embedded.
public protocol ImplementationUnderTest: Sendable {
    /// What selection and planning read; the address in it may be another for each case.
    var description: ImplementationDescription { get }

    /// Looks whether it is there at all, before the first case.
    ///
    /// Throws a `Diagnostic` of family `iut` that says which address was tried and how.
    func probe() async throws(Diagnostic)

    /// Looks whether it is still there, in mid-run and without disturbing the cases that are being played.
    ///
    /// Throws a `Diagnostic` of family `iut` when it is gone.
    func probeAgain() async throws(Diagnostic)

    /// How many users the cases share; nil where each case has its own.
    var sharedUsers: Int? { get }

    /// Makes it ready for one case. Whatever it needs to run may live on `eventLoop`.
    func prepare(
        for testCase: TestCase, on eventLoop: any EventLoop
    ) async throws(Diagnostic) -> any PreparedImplementation

    /// Called once, after the last case.
    func finish() async
}

extension ImplementationUnderTest {
    public func probeAgain() async throws(Diagnostic) {}
    public var sharedUsers: Int? { nil }
}

/// An implementation that is ready for one case.
public protocol PreparedImplementation: Sendable {
    /// With the addresses that hold for this case.
    var description: ImplementationDescription { get }
    /// The users that the case may lease.
    var users: UserLeases { get }
    /// True when the users may still have something coming from before, which is fetched first.
    var needsDraining: Bool { get }
    /// How its certificate is checked; nil when it is reached without TLS.
    var tls: TLSClient? { get }
    /// Where a scripted enabler listens for a client under test; its own choice where an implementation does not mind.
    var place: EnablerPlace { get }

    /// Brings a client that outlives its cases to the state in which each of them begins, before anything is recorded.
    func calm(on eventLoop: any EventLoop) async throws(Diagnostic)

    /// Tells a client under test where the enabler of the case is, before anything is asked of it; returns where its upper
    /// tester is.
    func meet(_ enabler: EnablerAddress) async throws(Diagnostic) -> UpperTesterSettings

    /// A client whose user nothing but a person can play: it is never met, and the person is told where the enabler is.
    var isPlayedByHand: Bool { get }

    /// Stops, starts or restarts it.
    func control(_ command: ControlCommand) async throws(Diagnostic)
    /// Called once, after the case.
    func finish() async
}

extension PreparedImplementation {
    public var place: EnablerPlace { EnablerPlace() }
    public var isPlayedByHand: Bool { false }

    public func calm(on eventLoop: any EventLoop) async throws(Diagnostic) {}

    public func meet(_ enabler: EnablerAddress) async throws(Diagnostic) -> UpperTesterSettings {
        throw Diagnostic(.input, "iut.no-upper-tester", "the implementation under test is no client, and has no upper tester")
    }
}

/// Where and how a scripted enabler listens.
public struct EnablerPlace: Sendable {
    public var host = "127.0.0.1"
    /// 0 takes a free one.
    public var port = 0
    /// What it calls itself towards the client; nil for `host`.
    public var advertisedHost: String?
    /// Its certificate, for SIP and MSRP; nil listens for plain TCP.
    public var tls: TLSServer?

    public init() {}
}

/// What the harness may ask somebody to do with the implementation.
public enum ControlCommand: String, Sendable, Hashable, CaseIterable {
    case stop, start, restart
}
