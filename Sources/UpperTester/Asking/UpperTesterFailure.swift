public import Diagnostics
public import HTTP

/// Why an upper tester did not do, or say, what it was asked; in words for whoever wrote it.
public struct UpperTesterFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Cause: Sendable, Hashable {
        /// There was no answer.
        case noAnswer(HTTPFailure)
        /// It points elsewhere, which is not followed.
        case redirect(status: Int, to: String?)
        /// It refused with a status of the specification, perhaps without saying why.
        case refused(status: Int, title: String?, detail: String?)
        /// The specification does not have this status for this operation.
        case unexpectedStatus(Int)
        /// It is not sent as JSON; nil when the type is not said.
        case contentType(String?)
        /// Lines and columns from 1; columns count bytes.
        case notJSON(what: String, line: Int, column: Int)
        case document(DocumentProblem)
        /// The revision of a list fell while the client was running.
        case revisionFell(from: Int, to: Int)
    }

    public var operation: UpperTesterOperation
    public var cause: Cause

    public init(_ operation: UpperTesterOperation, _ cause: Cause) {
        self.operation = operation
        self.cause = cause
    }

    /// `upper tester, GET /v1/conversations: …; …`.
    public var description: String { "upper tester, \(operation.rawValue): \(sentence)" }

    /// The same as a diagnostic of the implementation under test, with a stable code.
    public var diagnostic: Diagnostic { Diagnostic(.iut, "upper-tester." + code, description) }

    private var sentence: String {
        switch cause {
        case .noAnswer(let failure): failure.description
        case .redirect(let status, let location): Self.redirect(status, location)
        case .refused(let status, let title, let detail): Self.refused(status, title, detail)
        case .unexpectedStatus(let status):
            "it answered with status \(status), which the specification does not have here; answer with "
                + operation.successes.map { "\($0)" }.joined(separator: " or ") + ", or with a refusal that it has"
        case .contentType(let type):
            (type.map { "it answered with \($0) where JSON is due" } ?? "it answered without a Content-Type")
                + "; send Content-Type: application/json"
        case .notJSON(let what, let line, let column):
            "its answer is not JSON: \(what) (line \(line), column \(column)); write JSON as RFC 8259 says"
        case .document(let problem): "in its answer \(problem)"
        case .revisionFell(let old, let new):
            "its revision fell from \(old) to \(new); count up for as long as the client runs"
        }
    }

    private static func redirect(_ status: Int, _ location: String?) -> String {
        let target = location.map { "to \($0)" } ?? "without saying where to"
        return "it redirects \(target) (status \(status)), which is not followed; configure the URL that answers itself"
    }

    private static func refused(_ status: Int, _ title: String?, _ detail: String?) -> String {
        let said = [title, detail].compactMap { $0 }.joined(separator: ": ")
        return said.isEmpty
            ? "it refused with status \(status) and does not say why; answer with application/problem+json, title and detail"
            : "it refused with status \(status): \(said)"
    }

    private var code: String {
        switch cause {
        case .noAnswer(.timedOut): "time-out"
        case .noAnswer(.tls): "tls"
        case .noAnswer: "no-answer"
        case .redirect: "redirect"
        case .refused: "refused"
        case .unexpectedStatus: "status"
        case .contentType: "content-type"
        case .notJSON: "json"
        case .document: "document"
        case .revisionFell: "revision"
        }
    }
}
