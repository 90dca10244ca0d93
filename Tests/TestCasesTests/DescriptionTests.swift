import Diagnostics
import Foundation
import Recordings
import Testing

@testable import TestCases

private func description(_ more: String, environment: [String: String] = [:]) throws -> ImplementationDescription {
    let text = """
        iut: { name: x }
        role: enabler
        \(more)
        """
    return try ImplementationDescription.parse(text, file: "/tmp/trial-iut.yaml", environment: environment)
}

private let ixit = """
    ixit:
      address: { host: "[::1]", port: 5070 }
      factory: sip:factory@example.com
    """

@Test("the template that 'init' writes loads without complaint and says what is taken without it")
func template() throws {
    let text = ImplementationDescription.commentedTemplate
    let loaded = try ImplementationDescription.parse(text, file: "iut.yaml")
    #expect(loaded.ixit.users.count == 10)
    #expect(loaded.ixit.users.first?.uri == "sip:cpm-1@example.com")
    #expect(loaded.ixit.timers == .standard)
    #expect(loaded.policy.storage == true)
    for option in ICSOption.allCases where option.role == .enabler {
        #expect(loaded.ics[option] == ICS()[option])
        #expect(text.contains(option.rawValue))
    }
    for item in PolicyItem.allCases { #expect(text.contains("\(item.rawValue):")) }
    for key in BindingKey.allCases { #expect(text.contains("\(key.rawValue):")) }
}

@Test("template and guide say how many users the largest case takes, and the template has as many")
func usersInWords() throws {
    let cases = try SuiteLoader.load(directory: suitesRoot).cases.filter { $0.role == .enabler }
    let needed = try #require(cases.map(\.leasedUsers).max())
    let words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    let text = ImplementationDescription.commentedTemplate
    #expect(text.contains("at least \(words[needed]): a template"))
    #expect(text.contains("a case takes up to \(words[needed]) of them; 48 let \(words[48 / needed]) cases"))
    let guide = try String(contentsOfFile: packageRoot + "/docs/YOUR-IMPLEMENTATION.md", encoding: .utf8)
    #expect(guide.contains("A case takes up to \(words[needed]) of them, so at least \(needed) are needed"))
    #expect(guide.contains("\(2 * needed) users let two cases or more run at once, 48 \(words[48 / needed]);"))
    let users = try ImplementationDescription.parse(text, file: "iut.yaml").ixit.users
    #expect(users.count >= needed)
}

@Test("the template of a client loads without complaint, and says every option that a client may claim")
func clientTemplate() throws {
    let text = ImplementationDescription.commentedTemplate(for: .client)
    let loaded = try ImplementationDescription.parse(text, file: "iut.yaml")
    #expect(loaded.role == .client)
    #expect(loaded.ixit.listen == IXITListen(host: "127.0.0.1", port: 5060))
    #expect(loaded.ixit.upperTester == IXITUpperTester(url: "http://127.0.0.1:8080"))
    #expect(loaded.ixit.users.map(\.uri) == ["sip:carol@example.com"])
    for option in ICSOption.allCases {
        #expect(text.contains("  \(option.rawValue): \(option.values.all[0])") == (option.role == .client))
    }
}

@Test("where a client is met comes from the file; its token is never in what is recorded or printed")
func clientSide() throws {
    let folder = NSTemporaryDirectory() + "cpmcheck-client-\(UInt64.random(in: 0...UInt64.max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in ["own.pem", "own.key", "ca.pem"] { try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/" + name)) }
    let text = """
        iut: { name: x }
        role: client
        ixit:
          listen: { host: "[::1]", transport: tls, certificate: own.pem, key: own.key, advertised-host: enabler.example.com }
          upper-tester: { url: "https://[::1]:8443/tester", ca: ca.pem, server-name: tester.example.com, token: { env: WORD } }
          factory: sip:factory@example.com
          users: [{ uri: "sip:a@example.com", password: { env: WORD } }]
        """
    let loaded = try ImplementationDescription.parse(
        text, file: folder + "/iut.yaml", environment: ["WORD": "from-the-environment"])
    var listen = IXITListen(host: "::1", port: 5061, transport: .tls)
    (listen.certificate, listen.key) = (folder + "/own.pem", folder + "/own.key")
    listen.advertisedHost = "enabler.example.com"
    #expect(loaded.ixit.listen == listen)
    #expect(loaded.ixit.address == IXITAddress(host: "::1", port: 5061, transport: .tls))
    let tester = try #require(loaded.ixit.upperTester)
    #expect(tester.url == "https://[::1]:8443/tester")
    #expect(tester.ca == folder + "/ca.pem")
    #expect(tester.serverName == "tester.example.com")
    #expect(tester.token?.reveal() == "from-the-environment")
    #expect(loaded.addressPlace?.line == 4)
    #expect(loaded.testerPlace?.line == 5)
    var dumped = ""
    dump(loaded, to: &dumped)
    for text in [loaded.json.canonicalText, "\(loaded)", String(reflecting: loaded), dumped] { #expect(!text.contains("from-")) }
    let back = try ImplementationDescription(json: JSONValue(parsing: loaded.json.canonicalText))
    #expect(back.ixit.upperTester?.url == tester.url)
    #expect(back.ixit.listen?.advertisedHost == "enabler.example.com")
}

@Test("what the template shows behind '#' is right as well")
func templateUncommented() throws {
    let keys = [
        "sut", "retention", "maximum", "keeps", "inactivity", "authentication-name", "aliases", "control", "quirks",
    ]
    let lines = ImplementationDescription.commentedTemplate.split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.map { line -> String in
        let bare = line.drop { $0 == " " || $0 == "#" }
        guard line.contains("# "), keys.contains(where: { bare.hasPrefix($0 + ":") }) else { return String(line) }
        let indent = line.prefix { $0 == " " }
        return String(indent + bare)
    }
    let loaded = try ImplementationDescription.parse(
        text.joined(separator: "\n"), file: "iut.yaml")
    #expect(loaded.sut?.name == "my core and enabler")
    #expect(loaded.policy.maximum == 1000)
    #expect(loaded.ixit.control.stop == ["systemctl", "stop", "cpm"])
    #expect(loaded.ixit.quirks == [.preloadedRoute])
    #expect(loaded.ixit.users[1].aliases == ["tel:+15550002"])
}

@Test("passwords come from the environment or a file and are never in what is recorded or printed")
func credentials() throws {
    let file = NSTemporaryDirectory() + "cpmcheck-password-\(UInt64.random(in: 0...UInt64.max))"
    try Data("from-a-file\nsecond line\n".utf8).write(to: URL(fileURLWithPath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    let loaded = try description(
        ixit + """

              users:
                - { uri: sip:a@example.com, password: { env: WORD } }
                - { uri: sip:b@example.com, password: { file: "\(file)" } }
            """, environment: ["WORD": "from-the-environment"])
    #expect(loaded.ixit.users.map { $0.password?.reveal() } == ["from-the-environment", "from-a-file"])
    var dumped = ""
    dump(loaded, to: &dumped)
    for text in [loaded.json.canonicalText, "\(loaded)", String(reflecting: loaded), dumped] {
        #expect(!text.contains("from-"))
    }
}

@Test("a description keeps through a recording all that the judge reads")
func descriptionRoundTrip() throws {
    let embedded = ImplementationDescription.embedded(address: IXITAddress(host: "127.0.0.1", port: 5060))
    var other = embedded
    other.sut = ImplementationParty(name: "core", version: "2")
    other.binding = [.itemOrder: "any"]
    other.policy.retention = 5000
    other.ixit.users[0].aliases = ["tel:+1"]
    other.ixit.timers[.quiet] = 123
    for value in [embedded, other] {
        let back = try ImplementationDescription(json: JSONValue(parsing: value.json.canonicalText))
        #expect(back == value)
    }
}

@Test("the binding is resolved from the ICS and what the description says")
func bindingResolved() throws {
    let loaded = try description(
        """
        ics: { delivery-trigger: either }
        binding: { item-order: any }
        \(ixit)
          users: [{ uri: sip:a@example.com }]
        """)
    let profile = BindingProfile.standard.resolved(for: loaded)
    #expect(profile[.deliveryTrigger] == "either")
    #expect(profile[.itemOrder] == "any")
    #expect(profile[.closingBye] == "as-user")
    #expect(BindingProfile(json: profile.json)[.itemOrder] == "any")
    #expect(loaded.ixit.address.host == "::1")
    #expect(loaded.ixit.domain == "example.com")
}

@Test("the embedded description contradicts nothing and fits the template's language")
func embeddedIsConsistent() {
    let embedded = ImplementationDescription.embedded(address: IXITAddress(host: "127.0.0.1", port: 5060))
    for option in ICSOption.allCases { #expect(option.values.all.contains(embedded.ics[option])) }
    for timer in TimerName.allCases where timer != .case {
        #expect(timer.embedded <= TimerName.longestWait.embedded)
        #expect(timer.standard < TimerName.case.standard)
    }
    #expect(TimerName.case.embedded > TimerName.longestWait.embedded)
    #expect(embedded.policy.inactivity == embedded.ixit.timers[.inactivity])
}
