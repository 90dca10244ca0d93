import Foundation
import Testing

/// The scripts that put missing packages on the machine, with a `dpkg-query`, `apt-get`, `sudo` and `id` of the test's own
/// in a PATH in which there is nothing else to install with.
@Suite("Installation", .timeLimit(.minutes(1)))
struct InstallationTests {
    /// What the scripts find on the machine.
    struct Machine {
        var missing: [String] = []
        var user = 1000
        var hasSudo = false
        var hasApt = true
        var aptFails = false
        var swift: String? = "6.2.1"
    }

    struct Said {
        var code: Int32
        var out: String
        var err: String
        /// The calls of `apt-get` and `sudo`, with their arguments.
        var calls: [String]
    }

    /// Everything else that the scripts call and that changes nothing.
    private static let harmless = ["sh", "env", "sed", "head", "cut", "tail", "cat", "grep", "rm", "dirname", "mktemp"]

    private func run(_ script: String, on machine: Machine) throws -> Said {
        let folder = FileManager.default.temporaryDirectory.appending(path: "installation-\(UUID().uuidString)").path
        let bin = folder + "/bin"
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for tool in Self.harmless {
            for place in ["/usr/bin/", "/bin/"] where FileManager.default.isExecutableFile(atPath: place + tool) {
                try? FileManager.default.createSymbolicLink(atPath: "\(bin)/\(tool)", withDestinationPath: place + tool)
            }
        }
        func fake(_ name: String, _ text: String) throws {
            try write("#!/bin/sh\n\(text)\n", to: "\(bin)/\(name)")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(bin)/\(name)")
        }
        try write(machine.missing.joined(separator: "\n") + "\n", to: folder + "/missing")
        try write("", to: folder + "/calls")
        if let version = machine.swift { try fake("swift", "echo 'Swift version \(version) (swift-\(version)-RELEASE)'") }
        try fake("id", "echo \(machine.user)")
        try fake("sleep", ":")
        if machine.hasSudo { try fake("sudo", "echo \"sudo $*\" >>\(folder)/calls; [ \"$1\" = -n ] && shift; exec \"$@\"") }
        if machine.hasApt {
            try fake("dpkg-query", "grep -qx \"$3\" \(folder)/missing && exit 1; echo 'install ok installed'")
            let effect = machine.aptFails ? "exit 100" : "case \"$*\" in *install*) : >\(folder)/missing ;; esac"
            try fake("apt-get", "echo \"apt-get $*\" >>\(folder)/calls; \(effect)")
        }
        return try launch(script, bin: bin, folder: folder)
    }

    private func launch(_ script: String, bin: String, folder: String) throws -> Said {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "\(Built.package)/scripts/\(script)")
        process.environment = ["PATH": bin, "HOME": folder, "TMPDIR": folder]
        let files = try ["out", "err"].map { name in
            try write("", to: "\(folder)/\(name)")
            return try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        process.standardOutput = files[0]
        process.standardError = files[1]
        try process.run()
        process.waitUntilExit()
        func text(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }
        return Said(
            code: process.terminationStatus, out: try text("out"), err: try text("err"),
            calls: try text("calls").split(separator: "\n").map(String.init))
    }

    @Test("with everything there nothing is installed")
    func complete() throws {
        let said = try run("prepare", on: Machine())
        #expect(said.code == 0, "\(said.err)")
        #expect(said.calls.isEmpty)
    }

    @Test("what is missing is installed by root itself, and by anybody else with sudo", arguments: [0, 1000])
    func installs(user: Int) throws {
        let said = try run("prepare", on: Machine(missing: ["libxml2-dev", "libsqlite3-dev"], user: user, hasSudo: true))
        #expect(said.code == 0, "\(said.out)\(said.err)")
        #expect(said.out.contains("Installing missing packages: libxml2-dev libsqlite3-dev"), "\(said.out)")
        let apt = said.calls.filter { $0.hasPrefix("apt-get ") }
        #expect(apt.count == 2)
        #expect(apt.first?.hasSuffix(" update") == true, "\(apt)")
        #expect(apt.last?.contains(" install --yes --no-install-recommends libxml2-dev libsqlite3-dev") == true, "\(apt)")
        #expect(said.calls.contains { $0.hasPrefix("sudo ") } == (user != 0), "\(said.calls)")
        // Without a terminal nobody could type a password.
        #expect(said.calls.filter { $0.hasPrefix("sudo ") }.allSatisfy { $0.hasPrefix("sudo -n ") })
    }

    @Test("whoever may not install is told exactly what to install, and nothing is tried")
    func mayNot() throws {
        let said = try run("prepare", on: Machine(missing: ["libcurl4-openssl-dev"]))
        #expect(said.code == 1)
        #expect(said.err.contains("apt-get update && apt-get install --yes libcurl4-openssl-dev"), "\(said.err)")
        #expect(said.calls.isEmpty)
    }

    @Test("an installation that fails is tried again, and then said with what to install")
    func fails() throws {
        let said = try run("prepare", on: Machine(missing: ["openssl"], user: 0, aptFails: true))
        #expect(said.code == 1)
        #expect(said.calls.count { $0.contains(" install ") } == 3)
        #expect(said.err.contains("apt-get install --yes openssl"), "\(said.err)")
    }

    @Test("a system without apt is told what to install by hand")
    func otherSystem() throws {
        let said = try run("prepare", on: Machine(hasApt: false))
        #expect(said.code == 1)
        #expect(said.err.contains("install by hand what Debian calls: ") && said.err.contains("libxml2-dev"), "\(said.err)")
    }

    @Test("a toolchain that is missing or too old is said with the version that is needed", arguments: [nil, "5.10.1", "6.1"])
    func toolchain(version: String?) throws {
        let said = try run("prepare", on: Machine(missing: ["openssl"], user: 0, swift: version))
        #expect(said.code == 1)
        #expect(said.err.contains("6.2 or newer"), "\(said.err)")
        #expect(said.calls.isEmpty, "nothing is installed for a build that cannot be")
    }

    @Test("the neighbours of make interop are not installed by whoever may not: 69, with what to install")
    func interop() throws {
        let said = try run("interop/install", on: Machine())
        #expect(said.code == 69)
        #expect(said.err.contains("apt-get install --no-install-recommends") && said.err.contains("sip-tester"), "\(said.err)")
        #expect(said.calls.isEmpty)
    }
}
