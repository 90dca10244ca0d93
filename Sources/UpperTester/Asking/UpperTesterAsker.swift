import Diagnostics
import HTTP
import Recordings

/// Sends the requests of an `UpperTesterClient` and reads their answers.
struct UpperTesterAsker: Sendable {
    /// Without a slash at its end.
    let base: String
    let http: HTTPClient
    let answerTime: Duration

    /// The statuses with which the specification lets an upper tester refuse.
    static let refusals: Set<Int> = [400, 401, 404, 405, 409, 415, 500, 502, 503]

    /// Asks for a document.
    func ask<Answer: UpperTesterDocument>(
        _ operation: UpperTesterOperation, _ identifiers: [String] = [], sending document: (any UpperTesterDocument)? = nil
    ) async throws(UpperTesterFailure) -> Answer {
        let response = try await send(operation, operation.path(identifiers), document)
        return try read(operation, response)
    }

    /// Has something done that is answered without a document.
    func order(
        _ operation: UpperTesterOperation, _ identifiers: [String] = [], sending document: (any UpperTesterDocument)? = nil
    ) async throws(UpperTesterFailure) {
        _ = try await send(operation, operation.path(identifiers), document)
    }

    // MARK: - Lists

    /// What the specification lets one request wait.
    private static let longestWait = Duration.seconds(30)
    /// How long to wait between two requests to an upper tester that answers at once, the first time and at most.
    private static let pauses = (first: Duration.milliseconds(50), longest: Duration.milliseconds(500))

    /// Asks until the revision is greater than `after`, at most for `wait`. Where long polls are not known the list comes
    /// at once, and is asked for again after a pause.
    func list<List: RevisedList>(
        _ operation: UpperTesterOperation, _ identifiers: [String], _ after: Int?, _ wait: Duration
    ) async throws(UpperTesterFailure) -> List {
        let path = operation.path(identifiers)
        guard let after else { return try read(operation, try await send(operation, path, nil)) }
        let deadline = ContinuousClock.now + wait
        var pause = Self.pauses.first
        while true {
            let start = ContinuousClock.now
            let share = max(.zero, min(deadline - start, Self.longestWait))
            let query = "?after=\(after)&wait=\(share.wholeMilliseconds)"
            let list: List = try read(operation, try await send(operation, path + query, nil, waiting: share))
            if list.revision < after { throw UpperTesterFailure(operation, .revisionFell(from: after, to: list.revision)) }
            let now = ContinuousClock.now
            if list.revision > after || now >= deadline { return list }
            // It answered before its time, and nothing is new: it does not wait.
            guard now - start < share - Self.pauses.first else { continue }
            do {
                try await Task.sleep(for: min(pause, deadline - now))
            } catch {
                throw UpperTesterFailure(operation, .noAnswer(.cancelled))
            }
            pause = min(pause * 2, Self.pauses.longest)
        }
    }

    // MARK: - One request

    private func send(
        _ operation: UpperTesterOperation, _ path: String, _ document: (any UpperTesterDocument)?,
        waiting: Duration = .zero
    ) async throws(UpperTesterFailure) -> HTTPResponse {
        let response: HTTPResponse
        do {
            var request = HTTPRequest(
                HTTPRequest.Method(rawValue: operation.method) ?? .get, try HTTPURL(base + path),
                headers: [HTTPField("Accept", "application/json, application/problem+json")])
            if let document {
                request.body = document.json.canonicalBytes
                request.headers.append(HTTPField("Content-Type", "application/json"))
            } else if request.method == .post {
                request.body = []
            }
            request.totalTime = answerTime + waiting
            response = try await http.send(request)
        } catch {
            throw UpperTesterFailure(operation, .noAnswer(error))
        }
        if operation.successes.contains(response.status) { return response }
        throw UpperTesterFailure(operation, refusal(response))
    }

    private func refusal(_ response: HTTPResponse) -> UpperTesterFailure.Cause {
        if (300..<400).contains(response.status) {
            return .redirect(status: response.status, to: response.headers.first("location").map(shown))
        }
        guard Self.refusals.contains(response.status) else { return .unexpectedStatus(response.status) }
        guard let type = response.headers.mediaType, type == "application/problem+json" || type == "application/json",
            let details = try? ProblemDetails(json: JSONValue(parsing: response.body))
        else { return .refused(status: response.status, title: nil, detail: nil) }
        return .refused(status: response.status, title: shown(details.title), detail: details.detail.map(shown))
    }

    /// What the other end wrote, made safe for a sentence.
    private func shown(_ text: String) -> String { escapedPeerText(http.concealed(text)) }

    private func read<Answer: UpperTesterDocument>(
        _ operation: UpperTesterOperation, _ response: HTTPResponse
    ) throws(UpperTesterFailure) -> Answer {
        let type = response.headers.mediaType
        guard type == "application/json" else { throw UpperTesterFailure(operation, .contentType(type.map(shown))) }
        do {
            return try Answer(json: try JSONValue(parsing: response.body))
        } catch let problem as JSONProblem {
            let place = TextPlace(problem, in: response.body)
            throw UpperTesterFailure(
                operation, .notJSON(what: shown(place.what), line: place.line, column: place.column))
        } catch var problem as DocumentProblem {
            problem.found = http.concealed(problem.found)
            throw UpperTesterFailure(operation, .document(problem))
        } catch {
            throw UpperTesterFailure(operation, .notJSON(what: "it cannot be read", line: 1, column: 1))
        }
    }
}

extension Duration {
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
