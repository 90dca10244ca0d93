import Payloads

extension RosterDocument {
    /// The document as conference-info (RFC 4575), in the form that a variation may ask for.
    func conferenceInfo(_ form: RosterForm = RosterForm([])) -> [UInt8] {
        var info = ConferenceInfo(entity: focus, state: isFull ? .full : .partial, version: version)
        if isUnversioned { info.version = nil }
        if isFull {
            info.description = ConferenceDescription(subject: subject)
            info.conferenceState = ConferenceStateInfo(userCount: connected)
        }
        if !isFull { info.usersState = .partial }
        info.users = users.map { Self.user($0, absent: form.absent) }
        let bytes = form.bytes(of: info)
        return isInvalid ? Self.broken(bytes) : bytes
    }

    private static func user(_ listed: RosterUser, absent: EndpointStatus) -> ConferenceUser {
        var endpoint = ConferenceEndpoint(entity: listed.user.uri)
        switch listed.status {
        case .joined:
            endpoint.status = .connected
        case .represented:
            endpoint.status = absent
        case .invited:
            endpoint.status = .dialingOut
        case .departed:
            endpoint.status = .disconnected
            endpoint.disconnectionMethod = .departed
        case .booted:
            endpoint.status = .disconnected
            endpoint.disconnectionMethod = .booted
        case .declined:
            endpoint.status = .disconnected
            endpoint.disconnectionMethod = .failed
        }
        var user = ConferenceUser(entity: listed.user.uri)
        user.displayText = listed.displayName
        user.endpoints = [endpoint]
        return user
    }

    /// Breaks the core schema without making it unreadable: the root must not have such an attribute
    /// (the defect `conference-info-invalid`).
    private static func broken(_ bytes: [UInt8]) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        let broken = text.replacing("<conference-info ", with: "<conference-info mood=\"none\" ", maxReplacements: 1)
        return Array(broken.utf8)
    }
}
