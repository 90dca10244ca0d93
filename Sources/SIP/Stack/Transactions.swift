/// The timers a transaction has running; the index is the timer's raw value.
struct TimerSlots {
    private var first: TimerID?
    private var second: TimerID?
    private var third: TimerID?

    subscript(index: Int) -> TimerID? {
        get { index == 0 ? first : index == 1 ? second : third }
        set {
            switch index {
            case 0: first = newValue
            case 1: second = newValue
            default: third = newValue
            }
        }
    }
}

/// A client transaction with what its machine does not hold.
final class ClientTransaction {
    let key: SIPTransactionKey
    /// With Via once it has been sent.
    var request: SIPMessage
    var machine: ClientMachine
    var timers = TimerSlots()
    var connection: SIPConnectionID?
    var cancelHeaders: SIPHeaders = [:]
    /// What the user is told when the connection goes.
    var failure = SIPClientFailure.timeout
    let onOutcome: (SIPClientOutcome) -> Void

    init(
        key: SIPTransactionKey, request: SIPMessage, machine: ClientMachine,
        onOutcome: @escaping (SIPClientOutcome) -> Void
    ) {
        self.key = key
        self.request = request
        self.machine = machine
        self.onOutcome = onOutcome
    }
}

/// A server transaction with what its machine does not hold.
final class ServerTransaction {
    let request: SIPServerRequest
    var machine: ServerMachine
    var timers = TimerSlots()
    var lastResponse: SIPMessage?
    /// The tag the stack puts on To where the user gives none; one for all responses.
    var localTag: String?
    /// How the ACK to the 2xx is known.
    var acknowledgement: AcknowledgementKey?

    init(request: SIPServerRequest, machine: ServerMachine) {
        self.request = request
        self.machine = machine
    }
}

/// An ACK to a 2xx has a branch of its own; dialog and number tell what it acknowledges (RFC 3261 §13.2.2.4).
struct AcknowledgementKey: Hashable {
    let callID: String
    let number: UInt32
    let fromTag: String
    let toTag: String
}

/// Whose timer it is.
enum StackTimer {
    case client(SIPTransactionKey, ClientTimer)
    case server(SIPTransactionKey, ServerTimer)
    /// A look whether a message that had begun has ended.
    case completion(SIPConnectionID, messages: Int)
    /// The next ping of a flow, or the end of the wait for its answer.
    case keepAlive(SIPConnectionID, number: Int)
    /// A look whether anything came over a connection that the peer opened.
    case idle(SIPConnectionID)
}
