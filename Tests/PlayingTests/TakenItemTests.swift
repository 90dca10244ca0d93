import Actors
import Payloads
import Testing

@testable import Playing

@Suite("What a client's description of its media takes")
struct TakenItemTests {
    private func refusal(_ type: String, inside inner: String?, bytes: Int = 10, change: (inout MSRPMedia) -> Void) -> String? {
        var media = MSRPMedia(host: "127.0.0.1", port: 9, path: ["msrp://127.0.0.1:9/a;tcp"], secure: false, setup: nil)
        media.acceptTypes = ["message/cpim"]
        change(&media)
        return media.refusal(of: HandedItem(contentType: type, body: [UInt8](repeating: 65, count: bytes)), inside: inner)
    }

    @Test("a type or size that it does not name is not sent, and it is said why")
    func refused() {
        let list = "application/conference-info+xml"
        #expect(refusal(list, inside: nil) { _ in } == "\(list) is not among the accept-types of the client")
        #expect(
            refusal("message/cpim", inside: "text/plain") { $0.acceptWrappedTypes = ["message/imdn+xml"] }
                == "text/plain is not among the accept-wrapped-types of the client")
        #expect(refusal("message/cpim", inside: nil, bytes: 11) { $0.maxSize = 10 } == "the client's max-size is 10, and this has 11 bytes")
    }

    @Test("what it names, or gives no list of, is sent")
    func taken() {
        #expect(refusal("message/cpim", inside: "text/plain") { $0.acceptWrappedTypes = ["*"] } == nil)
        #expect(refusal("message/cpim", inside: "text/plain") { $0.acceptTypes = ["message/cpim", "text/plain"] } == nil)
        #expect(refusal("message/cpim", inside: "text/plain") { $0.acceptWrappedTypes = [] } == nil)
        #expect(refusal("image/png", inside: nil) { $0.acceptTypes = [] } == nil)
        #expect(refusal("message/cpim", inside: nil) { $0.maxSize = 10 } == nil)
    }
}
