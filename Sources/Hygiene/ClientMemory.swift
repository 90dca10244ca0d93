import Payloads
import SIP

/// What one scripted client has sent and described: what the implementation's answers are held against.
struct ClientMemory: Sendable {
    /// A request of the client that may still be answered.
    struct SentRequest: Sendable {
        var callID: String
        var sequence: SIPCSeq
        var fromTag: String?
        var toTag: String?
    }

    /// What the client's description says that it takes.
    struct Description: Sendable {
        var media: MSRPMedia
    }

    /// Where a client's memory ends.
    static let most = 20_000

    /// False once something was left out for want of room; then "never sent" can no longer be said.
    private(set) var remembersAll = true
    /// By branch and method.
    private(set) var requests: [String: SentRequest] = [:]
    /// The highest CSeq number in each dialog of the implementation's, with the branch that it came with.
    var sequences: [String: (number: UInt32, branch: String)] = [:]
    /// INVITEs that the client answered with 200, and whether the ACK came, by Call-ID.
    var accepted: [String: (sequence: UInt32, acknowledged: Bool)] = [:]
    /// By MSRP session id.
    private(set) var descriptions: [String: Description] = [:]

    mutating func sent(_ message: SIPMessage, branch: String, method: SIPMethod) {
        guard let sequence = message.cseq, let callID = message.callID else { return }
        guard requests.count < Self.most else {
            remembersAll = false
            return
        }
        requests[Self.key(branch, method)] = SentRequest(
            callID: callID, sequence: sequence, fromTag: message.from?.tag, toTag: message.to?.tag)
    }

    func request(answered branch: String, _ method: SIPMethod) -> SentRequest? { requests[Self.key(branch, method)] }

    mutating func described(_ media: MSRPMedia, session: String) {
        guard descriptions.count < Self.most else {
            remembersAll = false
            return
        }
        descriptions[session] = Description(media: media)
    }

    private static func key(_ branch: String, _ method: SIPMethod) -> String { "\(branch) \(method.rawValue)" }
}
