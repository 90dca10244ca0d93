import Testing

@testable import Actors

@Suite("Identifiers of the client")
struct IdentifierTests {
    @Test("128 bits become a version 4 UUID in its variant, with hyphens where they belong")
    func uuid() {
        #expect(uuidURN(0, 0) == "urn:uuid:00000000-0000-4000-8000-000000000000")
        #expect(uuidURN(.max, .max) == "urn:uuid:ffffffff-ffff-4fff-bfff-ffffffffffff")
    }
}
