internal import Diagnostics
import Foundation

/// Reads how to reach and time an implementation.
struct IXITReader {
    static let maximumUsers = 100_000

    let file: String
    let environment: [String: String]
    let findings: Findings

    /// Keys that make sense for one role only, and what stands for them in the other.
    private static let ofEnabler = [
        "address": "write 'listen' and 'upper-tester'", "quirks": "remove it", "longest-backlog": "remove it",
    ]
    private static let ofClient = ["listen": "write 'address'", "upper-tester": "remove it"]

    /// - Parameter role: whose they are; nil where that cannot be read, which has been said.
    func read(_ node: DocumentNode, _ role: ImplementationRole?) -> IXIT? {
        guard let section = section(node, role) else { return nil }
        let side = role == .client ? clientSide(section) : Side(address: section["address"].flatMap(address))
        let factory = section.string("factory")
        if let factory, !isSIP(factory) {
            findings.add(
                "iut.uri", section.place("factory"), "'\(escapedPeerText(factory))' is no SIP URI",
                "write sip:factory@example.com")
        }
        let users = section["users"].map(users) ?? []
        if role == .client, users.count > 1 {
            findings.add(
                "iut.several-users", section.place("users"), "there are \(users.count) users, and a client has one", "keep one")
        }
        let timers = section["timers"].map(timers) ?? .standard
        guard let address = side.address, let factory else { return nil }
        let domain = section.string("domain") ?? factory.split(separator: "@").last.map(String.init) ?? address.host
        if !isHost(domain) {
            findings.add(
                "iut.domain", section.place("domain"), "'\(escapedPeerText(domain, limit: 60))' is no domain",
                "write one such as example.com")
        }
        var ixit = IXIT(address: address, domain: domain, factory: factory, users: users, timers: timers)
        ixit.listen = side.listen
        ixit.upperTester = side.upperTester
        ixit.control = section["control"].map(control) ?? IXITControl()
        if role != .client { takeEnablerSide(section, &ixit) }
        return ixit
    }

    /// The keys that a description of this role has; those of the other are refused by name.
    private func section(_ node: DocumentNode, _ role: ImplementationRole?) -> Section? {
        let common = ["domain", "factory", "users", "timers", "control"]
        let own = role == .client ? ["listen", "upper-tester"] : ["address", "quirks", "longest-backlog"]
        let others = role == .client ? Self.ofEnabler : Self.ofClient
        let required: [String] =
            switch role {
            case .enabler: ["address", "factory", "users"]
            case .client: ["listen", "factory", "users"]
            case nil: ["factory", "users"]
            }
        guard
            let section = Section(
                node, "'ixit'", keys: own + common + others.keys.sorted(), suggesting: own + common, required: required,
                findings: findings)
        else { return nil }
        if let role { refuse(others, in: section, role) }
        return section
    }

    /// What tells where the implementation is.
    private struct Side {
        var address: IXITAddress?
        var listen: IXITListen?
        var upperTester: IXITUpperTester?
    }

    /// The harness listens, and everything of the user goes through the upper tester.
    private func clientSide(_ section: Section) -> Side {
        let reader = ClientSideReader(file: file, secrets: secrets, findings: findings)
        let listen = section["listen"].flatMap(reader.listen)
        let tester = section["upper-tester"].flatMap(reader.upperTester)
        let address = listen.map { IXITAddress(host: $0.host, port: $0.port, transport: $0.transport) }
        return Side(address: address, listen: listen, upperTester: tester)
    }

    private func takeEnablerSide(_ section: Section, _ ixit: inout IXIT) {
        let quirks = (section.list("quirks") ?? []).compactMap { findings.word($0, CoreQuirk.self, is: "quirk") }
        ixit.quirks = Set(quirks)
        ixit.longestBacklog = section.int("longest-backlog", in: 1...StepReader.maximumCount) ?? IXIT.standardBacklog
    }

    private func refuse(_ others: [String: String], in section: Section, _ role: ImplementationRole) {
        for key in others.keys.sorted() where section.present.contains(key) {
            findings.add(
                "iut.other-role", section.node.keyPlace(key),
                "'\(key)' is for \(role == .client ? "an enabler" : "a client"), and this describes the \(role.rawValue)",
                others[key] ?? "remove it")
        }
    }

    private var secrets: SecretReader { SecretReader(file: file, environment: environment, findings: findings) }

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
        let ca = section.string("ca").map(secrets.path)
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
            password: section["password"].flatMap { secrets.read($0, "password", filled) },
            aliases: (section.strings("aliases") ?? []).map(filled))
    }

    // MARK: - Timers and commands

    private func timers(_ node: DocumentNode) -> Timers {
        var timers = Timers.standard
        let keys = TimerName.allCases.map(\.rawValue)
        guard let section = Section(node, "'timers'", keys: keys, findings: findings) else { return timers }
        for name in TimerName.allCases {
            // Only changes may be told without any time between them; whoever waits must wait for something.
            let least: Int64 = name == .participantInfoInterval ? 0 : 1
            if let value = section.duration(name.rawValue, in: least...Timers.longest) { timers[name] = value }
        }
        return timers
    }

    /// A program and its arguments; nobody splits a line of them as a shell would.
    private func command(_ section: Section, _ key: String) -> [String]? {
        let words = section.strings(key)
        if let words, words.count == 1, words[0].contains(" "), !FileManager.default.fileExists(atPath: words[0]) {
            let list = words[0].split(separator: " ").joined(separator: ", ")
            findings.add(
                "iut.control", section.place(key), "'\(escapedPeerText(words[0], limit: 100))' is the name of no program",
                "write the program and its arguments as a list: [\(escapedPeerText(list, limit: 100))]")
        }
        return words
    }

    private func control(_ node: DocumentNode) -> IXITControl {
        var control = IXITControl()
        guard let section = Section(node, "'control'", keys: ["stop", "start", "restart"], findings: findings) else {
            return control
        }
        control.stop = command(section, "stop")
        control.start = command(section, "start")
        control.restart = command(section, "restart")
        return control
    }
}
