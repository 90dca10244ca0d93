public import HTTP
import Recordings

/// Serves the upper tester's API for a client: finds the operation, reads the documents, answers with what the service
/// says or with problem details (RFC 9457), and holds long polls until something has changed.
///
/// `HTTPServer.start(on:_:handler:)` takes `answer` as its handler.
public struct UpperTesterRoutes: Sendable {
    private let service: any UpperTesterService
    private let basePath: String
    private let credentials: HTTPCredentials?

    /// - Parameters:
    ///   - basePath: what stands before `/v1`, without a slash at its end.
    ///   - credentials: what must be shown; nil asks for none.
    public init(_ service: any UpperTesterService, basePath: String = "", credentials: HTTPCredentials? = nil) {
        self.service = service
        self.basePath = basePath
        self.credentials = credentials
    }

    /// The answer to a request, whatever it is. It may take as long as a long poll, and ends early when its task is cancelled.
    public func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
        do {
            if let credentials, !credentials.areShown(by: request.headers) {
                let challenge = credentials.challenge
                throw RouteProblem(401, "show credentials", headers: [HTTPField("WWW-Authenticate", challenge)])
            }
            return try await perform(RoutedRequest(request, basePath: basePath))
        } catch let problem as RouteProblem {
            return problem.response
        } catch let refusal as UpperTesterRefusal {
            return RouteProblem(refusal).response
        } catch {
            return RouteProblem(500, "the upper tester failed").response
        }
    }

    private func perform(_ routed: RoutedRequest) async throws -> HTTPServerResponse {
        switch routed.operation {
        case .identity: return json(try await service.identity())
        case .connection: return json(try await service.connection())
        case .setOnline: return json(try await service.setOnline(routed.document(ConnectionOrder.self).online))
        case .meetInvitations:
            try await service.meetInvitations(routed.document())
            return HTTPServerResponse(status: 204)
        case .conversations: return json(try await list(routed) { () async throws(UpperTesterRefusal) in try await service.conversations() })
        case .createConversation:
            let made = try await service.createConversation(routed.document())
            return json(made, 201, at: UpperTesterOperation.conversation.path([made.id]))
        default: return try await perform(routed, in: routed.identifiers[0])
        }
    }

    /// What concerns one conversation.
    private func perform(_ routed: RoutedRequest, in id: String) async throws -> HTTPServerResponse {
        switch routed.operation {
        case .answerInvitation: return json(try await service.answerInvitation(to: id, routed.document()))
        case .leaveConversation: return json(try await service.leaveConversation(id))
        case .restartConversation: return json(try await service.restartConversation(id), 202)
        case .messages:
            return json(try await list(routed) { () async throws(UpperTesterRefusal) in try await service.messages(in: id) })
        case .sendMessage:
            return json(try await service.sendMessage(routed.document(NewMessage.self).text, in: id), 201)
        case .markRead:
            try await service.markRead(routed.identifiers[1], in: id)
            return HTTPServerResponse(status: 204)
        case .participants:
            return json(try await list(routed) { () async throws(UpperTesterRefusal) in try await service.participants(in: id) })
        case .history:
            return json(try await list(routed) { () async throws(UpperTesterRefusal) in try await service.history(in: id) })
        default: return json(try await service.conversation(id))
        }
    }

    private func json(_ document: some UpperTesterDocument, _ status: Int = 200, at path: String? = nil) -> HTTPServerResponse {
        var headers = [HTTPField("Content-Type", "application/json"), HTTPField("Cache-Control", "no-store")]
        if let path { headers.append(HTTPField("Location", basePath + path)) }
        return HTTPServerResponse(status: status, headers: headers, body: document.json.canonicalBytes)
    }

    // MARK: - Long polls

    /// A service that says too early that something changed is asked again after this time.
    private static let pause = Duration.milliseconds(20)

    /// The list once its revision is another than the one that is known, or the time is over.
    private func list<List: RevisedList>(
        _ routed: RoutedRequest, _ read: () async throws(UpperTesterRefusal) -> List
    ) async throws -> List {
        let (after, wait) = try routed.listQuery()
        let deadline = ContinuousClock.now + wait
        while true {
            let list = try await read()
            // A revision that was never given out is another client's, or of a former life: that is told at once.
            guard let after, list.revision == after else { return list }
            let start = ContinuousClock.now
            guard start < deadline, !Task.isCancelled else { return list }
            await service.changed(after: after, within: deadline - start)
            if ContinuousClock.now - start < Self.pause { try? await Task.sleep(for: Self.pause) }
        }
    }
}
