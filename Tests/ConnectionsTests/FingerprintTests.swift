import TestSupport
import Testing

@testable import Connections

@Suite("Fingerprints of certificates")
struct FingerprintTests {
    private let abc = Array("abc".utf8)

    @Test("the hash functions give what their standards print for 'abc'", arguments: [
        ("sha-1 A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D", true),
        ("SHA-1 a9:99:3e:36:47:06:81:6a:ba:3e:25:71:78:50:c2:6c:9c:d0:d8:9d", true),
        (
            "SHA-256 BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD",
            true
        ),
        (
            "SHA-256 BB:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD",
            false
        ),
    ])
    func hashes(value: String, fits: Bool) throws {
        let announced = try #require(AnnouncedCertificate([value]))
        if fits {
            try announced.check(abc)
        } else {
            #expect(throws: ConnectFailure.self) { try announced.check(abc) }
        }
    }

    @Test("what is no fingerprint is none", arguments: [
        "", "SHA-256", "SHA-256 AA", "MD5 90:01:50:98:3C:D2:4F:B0:D6:96:3F:7D:28:E1:7F:72", "SHA-1 +1:99",
        "SHA-1 A9993E364706816ABA3E25717850C26C9CD0D89D", "SHA-256  ", "A9:99 SHA-1",
    ])
    func unusable(value: String) throws {
        #expect(CertificateFingerprint(value) == nil)
        let announced = try #require(AnnouncedCertificate([value]))
        #expect(throws: ConnectFailure.self) { try announced.check(abc) }
    }

    @Test("of several the strongest function counts: a weak one that fits does not help")
    func several() throws {
        let weak = CertificateFingerprint(of: abc, .sha1).description
        let strong = CertificateFingerprint(of: abc, .sha256).description
        let other = CertificateFingerprint(of: [1, 2, 3], .sha256).description
        try #require(AnnouncedCertificate([other, strong])).check(abc)
        try #require(AnnouncedCertificate(["MD5 00", weak])).check(abc)
        #expect(throws: ConnectFailure.self) { try AnnouncedCertificate([weak, other])?.check(abc) }
        #expect(throws: ConnectFailure.self) { try AnnouncedCertificate([strong])?.check(nil) }
        #expect(AnnouncedCertificate([]) == nil)
    }

    @Test("the fingerprint of a certificate file is that of its leaf, and reads back as it is written")
    func ofFile() throws {
        let server = try TestCertificates.shared.get().server()
        #expect(server.fingerprint.algorithm == .sha256)
        #expect(CertificateFingerprint(server.fingerprint.description) == server.fingerprint)
    }
}
