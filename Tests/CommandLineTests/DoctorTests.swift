import Foundation
import Testing

@testable import CommandLine

/// What doctor finds, and what it says is to be mended.
@Suite(.timeLimit(.minutes(2)))
struct DoctorTests {
    @Test("without a description it tries the installation: suites, embedded enabler, a user, a group")
    func installation() async {
        let ended = await cpmcheck("doctor", "--users", "2")
        #expect(ended.code == 0, "\(ended.out)")
        for step in ["suites", "embedded enabler", "OPTIONS", "registration", "factory", "de-registration"] {
            #expect(ended.out.contains("✓ \(step): "), "\(ended.out)")
        }
        #expect(ended.out.contains("\(Built.suites) (in the package)"))
        #expect(ended.out.hasSuffix("All is well.\n"))
        #expect(!ended.out.contains("✗"))
    }

    @Test("it says where the suites are looked for, and that they are broken")
    func suites() async throws {
        try await withFolder { folder in
            let missing = await cpmcheck("doctor", "--users", "1", "--suites", folder + "/nowhere")
            #expect(missing.code == 65)
            #expect(missing.out.contains("✗ suites: \(folder)/nowhere: there is no such folder"))
            try FileManager.default.copyItem(atPath: Built.suites, toPath: folder + "/share/Suites")
            let given = await cpmcheck(
                ["doctor", "--users", "1"], environment: ["CPMCHECK_SHARE": folder + "/share"])
            #expect(given.code == 0, "\(given.out)")
            #expect(given.out.contains("\(folder)/share/Suites (given by CPMCHECK_SHARE)"))
        }
    }

    @Test("a password that is not there is a step of its own, and nothing is tried without it")
    func credentials() async throws {
        try await withFolder { folder in
            let file = folder + "/iut.yaml"
            try write(
                describedImplementation(port: 5060).replacing(
                    "count: 8", with: "count: 8, password: { env: CPM_TEST_PASSWORD }"), to: file)
            let ended = await cpmcheck("doctor", "--iut", file)
            #expect(ended.code == 65)
            #expect(ended.out.contains("✓ description: "))
            #expect(ended.out.contains("✗ credentials: \(file):9:"), "\(ended.out)")
            #expect(ended.out.contains("CPM_TEST_PASSWORD"))
            #expect(ended.out.contains("- everything else: not tried"))
            let given = await cpmcheck(["doctor", "--iut", file], environment: ["CPM_TEST_PASSWORD": "hush-hush"])
            #expect(given.out.contains("✓ credentials: all 8 users have a password"))
            #expect(!given.out.contains("hush-hush"))
        }
    }

    @Test("of a client that a person plays it tries where the harness listens; a control program that is not there is said")
    func operated() async throws {
        try await withFolder { folder in
            let text = describedClient(port: try freePort(), url: "http://127.0.0.1:1").split(separator: "\n")
                .filter { !$0.contains("upper-tester:") }.joined(separator: "\n")
            try write(text + "\n  control: { stop: [/no/such/program], start: [sh] }\n", to: folder + "/iut.yaml")
            let ended = await cpmcheck("doctor", "--iut", folder + "/iut.yaml")
            #expect(ended.code == 65, "\(ended.out)")
            #expect(ended.out.contains("✓ listening address: 127.0.0.1:"), "\(ended.out)")
            #expect(ended.out.contains("'run --operator' asks a person in its place"), "\(ended.out)")
            #expect(ended.out.contains("✗ control: the program '/no/such/program' of 'stop' is not there"), "\(ended.out)")
            #expect(ended.out.contains("✓ control: 'start' is sh"), "\(ended.out)")
        }
    }

    @Test("too few users for the largest case are said")
    func users() async throws {
        try await withFolder { folder in
            try write(
                describedImplementation(port: 1).replacing("count: 8", with: "count: 2"), to: folder + "/iut.yaml")
            let ended = await cpmcheck("doctor", "--iut", folder + "/iut.yaml")
            #expect(ended.out.contains("✗ number of users: 2, but the largest case needs "), "\(ended.out)")
        }
    }

    @Test("an address that does not do TLS is found out at the certificate, with the name that was asked for")
    func certificate() async throws {
        try await withFolder { folder in
            let server = try await HostileServer.start(.answersNothing)
            try write(
                describedImplementation(port: server.port).replacing(
                    "port: \(server.port) }", with: "port: \(server.port), transport: tls, server-name: cpm.example }"),
                to: folder + "/iut.yaml")
            let ended = await cpmcheck("doctor", "--iut", folder + "/iut.yaml")
            let run = await cpmcheck("run", "--iut", folder + "/iut.yaml", "--reports", folder + "/r")
            try await server.stop()
            #expect(ended.code == 69, "\(ended.out)")
            #expect(ended.out.contains("✓ connection: "))
            #expect(ended.out.contains("✗ certificate: TLS with 127.0.0.1:\(server.port) for the name cpm.example failed: "))
            #expect(ended.out.contains("- OPTIONS, users, factory: not tried"))
            #expect(run.code == 69)
            #expect(run.err.contains("TLS with 127.0.0.1:\(server.port) for the name cpm.example failed: "), "\(run.err)")
        }
    }

    @Test("a registrar that refuses, and a factory that is none, are named with what to mend")
    func refusals() async throws {
        try await withFolder { folder in
            let server = try await HostileServer.start(.refuses)
            try write(describedImplementation(port: server.port), to: folder + "/iut.yaml")
            let ended = await cpmcheck("doctor", "--iut", folder + "/iut.yaml", "--users", "2")
            try await server.stop()
            #expect(ended.code == 69)
            #expect(ended.out.contains("✓ OPTIONS: answered with 403"), "\(ended.out)")
            #expect(ended.out.contains("✗ registration: sip:cpm-1@cpm.example: "))
            #expect(ended.out.contains("to mend: see that the implementation has this subscriber"))
            #expect(ended.out.contains("- factory: not tried"))
        }
    }

    @Test(
        "whatever answers, doctor ends soon and finds it not well",
        arguments: Hostility.allCases.filter { $0 != .sendsAGigabyteOfMSRP /* nothing that doctor looks at */ })
    func hostile(hostility: Hostility) async throws {
        try await withFolder { folder in
            let server = try await HostileServer.start(hostility)
            try write(describedImplementation(port: server.port), to: folder + "/iut.yaml")
            let begun = ContinuousClock.now
            let ended = await cpmcheck("doctor", "--iut", folder + "/iut.yaml", "--users", "2")
            try await server.stop()
            #expect(ended.code == 69, "\(ended.out)")
            #expect(ended.out.contains("✗"))
            #expect(begun.duration(to: .now) < .seconds(30))
        }
    }
}
