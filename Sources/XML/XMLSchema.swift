import CXMLShim
import Diagnostics

/// A compiled W3C XML schema. Compiled once, then used from any thread.
public final class XMLSchema: Sendable {
    // libxml2 only reads a compiled schema; what a validation writes is in a context of its own for each call.
    private nonisolated(unsafe) let compiled: OpaquePointer

    /// Compiles the document named `main`; its imports and includes find the others of `documents` by name, nothing else.
    /// Throws the first problem, also for what libxml2 calls a warning.
    public init(documents: [String: String], main: String) throws(XMLProblem) {
        _ = Library.started
        guard let text = documents[main] else {
            throw XMLProblem(.invalid, "there is no schema document named \(main)")
        }
        let others = documents.filter { $0.key != main }.sorted { $0.key < $1.key }
        var faults = FaultCollection(limit: 1)
        let storage = SourceStorage([(main, text)] + others.map { ($0.key, $0.value) })
        let schema = faults.collecting { cxml_schema_compile(storage.sources, storage.sources.count, $0) }
        if let problem = faults.problems.first {
            if let schema { cxml_schema_free(schema) }
            throw problem
        }
        guard let schema else { throw XMLProblem(.library, "the schema \(main) could not be compiled") }
        compiled = schema
    }

    deinit { cxml_schema_free(compiled) }

    /// What is wrong with the document: empty when it is well-formed and valid.
    public func validate(_ bytes: [UInt8], limits: XMLLimits = XMLLimits()) -> [XMLProblem] {
        do throws(XMLProblem) {
            return validate(try ParsedXML(bytes, limits: limits), limits: limits)
        } catch {
            return [error]
        }
    }

    /// What is wrong with a document that is parsed already: empty when it is valid.
    public func validate(_ document: ParsedXML, limits: XMLLimits = XMLLimits()) -> [XMLProblem] {
        var faults = FaultCollection(limit: limits.problems)
        let result = faults.collecting { cxml_validate(compiled, document.document, $0) }
        if result == 0 { return [] }
        return faults.problems.isEmpty ? [XMLProblem(.library, "the validator gave up without a word")] : faults.problems
    }
}

/// Schema texts in memory that C can look at.
private final class SourceStorage {
    private(set) var sources: [cxml_schema_source] = []
    private var buffers: [UnsafeMutableBufferPointer<UInt8>] = []

    init(_ documents: [(name: String, text: String)]) {
        for document in documents {
            let name = Self.copy(document.name + "\0")
            let text = Self.copy(document.text)
            buffers += [name, text]
            guard let nameStart = name.baseAddress, let textStart = text.baseAddress else { continue }
            sources.append(
                cxml_schema_source(
                    name: UnsafeRawPointer(nameStart).assumingMemoryBound(to: CChar.self), bytes: textStart,
                    length: text.count))
        }
    }

    private static func copy(_ text: String) -> UnsafeMutableBufferPointer<UInt8> {
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, text.utf8.count))
        let (_, end) = buffer.initialize(from: text.utf8)
        return UnsafeMutableBufferPointer(rebasing: buffer[..<end])
    }

    deinit { for buffer in buffers { buffer.deallocate() } }
}
