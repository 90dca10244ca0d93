import HTTP
import Recordings

/// Why a request is answered with problem details.
struct RouteProblem: Error {
    var status: Int
    var detail: String
    var headers: [HTTPField] = []

    init(_ status: Int, _ detail: String, headers: [HTTPField] = []) {
        self.status = status
        self.detail = detail
        self.headers = headers
    }

    init(_ refusal: UpperTesterRefusal) { self.init(refusal.kind.rawValue, refusal.detail) }

    private var title: String {
        switch status {
        case 400: "Bad request"
        case 401: "Credentials needed"
        case 404: "Not found"
        case 405: "Method not allowed"
        case 409: "Not in this state"
        case 415: "Not JSON"
        case 502: "Refused or lost on the way"
        case 503: "Not available"
        default: "Refused"
        }
    }

    var response: HTTPServerResponse {
        let document = ProblemDetails(title: title, detail: String(detail.prefix(DocumentLimits.line)), status: status)
        return HTTPServerResponse(
            status: status, headers: [HTTPField("Content-Type", "application/problem+json")] + headers,
            body: document.json.canonicalBytes)
    }
}

/// A request whose path and method are known.
struct RoutedRequest {
    let operation: UpperTesterOperation
    /// What stands in the places of `{id}` and `{message}`, decoded.
    let identifiers: [String]
    private let query: Substring
    private let request: HTTPServerRequest

    init(_ request: HTTPServerRequest, basePath: String) throws(RouteProblem) {
        self.request = request
        let parts = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        query = parts.count > 1 ? parts[1] : ""
        let path = parts.first ?? ""
        guard path.hasPrefix(basePath + "/") else { throw RouteProblem(404, "there is nothing at this path") }
        let segments = path.dropFirst(basePath.count).split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        var found: [(UpperTesterOperation, [String])] = []
        for operation in UpperTesterOperation.allCases {
            if let identifiers = try Self.match(Array(segments), operation.path) { found.append((operation, identifiers)) }
        }
        guard !found.isEmpty else { throw RouteProblem(404, "there is nothing at this path") }
        guard let match = found.first(where: { $0.0.method == request.method }) else {
            let methods = found.map(\.0.method).joined(separator: ", ")
            throw RouteProblem(405, "this can be asked with \(methods)", headers: [HTTPField("Allow", methods)])
        }
        (operation, identifiers) = match
    }

    private static func match(_ segments: [Substring], _ path: String) throws(RouteProblem) -> [String]? {
        let template = path.split(separator: "/")
        guard template.count == segments.count else { return nil }
        for (wanted, segment) in zip(template, segments) where !wanted.hasPrefix("{") && wanted != segment { return nil }
        var identifiers: [String] = []
        for (wanted, segment) in zip(template, segments) where wanted.hasPrefix("{") {
            guard let identifier = PercentCoding.decode(segment), !identifier.isEmpty else {
                throw RouteProblem(400, "an identifier in the path is empty, or its percent-encoding is none")
            }
            identifiers.append(identifier)
        }
        return identifiers
    }

    // MARK: - What it says

    func document<Document: UpperTesterDocument>(_: Document.Type = Document.self) throws(RouteProblem) -> Document {
        guard request.headers.mediaType == "application/json" else {
            throw RouteProblem(415, "send the document as application/json")
        }
        do {
            return try Document(json: JSONValue(parsing: request.body))
        } catch let problem as DocumentProblem {
            throw RouteProblem(400, problem.description)
        } catch let problem as JSONProblem {
            throw RouteProblem(400, "the body is not JSON: \(TextPlace(problem, in: request.body))")
        } catch {
            throw RouteProblem(400, "the body cannot be read")
        }
    }

    /// The longest that a list is waited for.
    static let longestWait = 30_000

    /// `after` and `wait` of a list.
    func listQuery() throws(RouteProblem) -> (after: Int?, wait: Duration) {
        let after = try number("after", upTo: DocumentLimits.revision)
        let wait = try number("wait", upTo: Self.longestWait) ?? 0
        if wait > 0, after == nil { throw RouteProblem(400, "wait is given without after; give the revision that is known") }
        return (after, .milliseconds(wait))
    }

    private func number(_ name: String, upTo limit: Int) throws(RouteProblem) -> Int? {
        let values = query.split(separator: "&").compactMap { pair -> Substring? in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.first.map { $0 == name } == true ? parts.dropFirst().first ?? "" : nil
        }
        guard let value = values.first else { return nil }
        guard values.count == 1, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(value), number <= limit
        else { throw RouteProblem(400, "\(name) is not one whole number from 0 to \(limit)") }
        return number
    }
}

/// Line and column of a fault in a JSON text, both from 1; columns count bytes.
struct TextPlace: CustomStringConvertible {
    let what: String
    let line: Int
    let column: Int

    init(_ problem: JSONProblem, in bytes: [UInt8]) {
        what = problem.what
        let before = bytes.prefix(problem.offset)
        line = before.count { $0 == 10 } + 1
        column = before.count - (before.lastIndex(of: 10).map { $0 + 1 } ?? 0) + 1
    }

    var description: String { "\(what) (line \(line), column \(column))" }
}
