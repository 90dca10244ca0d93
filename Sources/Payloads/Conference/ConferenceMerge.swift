/// Why a conference-info document cannot be applied to what is known (RFC 4575 §4.6).
public enum ConferenceMergeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The document is of another conference.
    case otherConference(known: String, received: String)
    /// The version is not above the known one: the document is to be ignored.
    case stale(known: Int, received: Int)
    /// Documents in between were missed: the full state must be asked for.
    case gap(known: Int, received: Int)
    /// A change has come before any full state, or after the conference was deleted.
    case nothingToChange

    public var description: String {
        switch self {
        case .otherConference(let known, let received):
            "the document is of conference \(received), known is \(known)"
        case .stale(let known, let received):
            "version \(received) is not above the known \(known); the document is to be ignored (RFC 4575 §4.6)"
        case .gap(let known, let received):
            "version \(received) does not follow the known \(known); the full state must be asked for (RFC 4575 §4.6)"
        case .nothingToChange:
            "a partial document needs a full one before it (RFC 4575 §4.6)"
        }
    }
}

extension ConferenceInfo {
    /// The state after `document` has been applied to this one.
    ///
    /// A full document replaces everything when its version is above; a partial one must have the next version and changes
    /// what it names; a deleted one leaves the conference without users. Where either has no version, versions are not
    /// checked. In the result, states are `full` (or `deleted`) again.
    public func applying(_ document: ConferenceInfo) throws(ConferenceMergeError) -> ConferenceInfo {
        guard entity == document.entity else {
            throw .otherConference(known: entity, received: document.entity)
        }
        if let known = version, let received = document.version {
            guard received > known else { throw .stale(known: known, received: received) }
            guard document.state != .partial || received == known + 1 else {
                throw .gap(known: known, received: received)
            }
        }
        switch document.state {
        case .full:
            return document.settled
        case .deleted:
            var gone = ConferenceInfo(entity: entity, state: .deleted, version: document.version)
            gone.description = description
            return gone
        case .partial:
            guard state != .deleted else { throw .nothingToChange }
            return merged(with: document)
        }
    }

    /// A first document as a state of its own; a partial one is none.
    public func asInitialState() throws(ConferenceMergeError) -> ConferenceInfo {
        guard state != .partial else { throw .nothingToChange }
        return settled
    }

    /// Without anything marked as deleted; all states full.
    private var settled: ConferenceInfo {
        var result = self
        result.users = usersState == .deleted ? [] : ConferenceUser.merge(users, into: [])
        if usersState != nil { result.usersState = .full }
        return result
    }

    private func merged(with change: ConferenceInfo) -> ConferenceInfo {
        var result = self
        result.state = .full
        result.version = change.version ?? version
        // These have no key and no state of their own: they come whole or not at all.
        if let description = change.description { result.description = description }
        if let hostInfo = change.hostInfo { result.hostInfo = hostInfo }
        if let conferenceState = change.conferenceState { result.conferenceState = conferenceState }
        switch change.usersState ?? (change.users.isEmpty ? nil : .partial) {
        case nil: break
        case .deleted: result.users = []
        case .full: result.users = ConferenceUser.merge(change.users, into: [])
        case .partial: result.users = ConferenceUser.merge(change.users, into: result.users)
        }
        if change.usersState != nil { result.usersState = .full }
        return result
    }
}

/// An element that is told apart by a key and has a state: user, endpoint, media.
private protocol Keyed {
    var key: String? { get }
    var state: ConferenceElementState { get set }
    /// This element with what a partial one says changed.
    func merged(with change: Self) -> Self
    /// This element without anything marked as deleted; all states full.
    var settled: Self { get }
}

extension Keyed {
    /// The elements after the changes, in order, new ones at the end (RFC 4575 §4.6).
    static func merge(_ changes: [Self], into known: [Self]) -> [Self] {
        var result: [Self?] = known
        var places: [String: Int] = [:]
        for (index, element) in known.enumerated() { if let key = element.key { places[key] = index } }
        for change in changes {
            let place = change.key.flatMap { places[$0] }
            let before = place.flatMap { result[$0] }
            let after: Self? =
                switch change.state {
                case .deleted: nil
                case .full: change.settled
                case .partial: before?.merged(with: change) ?? change.settled
                }
            if let place {
                result[place] = after
            } else if let after {
                if let key = change.key { places[key] = result.count }
                result.append(after)
            }
        }
        return result.compactMap { $0 }
    }
}

extension ConferenceUser: Keyed {
    fileprivate var key: String? { entity }

    fileprivate var settled: ConferenceUser {
        var result = self
        result.state = .full
        result.endpoints = ConferenceEndpoint.merge(endpoints, into: [])
        return result
    }

    fileprivate func merged(with change: ConferenceUser) -> ConferenceUser {
        var result = self
        result.state = .full
        result.displayText = change.displayText ?? displayText
        if !change.associatedAORs.isEmpty { result.associatedAORs = change.associatedAORs }
        if !change.roles.isEmpty { result.roles = change.roles }
        if !change.languages.isEmpty { result.languages = change.languages }
        result.cascadedFocus = change.cascadedFocus ?? cascadedFocus
        result.endpoints = ConferenceEndpoint.merge(change.endpoints, into: endpoints)
        return result
    }
}

extension ConferenceEndpoint: Keyed {
    fileprivate var key: String? { entity }

    fileprivate var settled: ConferenceEndpoint {
        var result = self
        result.state = .full
        result.media = ConferenceMedia.merge(media, into: [])
        return result
    }

    fileprivate func merged(with change: ConferenceEndpoint) -> ConferenceEndpoint {
        var result = self
        result.state = .full
        result.displayText = change.displayText ?? displayText
        result.referred = change.referred ?? referred
        result.status = change.status ?? status
        result.joiningMethod = change.joiningMethod ?? joiningMethod
        result.joiningInfo = change.joiningInfo ?? joiningInfo
        result.disconnectionMethod = change.disconnectionMethod ?? disconnectionMethod
        result.disconnectionInfo = change.disconnectionInfo ?? disconnectionInfo
        result.media = ConferenceMedia.merge(change.media, into: media)
        result.callInfo = change.callInfo ?? callInfo
        return result
    }
}

extension ConferenceMedia: Keyed {
    fileprivate var key: String? { id }

    fileprivate var settled: ConferenceMedia {
        var result = self
        result.state = .full
        return result
    }

    fileprivate func merged(with change: ConferenceMedia) -> ConferenceMedia {
        var result = settled
        result.displayText = change.displayText ?? displayText
        result.type = change.type ?? type
        result.label = change.label ?? label
        result.sourceID = change.sourceID ?? sourceID
        result.status = change.status ?? status
        return result
    }
}
