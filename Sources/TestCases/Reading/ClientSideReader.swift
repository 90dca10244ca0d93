internal import Diagnostics
import Foundation

/// Reads where the harness listens for a client under test, and where the client's upper tester is.
struct ClientSideReader {
    let file: String
    let secrets: SecretReader
    let findings: Findings

    // MARK: - Where the harness listens

    func listen(_ node: DocumentNode) -> IXITListen? {
        let keys = ["host", "port", "transport", "certificate", "key", "advertised-host"]
        guard let section = Section(node, "'listen'", keys: keys, required: ["host"], findings: findings) else { return nil }
        let stated = section.word("transport", IXITTransport.self, is: "transport")
        let transport = stated ?? .tcp
        let port = section.int("port", in: 1...65_535) ?? (transport == .tls ? 5061 : 5060)
        checkCertificate(section, stated)
        guard let text = section.string("host") else { return nil }
        let host = text.replacing("[", with: "").replacing("]", with: "")
        guard Self.isNumeric(host) else {
            findings.add(
                "iut.listen", section.place("host"), "'\(escapedPeerText(text, limit: 60))' is no numeric address",
                "write an address of this machine, such as 127.0.0.1 or ::1; a name goes into 'advertised-host'")
            return nil
        }
        if ["0.0.0.0", "::"].contains(host) {
            findings.add(
                "iut.listen", section.place("host"), "no client can be told to come to \(host), which stands for every address",
                "write the one address at which the client finds this machine")
        }
        var listen = IXITListen(host: host, port: port, transport: transport)
        listen.certificate = file(section, "certificate")
        listen.key = file(section, "key")
        listen.advertisedHost = section.string("advertised-host")
        return listen
    }

    private func checkCertificate(_ section: Section, _ stated: IXITTransport?) {
        if stated == .tls {
            guard section["certificate"] == nil, !section.seemsPresent("certificate") else { return }
            findings.add(
                "input.missing-key", section.node.place, "'listen' has no 'certificate', and the transport is tls",
                "name a PEM file with the certificate that the client is shown")
            return
        }
        // One that is misspelt may have been meant to be tls.
        guard stated == .tcp || !section.seemsPresent("transport") else { return }
        for key in ["certificate", "key"] where section[key] != nil {
            findings.add(
                "iut.contradiction", section.place(key), "'\(key)' is for TLS, and the transport is tcp",
                "write 'transport: tls', or remove '\(key)'")
        }
    }

    /// A file that can be read; a relative name counts from the description.
    private func file(_ section: Section, _ key: String) -> String? {
        guard let path = section.string(key).map(secrets.path) else { return nil }
        if !FileManager.default.isReadableFile(atPath: path) {
            findings.add(
                "iut.no-file", section.place(key), "the file \(path) cannot be read",
                "name a PEM file; a relative name counts from this file")
        }
        return path
    }

    private static func isNumeric(_ host: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
    }

    // MARK: - The upper tester

    func upperTester(_ node: DocumentNode) -> IXITUpperTester? {
        let keys = ["url", "ca", "server-name", "token"]
        guard let section = Section(node, "'upper-tester'", keys: keys, required: ["url"], findings: findings) else { return nil }
        let token = section["token"].flatMap { secrets.read($0, "token") }
        let ca = file(section, "ca")
        guard let url = section.string("url") else { return nil }
        if let mistake = Self.mistake(in: url) {
            findings.add("iut.url", section.place("url"), mistake.what, mistake.instead)
        } else if url.lowercased().hasPrefix("http:") {
            for key in ["ca", "server-name"] where section[key] != nil {
                findings.add(
                    "iut.contradiction", section.place(key), "'\(key)' is for TLS, and the URL begins with http",
                    "write https, or remove '\(key)'")
            }
        }
        var tester = IXITUpperTester(url: url)
        tester.ca = ca
        tester.serverName = section.string("server-name")
        tester.token = token
        return tester
    }

    /// What the eye can see; the rest says who opens it. A password that stands there is not repeated.
    private static func mistake(in url: String) -> (what: String, instead: String)? {
        let scheme = ["http://", "https://"].first { url.lowercased().hasPrefix($0) }
        guard let scheme else {
            return ("the URL is neither http nor https", "write http://HOST:PORT or https://HOST:PORT, and a path where there is one")
        }
        let authority = url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if authority.contains("@") {
            return ("the URL holds a user or password", "give a token by 'token: { env: NAME }'")
        }
        if authority.isEmpty { return ("the URL names no host", "write http://HOST:PORT") }
        if url.hasSuffix("/v1") || url.hasSuffix("/v1/") {
            return ("the URL ends with /v1, which the harness adds", "write what stands before it")
        }
        if url.contains(where: { $0 == "?" || $0 == "#" || $0.isWhitespace }) {
            return ("the URL has a query, a fragment or a blank", "write what stands before /v1 and no more")
        }
        return nil
    }
}
