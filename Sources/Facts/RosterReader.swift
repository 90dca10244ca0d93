import Diagnostics
import Payloads

/// Reads a participant-information document and says what breaks the core of RFC 4575.
struct RosterReader {
    let limits: Limits

    func read(_ body: [UInt8], stream: Int, carriage: Roster.Carriage) -> Roster {
        let (document, found) = ConferenceInfo.checked(body, limits: limits)
        let problems = found.map { escapedPeerText("\($0)") }
        guard let document else {
            return Roster(
                stream: stream, carriage: carriage, entity: "", extent: .partial, version: nil, users: [],
                problems: problems)
        }
        return Roster(
            stream: stream, carriage: carriage, entity: document.entity, extent: Self.extent(document.state),
            version: document.version, users: document.users.map(Self.user),
            userCount: document.conferenceState?.userCount, problems: problems)
    }

    private static func user(_ user: ConferenceUser) -> RosterUser {
        RosterUser(
            address: user.entity ?? "", extent: extent(user.state), status: user.status?.rawValue,
            method: user.endpoints.lazy.compactMap(\.disconnectionMethod).first?.rawValue)
    }

    private static func extent(_ state: ConferenceElementState) -> Roster.Extent {
        switch state {
        case .full: .full
        case .partial: .partial
        case .deleted: .deleted
        }
    }
}
