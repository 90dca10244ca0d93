import Diagnostics
import Payloads
import SIP
import XML

/// What the bodies of messages have to keep to, whatever carries them.
struct PayloadRules {
    let limits: Limits
    let actor: String
    let lines: [Int]

    /// The MSRP medium that a SIP message describes; nil when it describes none that can be read.
    static func media(of message: SIPMessage, limits: Limits) -> MSRPMedia? {
        guard !message.body.isEmpty, let type = message.contentType.flatMap({ MediaType($0) }) else { return nil }
        var body = message.body
        if type.type == "multipart" {
            guard let whole = try? Multipart(parsing: message.body, contentType: type, limits: limits),
                let part = whole.first(MediaType.sdp.essence)
            else { return nil }
            body = part.body
        } else if type.essence != MediaType.sdp.essence {
            return nil
        }
        return (try? SessionDescription(parsing: body, limits: limits)).flatMap { MSRPMedia($0) }
    }

    func look(at message: SIPMessage, _ survey: inout WireSurvey) {
        guard !message.body.isEmpty, let type = message.contentType.flatMap({ MediaType($0) }) else { return }
        look(at: message.body, type, &survey)
    }

    /// - Parameter depth: how many wrappers this is in.
    func look(at body: [UInt8], _ type: MediaType, _ survey: inout WireSurvey, depth: Int = 0) {
        guard depth < 4 else { return }
        if type.type == "multipart" {
            multipart(body, type, &survey, depth)
            return
        }
        switch type.essence {
        case MediaType.cpim.essence: cpim(body, &survey, depth)
        case MediaType.sdp.essence: description(body, &survey)
        case MediaType.conferenceInfo.essence: validate(body, .conferenceInfo, .conferenceInfoValid, &survey)
        case MediaType.resourceLists.essence: validate(body, .resourceLists, .resourceListsValid, &survey)
        case MediaType.imdn.essence: validate(body, .imdn, .imdnValid, &survey)
        default: break
        }
    }

    private func add(_ rule: WireRule, _ what: String, _ survey: inout WireSurvey) {
        survey.add(rule, actor, escapedPeerText(what, limit: 300), lines)
    }

    private func multipart(_ body: [UInt8], _ type: MediaType, _ survey: inout WireSurvey, _ depth: Int) {
        survey.looked(at: .payloads)
        do {
            for part in try Multipart(parsing: body, contentType: type, limits: limits).parts {
                if let type = part.contentType { look(at: part.body, type, &survey, depth: depth + 1) }
            }
        } catch {
            add(.multipartReadable, "\(error)", &survey)
        }
    }

    private func cpim(_ body: [UInt8], _ survey: inout WireSurvey, _ depth: Int) {
        survey.looked(at: .payloads)
        do {
            let message = try CPIMMessage(parsing: body, limits: limits)
            for flaw in message.flaws.map(Self.sentence).sorted() { add(.cpimForm, flaw, &survey) }
            if let type = message.contentType {
                look(at: message.body, type, &survey, depth: depth + 1)
            } else {
                add(.cpimForm, "the content has no Content-Type that can be read", &survey)
            }
        } catch {
            add(.cpimReadable, "\(error)", &survey)
        }
    }

    private static func sentence(_ flaw: CPIMFlaw) -> String {
        switch flaw {
        case .bareLineFeed: "a line ends in LF alone"
        case .undeclaredPrefix(let prefix): "no NS header declares the prefix \(prefix)"
        case .noBlankAfterColon(let header): "no blank follows the colon of \(header)"
        case .wrongCase(let header): "\(header) is written in another case than the standard's"
        case .noEmptyLineBeforeBody: "no empty line stands before the content"
        }
    }

    private func description(_ body: [UInt8], _ survey: inout WireSurvey) {
        survey.looked(at: .payloads)
        do {
            let description = try SessionDescription(parsing: body, limits: limits)
            for medium in description.media where MSRPMedia.isMSRP(medium) && medium.port != 0 {
                for name in ["path", "accept-types"]
                where medium.attribute(name) == nil && description.attribute(name) == nil {
                    add(.sdpMSRPMedia, "the MSRP medium has no \(name)", &survey)
                }
            }
        } catch {
            add(.sdpReadable, "\(error)", &survey)
        }
    }

    private func validate(_ body: [UInt8], _ schema: PayloadSchema, _ rule: WireRule, _ survey: inout WireSurvey) {
        survey.looked(at: .payloads)
        guard let problem = schema.validate(body, limits: XMLLimits(limits)).first else { return }
        add(rule, problem.description, &survey)
    }
}
