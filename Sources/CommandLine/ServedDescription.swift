import Diagnostics
import EnablerReference
import Foundation
import Recordings
import TestCases

/// The description of a reference enabler that is served as a process of its own, for `cpmcheck run --iut`.
struct ServedDescription {
    /// Enough for a dozen cases at once.
    static let users = 48
    /// How the file begins; one that begins otherwise is somebody's own and is not written over.
    static let mark = "# Written by 'cpmcheck serve enabler --describe'"

    let settings: EnablerSettings
    let addresses: EnablerAddresses
    /// Digest names with their passwords, in the order of the file; none when nobody is asked.
    let passwords: [(name: String, password: String)]
    /// How its provider has set it.
    var profile = ProviderProfile.standard

    /// - Throws: `Diagnostic` of family `output` when the file cannot be written, or is somebody's own.
    func write(to file: String) throws(Diagnostic) { try Self.write(text, to: file, mark: Self.mark) }

    /// Writes over what was written here before, unless somebody has filled it in since.
    ///
    /// - Parameter mark: how a file begins that may be written over.
    static func write(_ text: String, to file: String, mark: String) throws(Diagnostic) {
        if FileManager.default.fileExists(atPath: file) {
            let found = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) } ?? ""
            guard found.hasPrefix(mark) else {
                throw Diagnostic(
                    .output, "serve.exists", at: SourcePlace(file: file), "there is another file of this name",
                    instead: "name one that may be written")
            }
            guard isUntouched(found) else {
                throw Diagnostic(
                    .output, "serve.filled-in", at: SourcePlace(file: file), "the description was changed since it was written",
                    instead: "leave --describe out to keep it, name another file, or remove this one")
            }
        }
        try WholeFile.write(Array((text + seal(of: text)).utf8), to: file)
    }

    private static let sealMark = "# Written over again as long as nothing above is changed: "

    /// A last line by which a change is noticed, and no more than that.
    private static func seal(of text: String) -> String { sealMark + JSONValue.string(text).digest.prefix(16) + "\n" }

    private static func isUntouched(_ found: String) -> Bool {
        guard let place = found.range(of: sealMark) else { return false }
        let text = String(found[..<place.lowerBound])
        return found == text + seal(of: text)
    }

    var text: String {
        (head + ics + policy + address + userLines + timers + binding).joined(separator: "\n") + "\n"
    }

    /// What the embedded one claims holds for the served one, but for what the settings say otherwise.
    private var model: ImplementationDescription {
        var model = ImplementationDescription.embedded(
            address: IXITAddress(host: addresses.sipHost, port: addresses.sipPort), profile: profile)
        // A claim that no case can try is never judged, and there are no commands that would stop and start the process.
        model.ics[.survivesRestart] = "false"
        return model
    }

    private var head: [String] {
        [
            Self.mark + "; 'cpmcheck init' explains every line.", "iut: { name: cpmcheck reference enabler, version: served }",
            "role: enabler",
        ]
    }

    private var ics: [String] {
        ["ics:"]
            + ICSOption.allCases.filter { $0.role == .enabler }.map { option in
                "  \(option.rawValue): \(model.ics[option])" + (option == .survivesRestart ? restartRemark : "")
            }
    }

    private var restartRemark: String {
        guard case .file = settings.store else { return "" }
        return "   # true with its store in a file; to have that tried, give the commands of 'ixit.control'"
    }

    private var policy: [String] {
        ["policy:"] + PolicyItem.allCases.compactMap { item in model.policy[item].map { "  \(item.rawValue): \($0)" } }
    }

    private var address: [String] {
        let isWildcard = ["0.0.0.0", "::"].contains(addresses.sipHost)
        let host = isWildcard ? (addresses.sipHost == "::" ? "::1" : "127.0.0.1") : addresses.sipHost
        var lines = ["ixit:", "  address:", "    host: \"\(host)\"", "    port: \(addresses.sipPort)"]
        if addresses.isSecured {
            lines += [
                "    transport: tls", "    # ca: ca.pem   # the authority of its certificate, unless this system trusts it",
            ]
        }
        return lines + [
            "  domain: \(settings.domain)", "  factory: \(settings.factoryURI)",
            "  longest-backlog: \(model.ixit.longestBacklog)",
        ]
    }

    private var userLines: [String] {
        guard !passwords.isEmpty else {
            return ["  users: { template: \"sip:cpm-{n}@\(settings.domain)\", count: \(Self.users) }"]
        }
        let isOne = Set(passwords.map(\.password)).count == 1
        var lines = ["  # Set \(isOne ? "CPM_PASSWORD" : "these variables") to what stands in the file of passwords.", "  users:"]
        for (number, user) in passwords.enumerated() {
            let variable = isOne ? "CPM_PASSWORD" : "CPM_PASSWORD_\(number + 1)"
            let part = user.name.prefix { $0 != "@" }
            let name = part.count == user.name.count ? "" : ", authentication-name: \"\(user.name)\""
            lines.append("    - { uri: \"sip:\(part)@\(settings.domain)\"\(name), password: { env: \(variable) } }")
        }
        return lines
    }

    private var timers: [String] {
        let timers = model.ixit.timers
        return ["  timers:"] + TimerName.allCases.map { "    \($0.rawValue): \(timers[$0])ms" }
    }

    private var binding: [String] {
        let stated = BindingKey.allCases.compactMap { key in model.binding[key].map { "  \(key.rawValue): \($0)" } }
        return stated.isEmpty ? [] : ["binding:"] + stated
    }
}
