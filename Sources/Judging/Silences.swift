import Facts
import Recordings

/// Who reads nothing by the script: what runs into the socket of a silent client reaches nobody, whether or not it wants
/// an answer.
struct Silences {
    private var silent: Set<String> = []
    /// Messages until a user that is back falls silent, or breaks its connections.
    private var left: [String: Int] = [:]
    /// The message after which it did, which it has read.
    private var lastRead: [String: Int] = [:]

    mutating func take(_ act: Act, of user: String) {
        switch act.step {
        case "away":
            left[user] = nil
            // A client whose registration runs out is silent until then, and gone afterwards.
            if ["falls-silent", "registration-expires"].contains(act.text("absence")) { silent.insert(user) }
        case "return", "rejoin":
            silent.remove(user)
            lastRead[user] = nil
            left[user] = act.fields["breaks-after"]?.int
        default: break
        }
    }

    mutating func take(_ offer: Offer) {
        guard case .message = offer.item, let count = left[offer.user] else { return }
        left[offer.user] = count > 1 ? count - 1 : nil
        guard count <= 1 else { return }
        silent.insert(offer.user)
        lastRead[offer.user] = offer.id
    }

    /// Whether the user reads nothing just now.
    func isSilent(_ user: String) -> Bool { silent.contains(user) }

    /// Whether an item that has just come was read by nobody.
    func covers(_ offer: Offer) -> Bool { silent.contains(offer.user) && lastRead[offer.user] != offer.id }
}
