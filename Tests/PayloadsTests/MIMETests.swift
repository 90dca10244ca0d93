import Diagnostics
import Payloads
import Testing

@Suite("Media types and multiparts")
struct MIMETests {
    @Test("media types are read with their parameters, whatever the case and spacing")
    func mediaTypes() {
        #expect(MediaType("Message/CPIM") == .cpim)
        let type = MediaType(#"multipart/mixed ; Boundary="a b\"c" ;charset=utf-8;"#)
        #expect(type?.essence == "multipart/mixed")
        #expect(type?.parameters["boundary"] == "a b\"c")
        #expect(type?.description == #"multipart/mixed;Boundary="a b\"c";charset=utf-8"#)
        #expect(type?.description.isEmpty == false)
    }

    @Test("what is no media type is none", arguments: [
        "", "text", "text/", "/plain", "text/plain;", "text plain", "text/plain;charset", "text/plain;=x",
        "text/plain;a=\"b", "text/plain x", "tëxt/plain",
    ])
    func noMediaTypes(text: String) {
        // A lone semicolon at the end is common and harmless.
        #expect((MediaType(text) == nil) == (text != "text/plain;"))
    }

    @Test("patterns of accept-types cover what they say", arguments: [
        ("*", true), ("*/*", true), ("text/*", true), ("TEXT/plain;charset=x", true), ("text/html", false),
        ("message/*", false), ("tex/*", false),
    ])
    func patterns(pattern: String, covers: Bool) {
        #expect(MediaType.plainTextUTF8.isCovered(by: pattern) == covers)
    }

    @Test("dispositions are read, handling is required unless it says otherwise")
    func dispositions() {
        let read = ContentDisposition(parsing: "Recipient-List-History; handling=optional")
        #expect(read?.kind == "recipient-list-history")
        #expect(read?.handling == "optional")
        #expect(ContentDisposition.recipientList.handling == "required")
    }

    @Test("a multipart that is built is read as it was")
    func roundTrip() throws {
        var multipart = Multipart(parts: [
            .init(headers: [("Content-Type", "application/sdp")], body: "v=0\r\n".bytes),
            .init(headers: ["Content-Type": "application/resource-lists+xml", "Content-Disposition": "recipient-list"], body: []),
        ])
        multipart.preamble = "before".bytes
        multipart.epilogue = "after".bytes
        let boundary = multipart.boundary(from: "b")
        let read = try Multipart(
            parsing: multipart.serialized(boundary: boundary), contentType: .multipartMixed(boundary: boundary))
        #expect(read == multipart)
        #expect(read.first("application/sdp")?.body == "v=0\r\n".bytes)
        #expect(read.parts[1].contentDisposition == .recipientList)
    }

    @Test("a boundary is chosen that is in no part")
    func boundaries() throws {
        let multipart = Multipart(parts: [.init(headers: [:], body: "\r\n--b\r\n--b-1\r\n".bytes)])
        let boundary = multipart.boundary(from: "b")
        let read = try Multipart(parsing: multipart.serialized(boundary: boundary), contentType: .multipartMixed(boundary: boundary))
        #expect(read.parts == multipart.parts)
        #expect(multipart.boundary(from: "ä \"").isEmpty == false)
    }

    @Test("nested multiparts are flattened in order, to a limit of depth and number")
    func nested() throws {
        func nest(_ depth: Int) -> [UInt8] {
            guard depth > 0 else { return "leaf".bytes }
            let inner = Multipart(parts: [
                .init(headers: ["Content-Type": depth == 1 ? "text/plain" : "multipart/mixed;boundary=b\(depth - 1)"], body: nest(depth - 1)),
                .init(headers: [:], body: "side \(depth)".bytes),
            ])
            return inner.serialized(boundary: "b\(depth)")
        }
        let fine = try Multipart(parsing: nest(3), contentType: .multipartMixed(boundary: "b3")).flattened()
        #expect(fine.map { String(decoding: $0.body, as: UTF8.self) } == ["leaf", "side 1", "side 2", "side 3"])
        let deep = try Multipart(parsing: nest(9), contentType: .multipartMixed(boundary: "b9"))
        #expect { try deep.flattened() } throws: { ($0 as? PayloadError)?.code == .nestedTooDeep }
    }

    @Test("a boundary parameter that is missing or impossible is an error", arguments: [
        ("multipart/mixed", PayloadError.Code.noBoundary), ("multipart/mixed;boundary=\"\"", .malformedBoundary),
        ("multipart/mixed;boundary=\"a \"", .malformedBoundary), ("multipart/mixed;boundary=a*b", .malformedBoundary),
        ("multipart/mixed;boundary=" + String(repeating: "x", count: 71), .malformedBoundary),
    ])
    func badBoundary(type: String, code: PayloadError.Code) throws {
        let type = try #require(MediaType(type))
        #expect { try Multipart(parsing: "--a\r\n\r\nx\r\n--a--".bytes, contentType: type) } throws: {
            ($0 as? PayloadError)?.code == code
        }
    }

    @Test("headers are found without case, changed in their place and removed")
    func headers() {
        var headers: MIMEHeaders = ["A": "1", "b": "2", "a": "3"]
        #expect(headers["a"] == "1")
        headers["B"] = "9"
        headers["C"] = "4"
        headers["A"] = nil
        #expect(headers.map(\.name) == ["b", "C"])
        #expect(headers.map(\.value) == ["9", "4"])
    }
}
