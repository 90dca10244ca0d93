import Diagnostics

/// Steps that are tried one after the other; each is printed as it ends, with what to mend where it failed.
struct Examination {
    private let console: Console
    /// The first of all failures in the order of precedence.
    private(set) var status = ExitStatus.success
    private var failures = 0

    init(_ console: Console) { self.console = console }

    mutating func passed(_ step: String, _ found: String) { console.line("✓ \(step): \(found)") }

    /// - Parameter mend: what to do about it; nil when `what` says it.
    mutating func failed(_ step: String, _ what: String, mend: String? = nil, as failure: ExitStatus) {
        failures += 1
        status = failures == 1 ? failure : status.worst(with: failure)
        console.line("✗ \(step): \(what)")
        if let mend { console.line("    to mend: \(mend)") }
    }

    mutating func failed(_ step: String, _ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics {
            failed(step, diagnostic.description, as: ExitStatus(diagnostic.family))
        }
    }

    func left(_ step: String, _ why: String) { console.line("- \(step): not tried, \(why)") }

    func close() {
        switch failures {
        case 0: console.line("All is well.")
        case 1: console.line("One thing to mend.")
        default: console.line("\(failures) things to mend.")
        }
    }
}
