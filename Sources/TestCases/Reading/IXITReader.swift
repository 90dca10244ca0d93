internal import Diagnostics
import Foundation

/// Reads how to reach and time an implementation.
struct IXITReader {
    static let maximumUsers = 100_000

    let file: String
    let environment: [String: String]
    let findings: Findings

    func read(_ node: DocumentNode) -> IXIT? {
        guard
            let section = Section(
                node, "'ixit'", keys: ["address", "domain", "factory", "users", "timers", "control", "quirks", "longest-backlog"],
                required: ["address", "factory", "users"], findings: findings)
        else { return nil }
        let address = section["address"].flatMap(address)
        let factory = section.string("factory")
        if let factory, !isSIP(factory) {
            findings.add(
                "iut.uri", section.place("factory"), "'\(escapedPeerText(factory))' is no SIP URI",
                "write sip:factory@example.com")
        }
        let users = section["users"].map(users) ?? []
        let timers = section["timers"].map(timers) ?? .standard
        let control = section["control"].map(control) ?? IXITControl()
        let quirks = (section.list("quirks") ?? []).compactMap { findings.word($0, CoreQuirk.self, is: "quirk") }
        guard let address, let factory else { return nil }
        let domain = section.string("domain") ?? factory.split(separator: "@").last.map(String.init) ?? address.host
        if !isHost(domain) {
            findings.add(
                "iut.domain", section.place("domain"), "'\(escapedPeerText(domain, limit: 60))' is no domain",
                "write one such as example.com")
        }
        var ixit = IXIT(address: address, domain: domain, factory: factory, users: users, timers: timers)
        ixit.control = control
        ixit.quirks = Set(quirks)
        ixit.longestBacklog = section.int("longest-backlog", in: 1...StepReader.maximumCount) ?? IXIT.standardBacklog
        return ixit
    }

    /// A name or a numeric address, IPv6 in brackets.
    private func isHost(_ text: String) -> Bool {
        let permitted = text.hasPrefix("[") && text.hasSuffix("]") ? "[]:." : "-._"
        return !text.isEmpty
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || permitted.contains($0) }
    }

    private func isSIP(_ uri: String) -> Bool {
        let parts = uri.split(separator: "@", omittingEmptySubsequences: false)
        return (uri.hasPrefix("sip:") || uri.hasPrefix("sips:")) && parts.count == 2 && !parts[1].isEmpty
            && !uri.contains { $0.isWhitespace || "<>\"".contains($0) }
    }

    // MARK: - Address

    private func address(_ node: DocumentNode) -> IXITAddress? {
        guard
            let section = Section(
                node, "the address", keys: ["host", "port", "transport", "ca", "server-name"], required: ["host"],
                findings: findings)
        else { return nil }
        let stated = section.word("transport", IXITTransport.self, is: "transport")
        let transport = stated ?? .tcp
        // One that is misspelt may have been meant to be tls.
        let isPlain = stated == .tcp || !section.seemsPresent("transport")
        let port = section.int("port", in: 1...65_535) ?? (transport == .tls ? 5061 : 5060)
        for key in ["ca", "server-name"] where isPlain && section[key] != nil {
            findings.add(
                "iut.contradiction", section.place(key), "'\(key)' is for TLS, and the transport is tcp",
                "write 'transport: tls', or remove '\(key)'")
        }
        let ca = section.string("ca").map(path)
        if let ca, !FileManager.default.isReadableFile(atPath: ca) {
            findings.add(
                "iut.no-file", section.place("ca"), "the file \(ca) cannot be read",
                "name a PEM file; a relative name counts from this file")
        }
        guard let host = section.string("host") else { return nil }
        return IXITAddress(
            host: host.replacing("[", with: "").replacing("]", with: ""), port: port, transport: transport, ca: ca,
            serverName: section.string("server-name"))
    }

    /// A relative name counts from the directory of the description.
    private func path(_ name: String) -> String {
        if name.hasPrefix("/") { return name }
        guard let slash = file.lastIndex(of: "/") else { return name }
        return String(file[...slash]) + name
    }

    // MARK: - Users

    private func users(_ node: DocumentNode) -> [IXITUser] {
        let users: [IXITUser]
        if let list = node.sequence {
            users = list.compactMap { user($0) }
            if list.isEmpty {
                findings.add(
                    "iut.no-users", node.place, "there are no users", "list some, or give a template and a count")
            }
        } else {
            users = template(node)
        }
        var seen: Set<String> = []
        for user in users where !seen.insert(user.uri).inserted {
            findings.add(
                "iut.duplicate-user", node.place, "the user \(escapedPeerText(user.uri)) is there twice", "keep one")
        }
        return users
    }

    private func user(_ node: DocumentNode) -> IXITUser? {
        guard
            let section = Section(
                node, "a user", keys: ["uri", "authentication-name", "password", "aliases"], required: ["uri"],
                findings: findings)
        else { return nil }
        return user(section, "uri", number: nil)
    }

    private func template(_ node: DocumentNode) -> [IXITUser] {
        guard
            let section = Section(
                node, "'users'", keys: ["template", "count", "authentication-name", "password", "aliases"],
                required: ["template", "count"], findings: findings),
            let template = section.string("template"), let count = section.int("count", in: 1...Self.maximumUsers)
        else { return [] }
        guard template.contains("{n}") || count == 1 else {
            findings.add(
                "iut.template", section.place("template"), "the template has no {n}, so all users would be the same",
                "write sip:cpm-{n}@example.com")
            return []
        }
        return (1...count).compactMap { user(section, "template", number: $0) }
    }

    private func user(_ section: Section, _ key: String, number: Int?) -> IXITUser? {
        func filled(_ text: String) -> String { number.map { text.replacing("{n}", with: String($0)) } ?? text }
        guard let uri = section.string(key).map(filled) else { return nil }
        guard isSIP(uri) else {
            findings.add(
                "iut.uri", section.place(key), "'\(escapedPeerText(uri))' is no SIP URI of a user",
                "write sip:alice@example.com")
            return nil
        }
        return IXITUser(
            uri: uri, authenticationName: section.string("authentication-name").map(filled),
            password: section["password"].flatMap { password($0, filled) },
            aliases: (section.strings("aliases") ?? []).map(filled))
    }

    private func password(_ node: DocumentNode, _ filled: (String) -> String) -> Secret? {
        if node.scalar != nil {
            findings.add(
                "iut.literal-password", node.place, "a password must not stand in this file",
                "write 'password: { env: NAME }' or 'password: { file: NAME }'")
            return nil
        }
        guard let section = Section(node, "a password", keys: ["env", "file"], findings: findings) else { return nil }
        switch (section.string("env"), section.string("file")) {
        case (let name?, nil):
            let name = filled(name)
            if let value = environment[name], !value.isEmpty { return Secret(value) }
            findings.addShared("iut.no-credential", node.place, "set it before running") { users in
                "the environment has no \(escapedPeerText(name))" + (users > 1 ? ", which \(users) users take their password from" : "")
            }
        case (nil, let name?):
            let path = path(filled(name))
            if let data = FileManager.default.contents(atPath: path), data.count <= 4096,
                let text = String(validating: data, as: UTF8.self),
                let line = text.split(whereSeparator: \.isNewline).first
            {
                return Secret(String(line))
            }
            findings.add(
                "iut.no-credential", node.place, "the file \(path) holds no password", "put it on its first line")
        default:
            findings.add("iut.password", node.place, "a password comes from one place", "write 'env' or 'file'")
        }
        return nil
    }

    // MARK: - Timers and commands

    private func timers(_ node: DocumentNode) -> Timers {
        var timers = Timers.standard
        let keys = TimerName.allCases.map(\.rawValue)
        guard let section = Section(node, "'timers'", keys: keys, findings: findings) else { return timers }
        for name in TimerName.allCases {
            // Only changes may be told without any time between them; whoever waits must wait for something.
            let least: Int64 = name == .participantInfoInterval ? 0 : 1
            if let value = section.duration(name.rawValue, atLeast: least) { timers[name] = value }
        }
        return timers
    }

    private func control(_ node: DocumentNode) -> IXITControl {
        var control = IXITControl()
        guard let section = Section(node, "'control'", keys: ["stop", "start", "restart"], findings: findings) else {
            return control
        }
        control.stop = section.strings("stop")
        control.start = section.strings("start")
        control.restart = section.strings("restart")
        return control
    }
}
