import Diagnostics
import Foundation
import Payloads
import Testing
import XML

@Suite("Schemas")
struct SchemaTests {
    @Test("the texts in the library are the files under Fixtures/schemas, and the other way round")
    func textsAreFiles() throws {
        let folder = Fixture.folder.appending(path: "schemas")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(files == PayloadSchema.documents.keys.sorted())
        for file in files {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            #expect(PayloadSchema.documents[file] == text, "\(file) differs; copy one over the other")
        }
    }

    @Test("every schema compiles without a warning", arguments: PayloadSchema.allCases)
    func compiles(schema: PayloadSchema) throws {
        _ = try XMLSchema(documents: PayloadSchema.documents, main: schema.mainDocument)
    }
}
