public import XML

/// The schemas of the XML payloads, written from the facts of their RFCs; open to elements and attributes of other
/// namespaces where the RFCs are. Compiled on first use and shared.
public enum PayloadSchema: String, Sendable, Hashable, CaseIterable {
    /// RFC 4575.
    case conferenceInfo = "conference-info"
    /// RFC 5438.
    case imdn
    /// RFC 4826 with RFC 5364.
    case resourceLists = "resource-lists"
    /// RFC 3994.
    case isComposing = "im-iscomposing"

    /// The schema for a media type; nil when there is none.
    public init?(_ type: MediaType) {
        switch type.essence {
        case MediaType.conferenceInfo.essence: self = .conferenceInfo
        case MediaType.imdn.essence: self = .imdn
        case MediaType.resourceLists.essence: self = .resourceLists
        case MediaType.isComposing.essence: self = .isComposing
        default: return nil
        }
    }

    /// The name of the main document, such as `imdn.xsd`.
    public var mainDocument: String { rawValue + ".xsd" }

    /// The text of each document by its name, those shared by several schemas included.
    public static let documents: [String: String] = [
        "conference-info.xsd": conferenceInfoText,
        "imdn.xsd": imdnText,
        "resource-lists.xsd": resourceListsText,
        "copycontrol.xsd": copyControlText,
        "im-iscomposing.xsd": isComposingText,
        "xml.xsd": xmlText,
    ]

    /// What is wrong with the document: empty when it is well-formed and valid. Lines as in the document.
    public func validate(_ bytes: [UInt8], limits: XMLLimits = XMLLimits()) -> [XMLProblem] {
        compiled.validate(bytes, limits: limits)
    }

    /// What is wrong with a document that is parsed already.
    public func validate(_ document: ParsedXML, limits: XMLLimits = XMLLimits()) -> [XMLProblem] {
        compiled.validate(document, limits: limits)
    }

    private var compiled: Compiled {
        switch self {
        case .conferenceInfo: Self.compiledConferenceInfo
        case .imdn: Self.compiledIMDN
        case .resourceLists: Self.compiledResourceLists
        case .isComposing: Self.compiledIsComposing
        }
    }

    private static let compiledConferenceInfo = Compiled(.conferenceInfo)
    private static let compiledIMDN = Compiled(.imdn)
    private static let compiledResourceLists = Compiled(.resourceLists)
    private static let compiledIsComposing = Compiled(.isComposing)

    /// A schema, or why it could not be compiled: then every document has that problem, and a test fails.
    private struct Compiled: Sendable {
        private let outcome: Result<XMLSchema, XMLProblem>

        init(_ schema: PayloadSchema) {
            do throws(XMLProblem) {
                outcome = .success(try XMLSchema(documents: PayloadSchema.documents, main: schema.mainDocument))
            } catch {
                outcome = .failure(error)
            }
        }

        func validate(_ bytes: [UInt8], limits: XMLLimits) -> [XMLProblem] {
            switch outcome {
            case .success(let schema): schema.validate(bytes, limits: limits)
            case .failure(let problem): [problem]
            }
        }

        func validate(_ document: ParsedXML, limits: XMLLimits) -> [XMLProblem] {
            switch outcome {
            case .success(let schema): schema.validate(document, limits: limits)
            case .failure(let problem): [problem]
            }
        }
    }
}
