import Foundation
import TestCases
import Testing

@testable import CommandLine

/// What a user can get wrong: said with its place and the right word, and nothing is run.
@Suite(.timeLimit(.minutes(2)))
struct BadInputTests {
    @Test(
        "words that are no command or option are usage: 64, on standard error",
        arguments: [
            ["run", "--fliter", "x"], ["rnu"], ["run", "--jobs", "0"], ["run", "--jobs", "many"], ["run", "--jobs"],
            ["run", "surplus"], ["judge"], ["explain"], ["serve"], [], ["doctor", "--users", "0"],
            ["run", "--iut", "x.yaml", "--defect", "message-lost"],
        ])
    func usage(arguments: [String]) async {
        let ended = await cpmcheck(arguments)
        #expect(ended.code == 64)
        #expect(ended.out.isEmpty)
        #expect(ended.err.uppercased().contains("USAGE"))
    }

    @Test("a pattern that matches nothing is refused with the nearest ID, by run and by list")
    func pattern() async throws {
        try await withFolder { folder in
            for command in [["run", "--reports", folder + "/r"], ["list"]] {
                let ended = await cpmcheck(command + ["--filter", "058a-content-intakt"])
                #expect(ended.code == 65)
                #expect(ended.err.contains("no case matches '058a-content-intakt'; did you mean '058a-content-intact'?"))
                #expect(ended.out.isEmpty)
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/r"))
        }
    }

    @Test("a time that no clock here can count is refused with its place, and nothing is run")
    func absurdTimer() async throws {
        try await withFolder { folder in
            let file = folder + "/iut.yaml"
            try write(
                "iut: { name: x }\nrole: enabler\nixit:\n  address: { host: 127.0.0.1 }\n  factory: sip:factory@example.com\n"
                    + "  users: { template: \"sip:u-{n}@example.com\", count: 8 }\n  timers: { delivery-within: 200000d }\n",
                to: file)
            let ended = await cpmcheck("run", "--iut", file, "--reports", folder + "/r")
            #expect(ended.code == 65)
            #expect(ended.err.contains("\(file):7:30: "), "\(ended.err)")
            #expect(ended.err.contains("write at most 30d"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/r"))
        }
    }

    @Test("a pattern that is the beginning of IDs is refused with its *")
    func beginning() async {
        let ended = await cpmcheck("run", "--filter", "058a", "--reports", "/nowhere")
        #expect(ended.code == 65)
        #expect(ended.err.contains("no case matches '058a'; did you mean '058a*'?"), "\(ended.err)")
    }

    @Test("a pattern that matches nothing beside one that does is refused as well")
    func onePatternOfTwo() async throws {
        try await withFolder { folder in
            let ended = await cpmcheck(
                "run", "--filter", "058a-content-intact", "--filter", "059*", "--reports", folder + "/r")
            #expect(ended.code == 65)
            #expect(!FileManager.default.fileExists(atPath: folder + "/r"))
        }
    }

    @Test("a mistake in a suite is named with file, line and column, and no case is run")
    func suiteMistake() async throws {
        try await withFolder { folder in
            try FileManager.default.copyItem(atPath: Built.suites, toPath: folder + "/Suites")
            let file = folder + "/Suites/enabler/1-absent-from-the-invitation-on.yaml"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let index = try #require(lines.firstIndex { $0.contains("- create: {") })
            let column = try #require(lines[index].range(of: "create")).lowerBound
            let place = "\(file):\(index + 1):\(lines[index].distance(from: lines[index].startIndex, to: column) + 1)"
            let range = try #require(text.range(of: "- create: {"))
            try write(text.replacingCharacters(in: range, with: "- craete: {"), to: file)

            for command in [["run", "--reports", folder + "/r"], ["list"], ["explain", "CPM-CONV-058"], ["lint"]] {
                let ended = await cpmcheck(command + ["--suites", folder + "/Suites"])
                #expect(ended.code == 65)
                let said = command == ["lint"] ? ended.out : ended.err
                #expect(said.contains(place + ": "), "\(said)")
                #expect(said.contains("'create'"))
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/r"))
            // Whoever mends it may ask for the words meanwhile.
            let explained = await cpmcheck("explain", "steps", "--suites", folder + "/Suites")
            #expect(explained.code == 0 && explained.out.contains("  create "), "\(explained.err)")
        }
    }

    @Test("a mistake in a description is named with file, line and column, and no case is run")
    func descriptionMistake() async throws {
        try await withFolder { folder in
            let file = folder + "/iut.yaml"
            try write(describedImplementation(port: 5060).replacing("factory:", with: "factroy:"), to: file)
            let ended = await cpmcheck("run", "--iut", file, "--reports", folder + "/r")
            #expect(ended.code == 65)
            #expect(ended.err.contains("\(file):8:3: "), "\(ended.err)")
            #expect(ended.err.contains("'factory'"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/r"))
            let doctor = await cpmcheck("doctor", "--iut", file)
            #expect(doctor.code == 65)
            #expect(doctor.out.contains("✗ description: \(file):8:3: "))
        }
    }

    @Test("too few users for a case are refused with their place and how many to give, by lint and by run")
    func tooFewUsers() async throws {
        try await withFolder { folder in
            let file = folder + "/iut.yaml"
            let needed = try SuiteLoader.load(directory: Built.suites).cases.map(\.leasedUsers).max() ?? 0
            let short = describedImplementation(port: 1).replacing("count: 8", with: "count: \(needed - 1)")
            try write(short, to: file)
            let lines = short.split(separator: "\n", omittingEmptySubsequences: false)
            let line = try #require(lines.firstIndex { $0.contains("users: {") })
            let words = "\(file):\(line + 1):3: there are \(needed - 1) users, and "
            let run = await cpmcheck("run", "--iut", file, "--reports", folder + "/r")
            #expect(run.code == 65, "\(run.err)")
            #expect(run.err.contains(words) && run.err.contains("give at least \(needed)"), "\(run.err)")
            #expect(run.out.isEmpty && !FileManager.default.fileExists(atPath: folder + "/r"))
            let lint = await cpmcheck("lint", file)
            #expect(lint.code == 65)
            #expect(lint.out.contains(words) && lint.out.contains("give at least \(needed)"), "\(lint.out)")
            // Cases that need no more than there are can be played: nobody listens there, which is said instead.
            let played = await cpmcheck(
                "run", "--iut", file, "--filter", "058a-content-intact", "--reports", folder + "/r")
            #expect(played.code == 69, "\(played.err)")
        }
    }

    @Test(
        "files and folders that are not there are bad input",
        arguments: [
            ["run", "--iut", "/nowhere/iut.yaml"], ["run", "--suites", "/nowhere"], ["judge", "/nowhere.ndjson"],
            ["lint", "/nowhere.yaml"], ["doctor", "--iut", "/nowhere/iut.yaml"], ["serve", "enabler", "--passwords", "/nowhere"],
            ["serve", "enabler", "--tls", "/nowhere.pem"], ["serve", "enabler", "--store", "/nowhere/store.sqlite"],
            ["serve", "enabler", "--listen", "127.0.0.1:x"], ["serve", "enabler", "--algorithms", "SHA-1"],
        ])
    func missing(arguments: [String]) async {
        let ended = await cpmcheck(arguments)
        #expect(ended.code == 65, "\(ended.out)\(ended.err)")
        #expect(!(ended.out + ended.err).contains("internal error"))
    }

    @Test(
        "what serve cannot use is said with its name, and without the words of a library",
        arguments: [
            (["--store", "/nowhere/store.sqlite"], "/nowhere/store.sqlite: the store cannot be opened"),
            (["--listen", "no-such-host.invalid:0"], "no-such-host.invalid:0: the name no-such-host.invalid is not known here"),
            (["--listen", "192.0.2.1:0"], "192.0.2.1:0: "), (["--tls", "/nowhere.pem"], "/nowhere.pem: the certificate or its key"),
        ])
    func serveTrouble(arguments: [String], words: String) async {
        let ended = await cpmcheck(["serve", "enabler"] + arguments)
        #expect(ended.code == 65)
        #expect(ended.err.contains(words), "\(ended.err)")
        for raw in ["SQLite", "NIO", "errno", "Error", "bind("] { #expect(!ended.err.contains(raw), "\(ended.err)") }
    }

    @Test("a line of passwords that begins with a URI is refused with what to write")
    func passwordOfURI() async throws {
        try await withFolder { folder in
            try write("cpm-1:one\nsip:cpm-2@cpm.example:two\n", to: folder + "/passwords")
            let ended = await cpmcheck("serve", "enabler", "--passwords", folder + "/passwords")
            #expect(ended.code == 65)
            #expect(ended.err.contains("/passwords:2: "), "\(ended.err)")
            #expect(ended.err.contains("such as cpm-1:secret"))
            #expect(!ended.err.contains("two"))
        }
    }

    @Test("an ID that explain does not know is refused with the nearest one")
    func unknownID() async {
        let ended = await cpmcheck("explain", "CPM-CONV-58a")
        #expect(ended.code == 65)
        #expect(ended.err.contains("there is nothing called 'CPM-CONV-58a'; did you mean 'CPM-CONV-058a'?"))
    }

    @Test("a defect that there is not is refused with the nearest one, before anything is run")
    func unknownDefect() async throws {
        try await withFolder { folder in
            let ended = await cpmcheck("run", "--defect", "mesage-lost", "--reports", folder + "/r")
            #expect(ended.code == 65)
            #expect(ended.err.contains("did you mean 'message-lost'?"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/r"))
        }
    }

    @Test("a folder without recordings, and a file that is none, are bad input for judge")
    func noRecording() async throws {
        try await withFolder { folder in
            #expect(await cpmcheck("judge", folder).code == 65)
            try write("{\"what\": \"is this\"}\n", to: folder + "/x.ndjson")
            let ended = await cpmcheck("judge", folder)
            #expect(ended.code == 65)
            #expect(ended.err.contains("x.ndjson"))
        }
    }

    @Test("every file that is no recording is named, not only the first")
    func severalBadRecordings() async throws {
        try await withFolder { folder in
            for name in ["x", "y"] { try write("{\"what\": \"is this\"}\n", to: "\(folder)/recordings/\(name).ndjson") }
            let ended = await cpmcheck("judge", folder)
            #expect(ended.code == 65)
            #expect(ended.err.contains("x.ndjson") && ended.err.contains("y.ndjson"), "\(ended.err)")
            #expect(ended.out.isEmpty)
        }
    }

    @Test("a run that is refused leaves no report of an earlier one, and its recordings")
    func staleReports() async throws {
        try await withFolder { folder in
            let reports = folder + "/r"
            let made = await cpmcheck("run", "--filter", "058a-content-intact", "--reports", reports)
            #expect(made.code == 0, "\(made.out)")
            let refused = await cpmcheck("run", "--filter", "no-such-case", "--reports", reports)
            #expect(refused.code == 65)
            for name in ["junit.xml", "results.json"] {
                #expect(!FileManager.default.fileExists(atPath: "\(reports)/\(name)"))
            }
            #expect(recordings(in: reports) == ["058a-content-intact.ndjson"])
        }
    }

    @Test("reports that cannot be written: 73 before a case is run, by run and by judge")
    func unwritable() async throws {
        try await withFolder { folder in
            try write("a file, no folder", to: folder + "/taken")
            let ended = await cpmcheck("run", "--filter", "058a-content-intact", "--reports", folder + "/taken/reports")
            #expect(ended.code == 73)
            #expect(ended.err.contains(folder + "/taken"))
            #expect(!ended.out.contains("[1/1]"))
            let made = await cpmcheck("run", "--filter", "058a-content-intact", "--reports", folder + "/good")
            #expect(made.code == 0, "\(made.out)")
            let judged = await cpmcheck("judge", folder + "/good/recordings", "--reports", folder + "/taken/again")
            #expect(judged.code == 73)
        }
    }
}
