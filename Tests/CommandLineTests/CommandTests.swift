import Foundation
import Recordings
import TestCases
import Testing

@testable import CommandLine

/// Each command as a user has it, when all is well.
@Suite(.timeLimit(.minutes(2)))
struct CommandTests {
    @Test("run plays against the embedded enabler, says so case by case, and leaves reports and recordings")
    func run() async throws {
        try await withFolder { folder in
            let ended = await cpmcheck("run", "--filter", "058a-content-intact", "--reports", folder, "--seed", "7")
            #expect(ended.code == 0, "\(ended.out)\(ended.err)")
            #expect(ended.out.contains("1 case, against cpmcheck reference enabler"))
            #expect(ended.out.contains("[1/1] pass"))
            #expect(ended.out.contains("1 pass; "))
            let (results, junit) = (try ReadResults(folder), try ReadJUnit(folder))
            #expect(results.verdicts == ["058a-content-intact": "pass"])
            #expect(junit.passed == ["058a-content-intact"])
            #expect(recordings(in: folder) == ["058a-content-intact.ndjson"])
        }
    }

    @Test("a defect that is asked for fails its case: exit 1, and <failure> in JUnit")
    func defect() async throws {
        try await withFolder { folder in
            let ended = await cpmcheck(
                "run", "--filter", "058a-content-intact", "--reports", folder, "--defect", "message-lost")
            #expect(ended.code == 1, "\(ended.out)\(ended.err)")
            let (results, junit) = (try ReadResults(folder), try ReadJUnit(folder))
            #expect(results.verdicts == ["058a-content-intact": "fail"])
            #expect(junit.cases.first?.outcome?.hasPrefix("failure messages.") == true)
        }
    }

    @Test("judging a run's recordings elsewhere gives the verdicts of the run, passes and fails")
    func judgeAgain() async throws {
        try await withFolder { folder in
            let played = await cpmcheck(
                "run", "--reports", folder + "/run", "--defect", "final-list-missing", "--filter", "058a-messages-missed-*",
                "--filter", "058a-joins-after-the-end", "--filter", "058-*")
            #expect(played.code == 1, "\(played.err)")
            let verdicts = try ReadResults(folder + "/run").verdicts
            #expect(Set(verdicts.values).isSuperset(of: ["pass", "fail"]), "both kinds are needed to show anything")
            #expect(recordings(in: folder + "/run").count == verdicts.count)
            try FileManager.default.copyItem(atPath: folder + "/run/recordings", toPath: folder + "/elsewhere")
            try FileManager.default.removeItem(atPath: folder + "/run")

            let judged = await cpmcheck("judge", folder + "/elsewhere", "--reports", folder + "/again")
            #expect(judged.code == played.code, "\(judged.err)")
            #expect(try ReadResults(folder + "/again").verdicts == verdicts)
            #expect(try ReadJUnit(folder + "/again").cases.count == verdicts.count)
            #expect(
                try ReadResults(folder + "/again").json["cases"]?.array?.allSatisfy { $0["recording"] == .null } == true,
                "no recording lies beside these reports")
        }
    }

    @Test("a run removes the recordings of the run before, so that judging the folder judges one run")
    func freshRecordings() async throws {
        try await withFolder { folder in
            for id in ["058a-content-intact", "058-declined-gets-nothing"] {
                let played = await cpmcheck("run", "--filter", id, "--reports", folder)
                #expect(played.code == 0, "\(played.out)")
            }
            #expect(recordings(in: folder) == ["058-declined-gets-nothing.ndjson"])
            try write("mine", to: folder + "/recordings/notes.txt")
            let again = await cpmcheck("run", "--filter", "058a-content-intact", "--reports", folder)
            #expect(again.code == 0)
            #expect(recordings(in: folder) == ["058a-content-intact.ndjson", "notes.txt"])

            let judged = await cpmcheck("judge", folder, "--reports", folder + "/again")
            #expect(judged.code == 0, "the folder of a report stands for its recordings: \(judged.err)")
            #expect(!FileManager.default.fileExists(atPath: folder + "/again/recordings"))
        }
    }

    @Test("recordings of two implementations are not judged as one")
    func severalImplementations() async throws {
        try await withFolder { folder in
            let played = await cpmcheck("run", "--filter", "058a-content-intact", "--reports", folder)
            #expect(played.code == 0, "\(played.out)")
            let file = folder + "/recordings/058a-content-intact.ndjson"
            let recording = try RecordingReader.read(file)
            var header = recording.header
            var iut = try #require(header.iut.object)
            iut["iut"] = ["name": "another", "version": "2"]
            header.iut = .object(iut)
            let other = Recording(header: header, lines: recording.lines, footer: recording.footer)
            try RecordingWriter.write(other, to: folder + "/recordings/other.ndjson")
            let judged = await cpmcheck("judge", folder + "/recordings")
            #expect(judged.code == 65, "\(judged.out)")
            #expect(judged.err.contains("another 2 (1)"), "\(judged.err)")
            #expect(judged.err.contains("cpmcheck reference enabler"), "\(judged.err)")
        }
    }

    @Test("list names each case with its requirements and title, and takes patterns")
    func list() async {
        let all = await cpmcheck("list")
        #expect(all.code == 0)
        #expect(all.out.split(separator: "\n").count >= 15)
        #expect(all.err == "\(all.out.split(separator: "\n").count) cases\n")
        let some = await cpmcheck("list", "--filter", "058b-initial-*")
        #expect(some.code == 0)
        #expect(some.out.hasPrefix("058b-initial-list"))
        #expect(some.out.split(separator: "\n").allSatisfy { $0.contains("CPM-CONV-058b") })
    }

    @Test(
        "explain tells what a requirement, a case, an option and a binding key are about",
        arguments: [
            ("CPM-CONV-058a", "  cases:"), ("058a-content-intact", "  expected:"), ("058b", "CPM-CONV-058b: enabler"),
            ("delivers-intermediate-lists", "ICS option of the enabler"), ("item-order", "key of the binding profile"),
            ("retention", "item of the policy"), ("quiet", "timer of the IXIT"), ("roster.final", "check, basis: clause"),
            ("wire.sip-tags", "RFC 3261"), ("message-lost", "caught by: messages.complete"),
            ("header-order", "allowed by: "), ("058a-off-line-and-back", "a case with 5 rows"),
            ("delivery-trigger", "ICS option of the enabler"), ("delivery-trigger", "key of the binding profile"),
            ("inactivity", "item of the policy"), ("inactivity", "timer of the IXIT"),
            ("send", "written: send: { by:"), ("never-answers", "comes back by: refreshing"),
            ("roster", "expectation: a list"), ("member", "status in a roster expectation"), ("end", "complete when: "),
            ("invite", "step of a case for a client: "), ("send", "step of a case for a client: "),
            ("058c-messages-of-a-session-that-is-over", "actors: carol (client), alice (member), bob (member)"),
            ("newest-shown-first", "defect that the reference client can be given"),
        ])
    func explain(id: String, word: String) async {
        let ended = await cpmcheck("explain", id)
        #expect(ended.code == 0, "\(ended.err)")
        #expect(ended.out.contains(id))
        #expect(ended.out.contains(word))
    }

    @Test(
        "explain lists all of a kind, as the text of init and the help say",
        arguments: [
            ("ics", "group-imdn"), ("policy", "ends-when-members-below"), ("timers", "loss-recognition"),
            ("binding", "takeover"), ("checks", "wire.sip-tags"), ("defects", "message-lost"),
            ("variations", "compact-headers"), ("steps", "outlast"), ("steps", "hang-up"), ("defects", "final-list-ignored"), ("expectations", "withheld"),
            ("absences", "booted"), ("statuses", "left"), ("samples", "emoji"),
        ])
    func explainAll(topic: String, word: String) async {
        let ended = await cpmcheck("explain", topic)
        #expect(ended.code == 0, "\(ended.err)")
        #expect(ended.out.contains("  \(word) "), "\(ended.out)")
    }

    @Test("lint finds an ID that another suite beside the file has, and users that are too few")
    func lintBeside() async throws {
        try await withFolder { folder in
            try FileManager.default.copyItem(atPath: Built.suites, toPath: folder + "/Suites")
            let file = folder + "/Suites/enabler/1-absent-from-the-invitation-on.yaml"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try write(text.replacing("id: 058a-content-intact", with: "id: 058a-joins-after-the-end"), to: file)
            let ended = await cpmcheck("lint", file)
            #expect(ended.code == 65)
            #expect(ended.out.contains("the ID '058a-joins-after-the-end' is already that of the case"), "\(ended.out)")
            #expect(ended.out.contains("2-joins-late.yaml:61"), "\(ended.out)")

            try write(describedImplementation(port: 5060).replacing("count: 8", with: "count: 2"), to: folder + "/iut.yaml")
            let few = await cpmcheck("lint", folder + "/iut.yaml")
            #expect(few.code == 65)
            #expect(few.out.contains("/iut.yaml:9:3: there are 2 users, and "), "\(few.out)")
        }
    }

    @Test("lint finds nothing in the suites, nor in what init wrote")
    func lintAndInit() async throws {
        let suites = await cpmcheck("lint")
        #expect(suites.code == 0, "\(suites.out)")
        try await withFolder { folder in
            let file = folder + "/iut.yaml"
            let made = await cpmcheck("init", file)
            #expect(made.code == 0)
            #expect(made.err.contains("cpmcheck doctor --iut \(file)"))
            let lint = await cpmcheck("lint", file)
            #expect(lint.code == 0, "\(lint.out)")
            let again = await cpmcheck("init", file)
            #expect(again.code == 73, "a file that is there is not written over")
            let printed = await cpmcheck("init", "-")
            let written = try String(contentsOfFile: file, encoding: .utf8)
            #expect(printed.out == written)
        }
    }

    @Test("serve enabler says where it listens, as JSON, and ends when it is told to")
    func serve() async throws {
        let captured = Captured()
        let code = await Cpmcheck.run(
            ["serve", "enabler"],
            on: captured.console(interruption: { [captured] in
                _ = await eventually(within: .seconds(60)) { captured.out.contains("\n") }
            }))
        #expect(code == 0, "\(captured.err)")
        let line = try #require(captured.out.split(separator: "\n").first)
        #expect(line.hasPrefix("ready {"))
        let json = try JSONDecoder().decode(JSONValue.self, from: Data(line.dropFirst("ready ".count).utf8))
        #expect(json["sip"]?.string?.hasPrefix("127.0.0.1:") == true)
        #expect(json["tls"]?.bool == false)
        let defects = await cpmcheck("serve", "enabler", "--defect", "list")
        #expect(defects.code == 0)
        #expect(defects.out.contains("message-lost: "))
    }

    @Test("a served enabler claims to survive a restart in its description only where cases can try it: not without commands")
    func servedWithStore() async throws {
        try await withFolder { folder in
            let server = try await ServedEnabler(["--describe", folder + "/iut.yaml", "--store", folder + "/store.sqlite"])
            let described = try ImplementationDescription.load(file: folder + "/iut.yaml", environment: [:])
            #expect(described.ixit.control == IXITControl())
            #expect(described.ics[.survivesRestart] == "false")
            #expect(try String(contentsOfFile: folder + "/iut.yaml", encoding: .utf8).contains("give the commands of 'ixit.control'"))
            #expect(await cpmcheck("lint", folder + "/iut.yaml").code == 0)
            #expect(await server.stop() == 0)
        }
    }

    @Test("a served enabler that a profile sets states its policy and times in its description, and is held to them")
    func servedUnderProfile() async throws {
        try await withFolder { folder in
            let file = folder + "/iut.yaml"
            let server = try await ServedEnabler(["--describe", file, "--profile", "short-retention", "--suites", Built.suites])
            #expect(await cpmcheck("lint", file).code == 0)
            let described = try ImplementationDescription.load(file: file, environment: [:])
            #expect(described.policy.retention == 5000)
            #expect(described.policy.inactivity == 8000)
            #expect(described.ixit.timers[.inactivity] == 8000)
            let ended = await cpmcheck(
                "run", "--iut", file, "--filter", "058-past-retention-live", "--reports", folder + "/r", "--suites", Built.suites)
            #expect(ended.code == 0, "\(ended.out)\(ended.err)")
            #expect(await server.stop() == 0)
        }
        let several = await cpmcheck("serve", "enabler", "--profile", "all")
        #expect(several.code == 65)
        #expect(several.err.contains("'all' is several"))
        let misspelt = await cpmcheck("serve", "enabler", "--profile", "short-retenton", "--suites", Built.suites)
        #expect(misspelt.code == 65)
        #expect(misspelt.err.contains("did you mean 'short-retention'?"))
    }

    @Test("a verbose run says on standard error what each case does and waits for, and the same as ever on standard output")
    func verbose() async throws {
        try await withFolder { folder in
            let options = ["--filter", "058a-content-intact", "--suites", Built.suites, "--seed", "7"]
            let ended = await cpmcheck(["run", "--verbose", "--reports", folder + "/r"] + options)
            #expect(ended.code == 0)
            let said = ended.err.split(separator: "\n")
            #expect(said.allSatisfy { $0.hasPrefix("058a-content-intact") }, "\(said.first ?? "")")
            #expect(said.contains { $0.contains(" s step 1: create by alice") }, "\(ended.err)")
            #expect(said.contains { $0.contains("waits for ") && $0.contains("timer '") })
            let quiet = await cpmcheck(["run", "--reports", folder + "/q"] + options)
            #expect(quiet.err.isEmpty)
        }
    }

    @Test("nothing that explain says ends with an empty line, and no line with a blank", arguments: [
        "CPM-CONV-058b", "058b", "ics", "checks", "058a-content-intact", "058b-initial-list", "wire.sip-tags", "send", "quiet",
    ])
    func explainEnds(id: String) async {
        let said = await cpmcheck("explain", id)
        #expect(said.code == 0)
        #expect(said.out.hasSuffix("\n") && !said.out.hasSuffix("\n\n"), "\(said.out.suffix(100))")
        #expect(!said.out.contains(" \n"), "\(said.out)")
    }

    @Test("the help of options that take names says how to see them all")
    func namesInHelp() async {
        for (command, options) in [
            ("run", ["defect", "variation"]), ("prove", ["defect", "variation", "condition"]), ("durability", ["defect", "variation"]),
        ] {
            let words = await cpmcheck(command, "--help").out.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            for option in options { #expect(words.contains("'--\(option) list' shows them all."), "\(words)") }
        }
    }

    @Test("a served enabler and a description of it give the verdicts of the embedded one; doctor finds it well")
    func servedAndDescribed() async throws {
        try await withFolder { folder in
            let server = try await ServedEnabler(["--describe", folder + "/iut.yaml"])
            #expect(server.ready["factory"]?.string == "sip:factory@cpm.example")
            let lint = await cpmcheck("lint", folder + "/iut.yaml")
            #expect(lint.code == 0, "\(lint.out)")
            let described = try ImplementationDescription.load(file: folder + "/iut.yaml", environment: [:])
            var embedded = ImplementationDescription.embedded(address: described.ixit.address)
            embedded.ics[.survivesRestart] = "false"
            #expect(described.ics == embedded.ics)
            #expect(described.policy == embedded.policy)
            #expect(described.binding == embedded.binding)
            #expect(described.ixit.timers == embedded.ixit.timers)
            let doctor = await cpmcheck("doctor", "--iut", folder + "/iut.yaml", "--users", "2")
            #expect(doctor.code == 0, "\(doctor.out)")
            #expect(doctor.out.contains("✓ factory: "))
            let ended = await cpmcheck(
                "run", "--iut", folder + "/iut.yaml", "--filter", "058a-content-intact", "--filter", "058b-initial-list",
                "--reports", folder + "/r")
            #expect(ended.code == 0, "\(ended.out)\(ended.err)")
            #expect(await server.stop() == 0)
        }
    }

    @Test("with passwords the description names who has one, never the password, and writes over nobody's file, nor over what was filled in")
    func describedWithPasswords() async throws {
        try await withFolder { folder in
            try write("cpm-1:hush-hush\ncpm-2:hush-hush\n", to: folder + "/passwords")
            let file = folder + "/iut.yaml"
            let server = try await ServedEnabler(["--passwords", folder + "/passwords", "--describe", file])
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(!text.contains("hush-hush"))
            let doctor = await cpmcheck(
                ["doctor", "--iut", file], environment: ["CPM_PASSWORD": "hush-hush"])
            #expect(doctor.out.contains("✓ registration: 2 of 2 users tried"), "\(doctor.out)")
            await server.stop()
            let again = try await ServedEnabler(["--describe", file])
            await again.stop()
            try write(String(contentsOfFile: file, encoding: .utf8).replacing("role:", with: "# mine\nrole:"), to: file)
            let filledIn = await cpmcheck("serve", "enabler", "--describe", file)
            #expect(filledIn.code == 73)
            #expect(filledIn.err.contains("the description was changed since it was written"), "\(filledIn.err)")
            try write("iut: mine\n", to: file)
            let refused = await cpmcheck("serve", "enabler", "--describe", file)
            #expect(refused.code == 73)
            #expect(refused.err.contains("there is another file of this name"), "\(refused.err)")
        }
    }

    @Test("a session that the implementation ended is given as the cause of what could not be done without it")
    func endedMeanwhile() async throws {
        try await withFolder { folder in
            let file = folder + "/iut.yaml"
            let server = try await ServedEnabler(["--describe", file])
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try write(
                text.replacing("quiet: 400ms", with: "quiet: 4s").replacing("  inactivity: 3500ms\nixit", with: "ixit"),
                to: file)
            let ended = await cpmcheck(
                "run", "--iut", file, "--filter", "058a-joins-late-by-own-invite", "--reports", folder + "/r")
            await server.stop()
            #expect(ended.code == 2, "\(ended.out)")
            let said = try ReadResults(folder + "/r").cases.map(\.said).joined()
            #expect(said.contains("did not get there: alice has no session"), "\(said)")
            #expect(said.contains("; the implementation ended its session before (event "), "\(said)")
            #expect(said.contains("state 'policy.inactivity'"), "\(said)")
        }
    }

    // MARK: - Help

    @Test(
        "help says what a command does, and names its options in plain words",
        arguments: [
            ([], ["run", "judge", "list", "explain", "lint", "serve", "init", "doctor", "130 interrupted"]),
            (["run"], ["--iut <file>", "'cpmcheck init'", "--filter <pattern>", "--jobs", "--seed", "--reports <dir>", "junit.xml"]),
            (["judge"], ["from the recordings alone", "<recordings>", "--reports <dir>"]),
            (["list"], ["Lists the test cases", "* and ?"]),
            (["explain"], ["Explains a case", "CPM-CONV-058a", "defects"]),
            (["lint"], ["file:line:column", "<files>"]),
            (["serve"], ["enabler"]),
            (["serve", "enabler"], ["--listen <host:port>", "--tls <file>", "--store <file>", "--defect", "ready {"]),
            (["init"], ["commented description", "must not exist"]),
            (["doctor"], ["step by step", "what to mend", "--iut <file>", "--users <n>", "69"]),
        ] as [([String], [String])])
    func help(command: [String], words: [String]) async {
        let ended = await cpmcheck(command + ["--help"])
        #expect(ended.code == 0)
        #expect(ended.err.isEmpty)
        #expect(ended.out.contains("USAGE: " + (["cpmcheck"] + command).joined(separator: " ")))
        let text = ended.out.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for word in words { #expect(text.contains(word), "\(word) is not in:\n\(ended.out)") }
        let lines = ended.out.split(separator: "\n").filter { !$0.hasPrefix("USAGE: ") }
        #expect(lines.allSatisfy { $0.count <= 100 })
    }

    @Test("the version is printed")
    func version() async {
        let ended = await cpmcheck("--version")
        #expect(ended.code == 0)
        #expect(ended.out == Version.current + "\n")
    }
}
