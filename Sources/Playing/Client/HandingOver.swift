import Actors
import Connections
import Facts
import Foundation
import MSRP
import Payloads
import Recordings
import TestCases

/// What the scripted enabler hands to the client: messages, reports and lists, as the step says and in no other way.
extension ClientStage {
    func hand(_ step: HandStep, _ index: Int) async throws {
        let message = step.message
        let id = newMessageID()
        let sent = settings.wallClock() - step.age
        messageIDs[message.label] = id
        writtenAt[message.label] = sent
        act(
            "send", index: index,
            [
                "group": .string(message.group), "by": .string(message.by), "as": .string(message.label), "message": .string(id),
                "marker": false, "concurrent": false,
                "disposition": JSONValue(strings: message.dispositions.map(\.rawValue).sorted()),
            ])
        let group = try group(message.group)
        var chat = DeliveredChat(
            from: address(of: message.by), to: .address(group.focus), dateTime: RFC3339.string(fromMilliseconds: sent),
            messageID: id, body: message.body)
        chat.contentType = message.contentType
        chat.dispositions = Set(message.dispositions.compactMap { ReportedStatus(rawValue: $0.rawValue) })
        var item = HandedItem(body: chat.serialized(), chunkSize: step.chunk)
        item.failureReport = MSRPFailureReport(rawValue: step.failureReport.rawValue) ?? .yes
        item.successReport = step.successReport
        handed[message.label] = item
        if let bytes = step.breaksAfter { item.end = .broken(at: bytes) }
        if let bytes = step.abortsAfter { item.end = .aborted(at: bytes) }
        if let bytes = step.pausesAfter { pause(&item, at: bytes, as: message.label) }
        if step.breaksAfter != nil { act("break", index: nil, ["who": .string(user)]) }
        try await send(item, in: message.group, what: message.label, inside: message.contentType)
        if step.breaksAfter != nil { groups[message.group]?.session = nil }
        // Nothing tells when the client has read what it need not answer for.
        if step.failureReport != .yes, !step.successReport {
            try await Task.sleep(for: .milliseconds(description.ixit.timers[.quiet]))
        }
    }

    func handAgain(_ labels: [String], _ index: Int) async throws {
        act("again", index: index, ["labels": JSONValue(strings: labels)])
        for label in labels {
            guard let item = handed[label] else { throw StepFailure("\(label), which was not handed over before") }
            let message = testCase.handed(label)?.message
            try await send(item, in: message?.group ?? "", what: label, inside: message?.contentType)
        }
    }

    /// The two parts have one Message-ID of MSRP; whoever hands the whole over again has another.
    private func pause(_ item: inout HandedItem, at bytes: Int, as label: String) {
        item.messageID = tokens.token(length: 16)
        item.end = .resumed(from: bytes)
        paused[label] = item
        item.end = .paused(at: bytes)
    }

    func resume(_ label: String, _ index: Int) async throws {
        act("resume", index: index, ["labels": [.string(label)]])
        guard let rest = paused.removeValue(forKey: label) else { throw StepFailure("\(label), which was paused") }
        let message = testCase.handed(label)?.message
        try await send(rest, in: message?.group ?? "", what: label, inside: message?.contentType)
        let id = messageIDs[label] ?? ""
        let isAnswered = await until(.answer) { self.log.has(self.user, message: id) && self.log.isSettled(self.user) }
        if !isAnswered { throw StepFailure("the answer to the last part of \(label)") }
    }

    /// What a client answers is the judge's to look at; that it answers ends the step. What its description of the media does
    /// not take is not sent (RFC 4975 §8.6).
    ///
    /// - Parameter inner: the type of what is in the wrapping.
    func send(_ item: HandedItem, in label: String, what: String, inside inner: String? = nil) async throws {
        let session = try session(label)
        if let refusal = await enabler.media(of: session)?.refusal(of: item, inside: inner) {
            throw StepFailure("a session that takes \(what): \(refusal)")
        }
        _ = try await enabler.send(item, in: session)
    }

    // MARK: Reports

    func report(_ fates: [ReportedFate], _ carriage: FateCarriage, _ index: Int) async throws {
        act("report", index: index, ["of": JSONValue(strings: fates.map(\.message)), "by": .string(fates[0].by)])
        let label = fates.compactMap { testCase.written($0.message)?.group }.first ?? ""
        let reports = try fates.map { fate throws(StepFailure) in
            guard let id = messageIDs[fate.message], let status = ReportedStatus(rawValue: fate.status.rawValue) else {
                throw StepFailure("\(fate.message), which the user has not written")
            }
            return DeliveredReports.report(
                status, on: id, sentAt: RFC3339.string(fromMilliseconds: writtenAt[fate.message] ?? settings.wallClock()),
                of: addresses[fate.by] ?? "")
        }
        let body = DeliveredReports(
            from: address(of: fates[0].by), to: address(of: user),
            dateTime: RFC3339.string(fromMilliseconds: settings.wallClock()), messageID: newMessageID(), reports: reports)
        switch carriage {
        case .session: 
            try await send(
                HandedItem(body: body.serialized()), in: label, what: "the report",
                inside: reports.count == 1 ? MediaType.imdn.essence : nil)
        case .ownSession: try await sendAlone(HandedItem(body: body.serialized()), index)
        case .message:
            let message = EnablerMessage(body: body.serialized(), from: addresses[fates[0].by], group: try group(label).ids)
            _ = try await enabler.sendMessage(message, to: user)
        }
    }

    /// In a session that names no group and is over with it.
    private func sendAlone(_ item: HandedItem, _ index: Int) async throws {
        let plan = EnablerInvitation(
            user: user, group: GroupIDs(conversationID: "", contributionID: ""), focusURI: newFocus(), form: .over)
        let session = try await enabler.invite(plan)
        if let refusal = await enabler.media(of: session)?.refusal(of: item, inside: MediaType.imdn.essence) {
            throw StepFailure("a session that takes the report: \(refusal)")
        }
        _ = try await enabler.send(item, in: session)
        try await enabler.hangUp(session, cause: .completed)
    }

    // MARK: Lists

    func list(_ step: ListStep, _ index: Int) async throws {
        act("list", index: index, ["group": .string(step.group), "form": .string(step.extent.rawValue)])
        var group = try group(step.group)
        group.version += 1
        groups[step.group] = group
        let members = testCase.actors.map(\.name).compactMap { name in step.shows[name].map { member(name, $0) } }
        let document = DeliveredList(
            entity: group.focus, version: group.version, state: step.extent == .full ? .full : .partial, members: members
        ).serialized()
        switch step.carriage {
        case .session:
            try await send(HandedItem(contentType: "application/conference-info+xml", body: document), in: step.group, what: "the list")
        case .wrapped:
            let type = "application/conference-info+xml"
            try await send(HandedItem(body: wrapped(document, type, group)), in: step.group, what: "the list", inside: type)
        case .subscription:
            try await enabler.awaitSubscription(of: user, to: group.focus)
            try await enabler.notify(document, of: group.focus, to: user, state: "active")
        }
    }

    private func member(_ name: ActorName, _ shown: ListStep.Shown) -> DeliveredList.Member {
        let (status, method): (EndpointStatus, String?) =
            switch shown {
            case .connected: (.connected, nil)
            case .pending: (.pending, nil)
            case .departed: (.disconnected, "departed")
            case .booted: (.disconnected, "booted")
            }
        return DeliveredList.Member(
            uri: addresses[name] ?? "", displayName: name.capitalized, status: status, method: method)
    }

    /// Anything in CPIM, from the group itself.
    func wrapped(_ body: [UInt8], _ type: String, _ group: DeliveredGroup, id: String? = nil) -> [UInt8] {
        var chat = DeliveredChat(
            from: CPIMAddress(uri: group.focus), to: .address(addresses[user] ?? ""),
            dateTime: RFC3339.string(fromMilliseconds: settings.wallClock()), messageID: id, body: body)
        chat.contentType = type
        return chat.serialized()
    }

    func address(of name: ActorName) -> CPIMAddress {
        CPIMAddress(displayName: name.capitalized, uri: addresses[name] ?? "")
    }
}

extension MSRPMedia {
    /// Why the one who described its media so takes no such item; nil where it may. A list that it does not give refuses nothing.
    func refusal(of item: HandedItem, inside inner: String?) -> String? {
        if let maxSize, item.body.count > maxSize {
            return "the client's max-size is \(maxSize), and this has \(item.body.count) bytes"
        }
        if !acceptTypes.isEmpty, let type = MediaType(item.contentType), !accepts(type) {
            return "\(type.essence) is not among the accept-types of the client"
        }
        if !acceptWrappedTypes.isEmpty, let type = inner.flatMap({ MediaType($0) }), !accepts(type, wrapped: true) {
            return "\(type.essence) is not among the accept-wrapped-types of the client"
        }
        return nil
    }
}
