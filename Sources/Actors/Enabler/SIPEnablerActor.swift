import Connections
import Diagnostics
import MSRP
import NIOCore
import SIP

/// A scripted enabler that speaks SIP and MSRP over real sockets.
///
/// Everything of it happens on the event loop of its environment, which is its executor. Public verbs are in
/// `EnablerActor`; each file of this folder that extends the actor holds one concern.
public actor SIPEnablerActor: EnablerActor, WaitingActor {
    private let alive = Alive("scripted enabler")
    public nonisolated let settings: EnablerSettings
    nonisolated let environment: ActorEnvironment
    nonisolated var answerLimit: Duration { settings.answerLimit }
    private nonisolated let executor: any SerialExecutor

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    var equipment: EnablerEquipment?
    var isStopped = false
    let tokens: TokenSource
    let waits = PendingVerbs()
    let directory: UserDirectory
    var digest: DigestServer
    /// Bindings by user name.
    var bindings: [String: EnablerBindings] = [:]
    /// Whose each SIP connection is, as far as a request on it has told.
    var owners: [SIPConnectionID: String] = [:]
    /// Sessions that were ever there.
    var sessions: [EnablerSessionID: EnablerSession] = [:]
    /// Those that have not ended, by Call-ID.
    var dialogs: [String: EnablerSession] = [:]
    /// Subscriptions that have not ended, in the order they were made.
    var subscriptions: [EnablerSubscription] = []
    var factoryAttitude = FactoryAttitude.refuse(403)
    /// Attitudes by the user part of the focus.
    var focuses: [String: FocusAttitude] = [:]
    /// First documents of subscriptions by the user part of the focus.
    var initialLists: [String: [UInt8]] = [:]
    var mediaAttitude = MSRPAttitude.accept
    /// What verbs look for, until it is there.
    private var watches: [Int: () -> Bool] = [:]
    private var lastWatch = 0

    /// Makes the actor without opening anything.
    public init(settings: EnablerSettings, environment: ActorEnvironment) {
        self.settings = settings
        self.environment = environment
        executor = environment.eventLoop.executor
        let tokens = TokenSource(seed: environment.seed).child("scripted enabler")
        self.tokens = tokens
        directory = UserDirectory(users: settings.users)
        let algorithm: DigestAlgorithm = settings.challenge == .md5 ? .md5 : .sha256
        digest = DigestServer(realm: settings.domain, algorithms: [algorithm], tokens: tokens.child("nonces"))
    }

    // MARK: Waiting for what the client does

    /// Waits until `find` finds something; it is asked after everything that happens.
    func watch<Value: Sendable>(
        for awaited: String, _ find: @escaping () -> Result<Value, ActorFailure>?
    ) async throws(ActorFailure) -> Value {
        if let found = find() { return try found.get() }
        return try await wait(for: awaited) { (wait: VerbWait<Value>) in self.watch(wait, find) }
    }

    /// Settles `wait` once `find` finds something.
    func watch<Value: Sendable>(_ wait: VerbWait<Value>, _ find: @escaping () -> Result<Value, ActorFailure>?) {
        lastWatch += 1
        let number = lastWatch
        wait.whenSettled { self.watches[number] = nil }
        watches[number] = {
            guard let found = find() else { return false }
            wait.settle(with: found)
            return true
        }
        somethingHappened()
    }

    /// Lets the verbs that wait look again.
    func somethingHappened() {
        for (number, look) in watches.sorted(by: { $0.key < $1.key }) where look() { watches[number] = nil }
    }

    // MARK: Bookkeeping

    /// The stacks, when the actor is there to do something.
    func present(_ purpose: String) throws(ActorFailure) -> EnablerEquipment {
        guard let equipment, !isStopped else {
            throw .impossible("the scripted enabler is not there and cannot \(purpose)")
        }
        return equipment
    }

    func user(_ nameOrAddress: String) throws(ActorFailure) -> EnablerUser {
        guard let user = directory.user(nameOrAddress) else {
            throw .impossible("the scripted enabler serves no user \(nameOrAddress)")
        }
        return user
    }

    /// A session by its id, whether it has ended or not.
    func session(_ id: EnablerSessionID) throws(ActorFailure) -> EnablerSession {
        guard let session = sessions[id] else { throw .impossible("there never was a \(id)") }
        return session
    }
}

/// The users by everything that names them.
struct UserDirectory: Sendable {
    let users: [EnablerUser]
    private let byName: [String: EnablerUser]
    private let byAddress: [String: EnablerUser]

    init(users: [EnablerUser]) {
        self.users = users
        byName = Dictionary(users.map { ($0.name, $0) }) { first, _ in first }
        let addresses = users.flatMap { user in ([user.address] + user.aliases).map { (Self.bare($0), user) } }
        byAddress = Dictionary(addresses) { first, _ in first }
    }

    /// By name or address.
    func user(_ nameOrAddress: String) -> EnablerUser? { byName[nameOrAddress] ?? user(at: nameOrAddress) }

    /// By address, whatever parameters it has.
    func user(at address: String) -> EnablerUser? { byAddress[Self.bare(address)] }

    private static func bare(_ address: String) -> String { SIPURI(address)?.addressOfRecord ?? address }
}
