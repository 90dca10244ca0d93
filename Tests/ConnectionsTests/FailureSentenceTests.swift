import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import Connections

@Suite("Failed connections are told in words")
struct FailureSentenceTests {
    @Test("a port where nobody listens: the system's reason, not NIO's types")
    func refused() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let port = try await loop.flatSubmit {
            // Bound and closed again: nobody listens there now.
            Sockets(eventLoop: loop, protocolName: "sip", tap: nil).listen(host: "127.0.0.1", port: 0, tls: nil) { _ in }
                .flatMap { channel in channel.close().map { channel.localAddress?.port ?? 0 } }
        }.get()
        let error = await #expect(throws: (any Error).self) {
            try await loop.flatSubmit {
                Sockets(eventLoop: loop, protocolName: "sip", tap: nil)
                    .connect(host: "localhost", port: port, tls: nil) { _ in }
            }.get()
        }
        let sentence = error.map(failureSentence) ?? ""
        #expect(sentence.contains("refused"))
        #expect(!sentence.contains("NIO"))
    }

    @Test("a certificate for another name")
    func otherName() {
        #expect(failureSentence(NIOSSLExtraError.failedToValidateHostname).contains("another name"))
    }

    @Test("an error of a kind that nobody thought of gives its kind and not its text")
    func unknown() {
        struct Odd: Error, CustomStringConvertible { var description: String { "errno(98) in bind(descriptor:)" } }
        #expect(failureSentence(Odd()) == "an unexpected error (Odd)")
    }

    @Test("a certificate that ran out, or is not valid yet, is told apart from an unknown authority")
    func untimely() {
        let day = 86_400
        #expect(CertificateLook.sentence(0...day, now: 2 * day) == "the certificate ran out on 1970-01-02")
        #expect(CertificateLook.sentence((3 * day)...(4 * day), now: day) == "the certificate is not valid before 1970-01-04")
        #expect(CertificateLook.sentence(0...day, now: day) == nil)
    }
}
