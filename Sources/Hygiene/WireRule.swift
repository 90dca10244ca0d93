/// A rule of the wire that every message of the implementation under test has to keep, whatever it is about.
///
/// A breach is a warning: the requirements are about what is stored and delivered. Strict runs fail for it.
public enum WireRule: String, Sendable, Hashable, CaseIterable {
    case sipReadable = "sip-readable"
    case sipMandatoryHeaders = "sip-mandatory-headers"
    case sipSingleHeaders = "sip-single-headers"
    case sipAddresses = "sip-addresses"
    case sipTags = "sip-tags"
    case sipBranch = "sip-branch"
    case sipCSeq = "sip-cseq"
    case sipContact = "sip-contact"
    case sipContentType = "sip-content-type"
    case sipEventHeaders = "sip-event-headers"
    case sipResponseHeaders = "sip-response-headers"
    case sipResponseMatch = "sip-response-match"
    case sipSequence = "sip-sequence"
    case sipAcknowledged = "sip-acknowledged"
    case msrpReadable = "msrp-readable"
    case msrpHeaders = "msrp-headers"
    case msrpByteRange = "msrp-byte-range"
    case msrpContentType = "msrp-content-type"
    case msrpTransaction = "msrp-transaction"
    case msrpUnwantedResponse = "msrp-unwanted-response"
    case msrpPaths = "msrp-paths"
    case msrpReport = "msrp-report"
    case msrpAccepted = "msrp-accepted"
    case sdpReadable = "sdp-readable"
    case sdpMSRPMedia = "sdp-msrp-media"
    case multipartReadable = "multipart-readable"
    case conferenceInfoValid = "conference-info-valid"
    case resourceListsValid = "resource-lists-valid"
    case imdnValid = "imdn-valid"
    case cpimReadable = "cpim-readable"
    case cpimForm = "cpim-form"
}

extension WireRule {
    /// What a rule belongs to.
    public enum Family: String, Sendable, Hashable, CaseIterable {
        case sip
        case msrp
        case payloads
    }

    public var family: Family {
        if rawValue.hasPrefix("sip-") { return .sip }
        return rawValue.hasPrefix("msrp-") ? .msrp : .payloads
    }

    /// The text that it comes from.
    public var clause: String { facts.clause }
    /// What has to be so, to follow "expected that".
    public var statement: String { facts.statement }

    private var facts: (clause: String, statement: String) {
        switch self {
        case .sipReadable: ("RFC 3261 §7, §18.3", "what comes over a SIP connection is SIP messages with their length")
        case .sipMandatoryHeaders:
            ("RFC 3261 §8.1.1, §8.2.6", "each message has Via, From, To, Call-ID and CSeq, each request Max-Forwards as well")
        case .sipSingleHeaders: ("RFC 3261 §7.3.1", "headers that have one value are there once")
        case .sipAddresses: ("RFC 3261 §20.10", "From, To, Contact, Route and Record-Route hold addresses")
        case .sipTags: ("RFC 3261 §8.1.1.3, §8.2.6.2", "From has a tag, and To as well in every response but 100")
        case .sipBranch: ("RFC 3261 §8.1.1.7", "the branch of a request begins with z9hG4bK")
        case .sipCSeq: ("RFC 3261 §8.1.1.5", "CSeq names the method of its request")
        case .sipContact:
            ("RFC 3261 §8.1.1.8, §12.1.1", "requests and 2xx responses that make or move a dialog have one Contact")
        case .sipContentType: ("RFC 3261 §20.15", "a message with a body has a Content-Type that is a media type")
        case .sipEventHeaders: ("RFC 6665 §8.2", "a NOTIFY has Event and Subscription-State")
        case .sipResponseHeaders:
            ("RFC 3261 §21.4, RFC 4028 §6", "a refusal has the header that says what would be taken instead")
        case .sipResponseMatch:
            ("RFC 3261 §8.2.6.2, §17.1.3", "a response answers a request that was sent, and copies its headers")
        case .sipSequence: ("RFC 3261 §12.2.1.1", "the CSeq numbers of a dialog rise with each request")
        case .sipAcknowledged: ("RFC 3261 §13.2.2.4", "a 200 to an INVITE gets its ACK")
        case .msrpReadable: ("RFC 4975 §9", "what comes over an MSRP connection is MSRP messages")
        case .msrpHeaders: ("RFC 4975 §7.1, §9", "To-Path and From-Path come first, and every header is of its grammar")
        case .msrpByteRange:
            ("RFC 4975 §7.1", "Byte-Range fits the bytes of its chunk, and the chunks of a message fit one another")
        case .msrpContentType: ("RFC 4975 §7.1", "a SEND with a body has a Content-Type")
        case .msrpTransaction: ("RFC 4975 §7.2", "a response belongs to a request that was sent and waits for it")
        case .msrpUnwantedResponse:
            ("RFC 4975 §7.1.2, §7.2", "what asks for no response gets none: a REPORT, and a SEND by its Failure-Report")
        case .msrpPaths: ("RFC 4975 §7.1, §7.2", "paths name the session of the description, and a response turns them round")
        case .msrpReport: ("RFC 4975 §7.1.2", "a REPORT is about a message that asked for it, and says about which bytes")
        case .msrpAccepted: ("RFC 4975 §8.6", "only types and sizes are sent that the description of the client takes")
        case .sdpReadable: ("RFC 4566 §5", "a session description can be read")
        case .sdpMSRPMedia: ("RFC 4975 §8.1, §8.6", "the MSRP medium that is not refused has a path and accept-types")
        case .multipartReadable: ("RFC 2046 §5.1", "a multipart body can be taken apart")
        case .conferenceInfoValid: ("RFC 4575 §5, §6", "participant information is valid against the core schema")
        case .resourceListsValid: ("RFC 4826 §3", "a list of recipients is valid against its schema")
        case .imdnValid: ("RFC 5438 §7", "a disposition notification is valid against its schema")
        case .cpimReadable: ("RFC 3862 §2", "a CPIM message can be read")
        case .cpimForm:
            ("RFC 3862 §2.2, §3", "CPIM headers are written as the standard writes them, their prefixes declared")
        }
    }
}

/// A breach of a rule by the implementation under test.
public struct WireFinding: Sendable, Hashable {
    public var rule: WireRule
    /// The actor to whom it was said.
    public var actor: String
    /// What was seen, one clause, safe to print.
    public var what: String
    /// Numbers of the recorded lines that show it.
    public var lines: [Int]

    public init(rule: WireRule, actor: String, what: String, lines: [Int]) {
        self.rule = rule
        self.actor = actor
        self.what = what
        self.lines = lines
    }
}

/// What came of looking at all of a recording's messages.
public struct WireSurvey: Sendable, Hashable {
    /// How many messages of the implementation were looked at.
    public internal(set) var looked: [WireRule.Family: Int] = [:]
    /// In the order of the recording; no more than `mostOfARule` of each rule.
    public internal(set) var findings: [WireFinding] = []
    /// How often each rule was broken, also where the finding was not kept.
    public internal(set) var counts: [WireRule: Int] = [:]

    /// A stranger's flood of mistakes is counted, not kept.
    public static let mostOfARule = 10

    public init(looked: [WireRule.Family: Int] = [:], findings: [WireFinding] = []) {
        self.looked = looked
        for finding in findings { add(finding.rule, finding.actor, finding.what, finding.lines) }
    }

    /// The same without the breaches of a rule that these recorded lines show, which another check has named.
    public func without(_ rule: WireRule, shownBy lines: Set<Int>) -> WireSurvey {
        let named = findings.filter { $0.rule == rule && !lines.isDisjoint(with: $0.lines) }
        guard !named.isEmpty else { return self }
        var rest = self
        rest.findings.removeAll { named.contains($0) }
        let left = (counts[rule] ?? 0) - named.count
        // Of a flood not every breach was kept; without one that could be shown nothing is said of them.
        rest.counts[rule] = rest.findings.contains { $0.rule == rule } ? left : nil
        return rest
    }

    mutating func add(_ rule: WireRule, _ actor: String, _ what: String, _ lines: [Int]) {
        let count = counts[rule, default: 0]
        counts[rule] = count + 1
        if count < Self.mostOfARule {
            findings.append(WireFinding(rule: rule, actor: actor, what: what, lines: lines))
        }
    }

    mutating func looked(at family: WireRule.Family) { looked[family, default: 0] += 1 }
}
