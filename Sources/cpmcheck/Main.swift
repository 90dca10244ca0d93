import CommandLine
import Foundation

@main
struct Main {
    static func main() async {
        // A reader that closes its end must not end a run without a report.
        signal(SIGPIPE, SIG_IGN)
        // Where one of the three is closed, the next file or socket would take its number and get what is printed.
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDWR)
        }
        exit(await Cpmcheck.run(Array(ProcessInfo.processInfo.arguments.dropFirst()), on: .ofProcess()))
    }
}
