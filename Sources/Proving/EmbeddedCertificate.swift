public import Connections

/// The certificate of the embedded enabler where it is reached over TLS, and of a served client where MSRP comes to it: made for
/// loopback, signed by itself, good for a hundred years, and trusted by nobody but the clients of the same process and those
/// who were told its fingerprint. Its key is no secret and guards nothing.
public enum EmbeddedCertificate {
    public static func server() throws -> TLSServer { try TLSServer(certificatePEM: certificate, keyPEM: key) }
    static func client() throws -> TLSClient { try TLSClient(authorityPEM: certificate) }

    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBmTCCAT+gAwIBAgIBATAKBggqhkjOPQQDAjAkMSIwIAYDVQQDDBljcG1jaGVj
        ayBlbWJlZGRlZCBlbmFibGVyMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAw
        MDAwWjAkMSIwIAYDVQQDDBljcG1jaGVjayBlbWJlZGRlZCBlbmFibGVyMFkwEwYH
        KoZIzj0CAQYIKoZIzj0DAQcDQgAEfjekaUosOfCk7jx0Ns7fsNQNR4n9e2cxI1UZ
        bCklM53tb2sYYL1H41FZAbWOR4TOM23jaoKglyM9fVKljD4RS6NgMF4wLAYDVR0R
        BCUwI4IJbG9jYWxob3N0hwR/AAABhxAAAAAAAAAAAAAAAAAAAAABMA8GA1UdEwEB
        /wQFMAMBAf8wHQYDVR0OBBYEFMsUY+tv1F+Z3RqlieNZ0vT5jHKTMAoGCCqGSM49
        BAMCA0gAMEUCIQDD0BXhoo31hXy7Rua6XZUi49+vHElFS5UqMyXXU1p+hAIgO4p8
        1GhNUr6kng1HLkKajUqVhh8h5V8w0otAE8gunxM=
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxX8wOm9HYAT3zVh1
        Z36wfZfN+ICbEMD7WdXY3Z1L6guhRANCAAR+N6RpSiw58KTuPHQ2zt+w1A1Hif17
        ZzEjVRlsKSUzne1vaxhgvUfjUVkBtY5HhM4zbeNqgqCXIz19UqWMPhFL
        -----END PRIVATE KEY-----
        """
}
