public import XML

/// Why a payload could not be read, or could not be applied.
public struct PayloadError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A stable word for the kind of error.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        case tooLarge = "payload.too-large"
        case notUTF8 = "payload.not-utf8"
        case malformedMediaType = "media-type.malformed"
        case malformedField = "mime.malformed-field"
        case tooManyFields = "mime.too-many-fields"
        case noBoundary = "multipart.no-boundary"
        case malformedBoundary = "multipart.malformed-boundary"
        case missingPart = "multipart.no-part"
        case unclosed = "multipart.not-closed"
        case tooManyParts = "multipart.too-many-parts"
        case nestedTooDeep = "multipart.too-deep"
        case cpimMalformedHeader = "cpim.malformed-header"
        case cpimMalformedName = "cpim.malformed-name"
        case cpimMalformedNamespace = "cpim.malformed-namespace"
        case cpimMalformedAddress = "cpim.malformed-address"
        case cpimNoHeaders = "cpim.no-headers"
        case cpimNoContent = "cpim.no-content"
        case cpimDuplicateHeader = "cpim.duplicate-header"
        case sdpMalformedLine = "sdp.malformed-line"
        case sdpOutOfOrder = "sdp.out-of-order"
        case sdpMissingLine = "sdp.missing-line"
        case sdpMalformedVersion = "sdp.malformed-version"
        case sdpMalformedOrigin = "sdp.malformed-origin"
        case sdpMalformedConnection = "sdp.malformed-connection"
        case sdpMalformedTiming = "sdp.malformed-timing"
        case sdpMalformedMedia = "sdp.malformed-media"
        case sdpTooManyMedia = "sdp.too-many-media"
        case xmlMalformed = "xml.malformed"
        case xmlTooLarge = "xml.too-large"
        case xmlDoctype = "xml.doctype"
        case xmlTooDeep = "xml.too-deep"
        case xmlTooMany = "xml.too-many"
        case xmlEncoding = "xml.encoding"
        case xmlInvalid = "xml.invalid"
        case xmlLibrary = "xml.library"
        case wrongRoot = "xml.wrong-root"
        case missingElement = "xml.missing-element"
        case missingAttribute = "xml.missing-attribute"
        case malformedValue = "xml.malformed-value"
    }

    public var code: Code
    /// The line inside the payload, from 1; nil when there is none to name.
    public var line: Int?
    /// What is wrong and, where it helps, what to do; one sentence without a full stop.
    public var message: String

    public init(_ code: Code, line: Int? = nil, _ message: String) {
        self.code = code
        self.line = line
        self.message = message
    }

    /// Takes over a problem of the XML parser or validator.
    public init(_ problem: XMLProblem) {
        code = Code(rawValue: problem.code.rawValue) ?? .xmlLibrary
        line = problem.line == 0 ? nil : problem.line
        message = problem.message
    }

    /// `line 3: message [cpim.malformed-header]`.
    public var description: String {
        (line.map { "line \($0): " } ?? "") + message + " [\(code.rawValue)]"
    }
}
