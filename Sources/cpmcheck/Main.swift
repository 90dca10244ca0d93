import CommandLine
import Foundation

@main
struct Main {
    static func main() async {
        // A reader that closes its end must not end a run without a report.
        signal(SIGPIPE, SIG_IGN)
        exit(await Cpmcheck.run(Array(ProcessInfo.processInfo.arguments.dropFirst()), on: .ofProcess()))
    }
}
