import Diagnostics
import Foundation
import Payloads
import Testing
import XML

/// One document under Fixtures/payload-torture.
struct Torture: Sendable, CustomStringConvertible {
    let kind: String
    let name: String
    /// The error code of an invalid one.
    let code: String?
    let bytes: [UInt8]

    var description: String { "\(kind)/\(name)" }
    /// Whether it comes out otherwise than it went in.
    var isTolerated: Bool { name.hasPrefix("tolerated-") }

    static let kinds = ["cpim", "multipart", "sdp", "imdn", "conference-info", "resource-lists"]

    static let valid: [Torture] = kinds.flatMap { kind in
        names(kind, "valid").map { Torture(kind: kind, name: $0, code: nil, bytes: read(kind, "valid", $0)) }
    }

    static let invalid: [Torture] = kinds.flatMap { kind in
        let expected = expectations(kind)
        return names(kind, "invalid").map {
            Torture(kind: kind, name: $0, code: expected[$0] ?? "not in expected.txt", bytes: read(kind, "invalid", $0))
        }
    }

    static func expectations(_ kind: String) -> [String: String] {
        let text = String(decoding: read(kind, "", "expected.txt"), as: UTF8.self)
        let pairs = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        return Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })
    }

    private static func folder(_ kind: String, _ sub: String) -> URL {
        Fixture.folder.appending(path: "payload-torture").appending(path: kind).appending(path: sub)
    }
    private static func names(_ kind: String, _ sub: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder(kind, sub).path)) ?? []).sorted()
    }
    private static func read(_ kind: String, _ sub: String, _ name: String) -> [UInt8] {
        ((try? Data(contentsOf: folder(kind, sub).appending(path: name))) ?? Data()).map { $0 }
    }

    static let multipartType = MediaType.multipartMixed(boundary: "torture")

    /// Reads and writes a document of this kind again; XML must be valid.
    static func rewritten(_ bytes: [UInt8], kind: String) throws -> [UInt8] {
        switch kind {
        case "cpim": return try CPIMMessage(parsing: bytes).serialized()
        case "multipart": return try Multipart(parsing: bytes, contentType: multipartType).serialized(boundary: "torture")
        case "sdp": return try SessionDescription(parsing: bytes).serialized()
        case "imdn":
            let report = try DispositionReport(parsing: bytes)
            return try validated(bytes, .imdn, report.serialized())
        case "conference-info":
            let info = try ConferenceInfo(parsing: bytes)
            return try validated(bytes, .conferenceInfo, info.serialized())
        default:
            let list = try ResourceList(parsing: bytes)
            return try validated(bytes, .resourceLists, list.serialized())
        }
    }

    private static func validated(_ bytes: [UInt8], _ schema: PayloadSchema, _ result: [UInt8]) throws -> [UInt8] {
        if let problem = schema.validate(bytes).first { throw PayloadError(problem) }
        return result
    }
}

@Suite("Torture collection")
struct TortureTests {
    @Test("valid documents are read, and written as they were", arguments: Torture.valid)
    func valid(document: Torture) throws {
        let once = try Torture.rewritten(document.bytes, kind: document.kind)
        let twice = try Torture.rewritten(once, kind: document.kind)
        #expect(twice == once, "what was written reads otherwise")
        if ["cpim", "multipart", "sdp"].contains(document.kind), !document.isTolerated {
            #expect(once == document.bytes, "\(String(decoding: once, as: UTF8.self))")
        }
    }

    @Test("invalid documents are refused with the expected code", arguments: Torture.invalid)
    func invalid(document: Torture) {
        #expect {
            _ = try Torture.rewritten(document.bytes, kind: document.kind)
        } throws: { error in
            guard let error = error as? PayloadError else { return false }
            if error.code.rawValue != document.code { Swift.print(document, error) }
            return error.code.rawValue == document.code
        }
    }

    @Test("each expected code belongs to a document, and each kind has both sorts", arguments: Torture.kinds)
    func complete(kind: String) {
        let invalid = Torture.invalid.filter { $0.kind == kind }
        #expect(Set(Torture.expectations(kind).keys) == Set(invalid.map(\.name)))
        #expect(invalid.count >= 10)
        #expect(Torture.valid.filter { $0.kind == kind }.count >= 10)
    }
}
