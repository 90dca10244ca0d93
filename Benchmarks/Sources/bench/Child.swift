import Foundation

/// A program that was run, and what it used.
struct Child {
    var status: Int32
    var wall: Double
    /// User and system time.
    var cpu: Double
    /// The largest resident set, in bytes.
    var peak: Double

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - output: a file for standard output; nothing is kept without.
    ///   - errors: a file for standard error; nothing is kept without.
    static func run(_ words: [String], output: String = "/dev/null", errors: String = "/dev/null") throws -> Child {
        let began = wallSeconds()
        return try wait(try start(words, output: output, errors: errors), since: began)
    }

    /// Starts a program found in PATH.
    static func start(
        _ words: [String], output: String = "/dev/null", errors: String = "/dev/null"
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let writing = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, writing, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, errors, writing, 0o644)
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        let trouble = posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
        guard trouble == 0 else {
            throw Failure(description: "cannot start \(words[0]): \(String(cString: strerror(trouble)))")
        }
        return process
    }

    static func wait(_ process: pid_t, since began: Double) throws -> Child {
        var status: Int32 = 0
        var usage = rusage()
        while wait4(process, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw Failure(description: "cannot wait: \(String(cString: strerror(errno)))") }
        }
        let signal = status & 0x7F
        return Child(
            status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, wall: wallSeconds() - began,
            cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime), peak: Double(usage.ru_maxrss) * 1024)
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}

/// A folder that is gone when the closure is over.
func withTemporaryFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cpmcheck-bench-\(getpid())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}
