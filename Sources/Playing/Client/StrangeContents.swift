import Actors
import Connections
import Payloads
import Recordings
import TestCases

/// Things that no client need understand, as they are handed over.
extension ClientStage {
    func handStrange(_ what: StrangeContent, _ label: String, _ index: Int) async throws {
        act("hand", index: index, ["group": .string(label), "what": .string(what.rawValue)])
        let item = item(what, try group(label))
        do {
            // Whether the client takes such things or not, is not asked.
            _ = try await enabler.send(item, in: try session(label))
        } catch let failure as ActorFailure {
            // Whatever a client makes of it, also no answer at all, is no failure of the step.
            guard case .timedOut = failure else { throw failure }
        }
    }

    private func item(_ what: StrangeContent, _ group: DeliveredGroup) -> HandedItem {
        let list = "application/conference-info+xml"
        switch what {
        case .unknownType: return HandedItem(contentType: "application/vnd.example.unknown", body: Array("who knows".utf8))
        case .emptyCPIM: return HandedItem(body: Array("\r\n\r\n".utf8))
        case .endlessCPIM: return HandedItem(body: Array("From: <sip:nobody@\(description.ixit.domain)>\r\nTo: <".utf8))
        case .namelessMessage: return HandedItem(body: wrapped(Array("no name".utf8), "text/plain;charset=UTF-8", group))
        case .brokenReport: return HandedItem(body: wrapped(Array("<imdn><message-id>".utf8), "message/imdn+xml", group, id: fresh))
        case .reportOnNothing:
            let report = DeliveredReports.report(
                .delivered, on: fresh, sentAt: RFC3339.string(fromMilliseconds: settings.wallClock()), of: group.focus)
            return HandedItem(body: wrapped(report.serialized(), "message/imdn+xml", group, id: fresh))
        case .brokenList: return HandedItem(contentType: list, body: Array("<conference-info><users>".utf8))
        case .entityBomb: return HandedItem(contentType: list, body: Array(Self.bomb.utf8))
        case .earlyPartial:
            let partial = DeliveredList(
                entity: group.focus, version: 7, state: .partial,
                members: [.init(uri: "sip:stranger@\(description.ixit.domain)")])
            return HandedItem(contentType: list, body: partial.serialized())
        case .brokenMultipart:
            return HandedItem(
                body: wrapped(Array("--a\r\nContent-Type: message/imdn+xml\r\n\r\n<".utf8), "multipart/mixed;boundary=b", group, id: fresh))
        case .composing:
            return HandedItem(body: wrapped(IsComposing.active, MediaType.isComposing.essence, group, id: fresh))
        case .nothing: return HandedItem(body: wrapped([], "text/plain;charset=UTF-8", group, id: fresh))
        }
    }

    private var fresh: String { newMessageID() }

    /// An entity in an entity in an entity.
    private static let bomb = """
        <?xml version="1.0"?>
        <!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
        <conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="&c;&c;&c;&c;&c;&c;&c;&c;"/>
        """
}
