import Payloads

extension Variation {
    /// How participant information may be told.
    static let participantInformation: [Variation: VariationFacts] = [
        .fullListsOnly: VariationFacts(
            "each change of the participants is told by a full list, never by a partial one",
            allowedBy: "RFC 4575 §4.4"),
        .absentUnlisted: VariationFacts(
            "members for whom the participating function answers are left out of every list that shows somebody else",
            allowedBy: "binding takeover: unrepresented"),
        .noUserCount: VariationFacts("lists do not count the users", allowedBy: "RFC 4575 §5.5"),
        .noVersion: VariationFacts("lists, all of them full, have no version", allowedBy: "RFC 4575 §6 (schema)"),
        .noState: VariationFacts("lists, all of them full, do not say that they are", allowedBy: "RFC 4575 §5.1"),
        .leaversLeftOut: VariationFacts(
            "who has left is in no full list, and deleted in a partial one", allowedBy: "RFC 4575 §5.6"),
        .absenteesPending: VariationFacts(
            "members who are stood in for are listed as pending", allowedBy: "binding: takeover"),
        .absenteesAlerting: VariationFacts(
            "members who are stood in for are listed as alerting", allowedBy: "binding: takeover"),
        .noMethod: VariationFacts("lists do not say how somebody left", allowedBy: "RFC 4575 §5.7.6"),
        .usersTurned: VariationFacts("lists name the users in the opposite order", allowedBy: "RFC 4575 §5.6"),
        .richLists: VariationFacts(
            "lists have all that the schema has a place for: host, addresses, roles, media, times",
            allowedBy: "RFC 4575 §5"),
        .twoEndpoints: VariationFacts(
            "each user who is there has a second end point that is not", allowedBy: "RFC 4575 §5.7"),
        .noEndpoints: VariationFacts("members are listed without end points", allowedBy: "RFC 4575 §5.6"),
        .hostsInCapitals: VariationFacts("lists write hosts in capitals", allowedBy: "RFC 3261 §19.1.4"),
        .xmlPrefixes: VariationFacts("lists write every element with a prefix", allowedBy: "XML Namespaces §3"),
        .xmlIndented: VariationFacts("lists have a line for each element", allowedBy: "XML 1.0 §2.10"),
        .xmlExtensions: VariationFacts(
            "lists have elements and attributes of a foreign namespace", allowedBy: "RFC 4575 §4.6"),
        .xmlComments: VariationFacts(
            "lists have comments and a processing instruction", allowedBy: "XML 1.0 §2.5, §2.6"),
        .xmlSingleQuotes: VariationFacts(
            "lists quote attributes singly and have no XML declaration", allowedBy: "XML 1.0 §2.3, §2.8"),
        .listsInCPIM: VariationFacts(
            "lists come in a CPIM wrapper where the client takes them so", allowedBy: "binding: participant-information"),
    ]
}

/// Puts participant information into XML as the variations say. Without one, the document is as the enabler makes it.
struct RosterForm: Sendable {
    private let variations: Set<Variation>

    init(_ variations: Set<Variation>) {
        self.variations = variations.intersection(
            Array(Variation.participantInformation.keys) + [.telephoneNumbers])
    }

    /// Whether a stream has full documents only: a partial one needs a version and a state.
    var tellsAll: Bool { !variations.isDisjoint(with: [.fullListsOnly, .noVersion, .noState]) }

    /// Whether documents are wrapped even where they need not be.
    var wraps: Bool { variations.contains(.listsInCPIM) }

    /// How a member is listed whom the participating function stands in for.
    var absent: EndpointStatus {
        if variations.contains(.absenteesPending) { return .pending }
        return variations.contains(.absenteesAlerting) ? .alerting : .connected
    }

    func bytes(of info: ConferenceInfo) -> [UInt8] {
        if variations.isEmpty { return info.serialized() }
        var info = info
        if variations.contains(.noUserCount) { info.conferenceState = nil }
        if variations.contains(.noVersion) { info.version = nil }
        if variations.contains(.leaversLeftOut) { leaveOut(&info) }
        if variations.contains(.richLists) { enrich(&info) }
        for place in info.users.indices { change(&info.users[place]) }
        if variations.contains(.usersTurned) { info.users.reverse() }
        if variations.contains(.hostsInCapitals) { info.entity = Self.capital(info.entity) }
        return Array(text(String(decoding: info.serialized(), as: UTF8.self)).utf8)
    }

    // MARK: What it says

    private func leaveOut(_ info: inout ConferenceInfo) {
        let isGone: (ConferenceUser) -> Bool = { $0.status == .disconnected }
        if info.state == .full { return info.users.removeAll(where: isGone) }
        for place in info.users.indices where isGone(info.users[place]) {
            info.users[place].state = .deleted
            info.users[place].endpoints = []
        }
    }

    private func change(_ user: inout ConferenceUser) {
        for place in user.endpoints.indices where variations.contains(.noMethod) {
            user.endpoints[place].disconnectionMethod = nil
        }
        if variations.contains(.twoEndpoints), user.status == .connected, let entity = user.entity {
            var other = ConferenceEndpoint(entity: "\(entity);gr=tablet", status: .disconnected)
            other.disconnectionMethod = .departed
            user.endpoints.append(other)
        }
        if variations.contains(.noEndpoints), user.status != .disconnected { user.endpoints = [] }
        if variations.contains(.hostsInCapitals) { user.entity = user.entity.map(Self.capital) }
        if variations.contains(.telephoneNumbers), let number = user.entity.flatMap(Variation.telephoneNumber) {
            user.entity = number
            for place in user.endpoints.indices { user.endpoints[place].entity = number }
        }
    }

    private func enrich(_ info: inout ConferenceInfo) {
        if info.state == .full {
            info.description?.displayText = "A group"
            info.description?.freeText = "<of> & about friends"
            info.description?.keywords = ["talk", "more"]
            info.description?.maximumUserCount = 500
            info.description?.conferenceURIs = [ConferenceURI(info.entity, displayText: "here", purpose: "participation")]
            info.hostInfo = ConferenceHost(displayText: "Somebody", webPage: "http://host.example/")
            info.conferenceState?.active = true
            info.conferenceState?.locked = false
        }
        for place in info.users.indices {
            info.users[place].roles = ["participant"]
            info.users[place].languages = ["en", "cy"]
            for end in info.users[place].endpoints.indices {
                info.users[place].endpoints[end].displayText = "a telephone"
                info.users[place].endpoints[end].joiningMethod = .dialedOut
                info.users[place].endpoints[end].joiningInfo = ConferenceExecution(
                    when: "2020-01-02T03:04:05Z", reason: "invited", by: info.entity)
            }
        }
    }

    private static func capital(_ uri: String) -> String {
        guard let at = uri.firstIndex(of: "@") else { return uri }
        return uri[...at] + uri[uri.index(after: at)...].uppercased()
    }

    // MARK: How it is written

    private func text(_ xml: String) -> String {
        var xml = xml
        if variations.contains(.noState) { xml = xml.replacing(" state=\"full\"", with: "") }
        if variations.contains(.xmlExtensions) {
            xml = xml.replacing("</user>", with: "<x:mood xmlns:x=\"urn:example:mood\">fine<x:why/></x:mood></user>")
                .replacing("</conference-info>", with: "<mood xmlns=\"urn:example:mood\" of=\"all\"/></conference-info>")
                .replacing("<user ", with: "<user xmlns:y=\"urn:example:more\" y:since=\"ever\" ")
        }
        if variations.contains(.xmlComments) {
            xml = xml.replacing("<user ", with: "<!-- one more: <user> --><user ")
                .replacing("<conference-info ", with: "<?pretty no?><conference-info ")
        }
        if variations.contains(.xmlPrefixes) {
            xml = xml.replacing("</", with: "\u{1}").replacing("<?", with: "\u{2}").replacing("<", with: "<ci:")
                .replacing("\u{1}", with: "</ci:").replacing("\u{2}", with: "<?").replacing(" xmlns=", with: " xmlns:ci=")
        }
        if variations.contains(.xmlIndented) { xml = xml.replacing("><", with: ">\r\n\t<") + "\r\n" }
        if variations.contains(.xmlSingleQuotes) {
            if let end = xml.firstRange(of: "?>\r\n") { xml.removeSubrange(..<end.upperBound) }
            xml = xml.replacing("\"", with: "'")
        }
        return xml
    }
}
