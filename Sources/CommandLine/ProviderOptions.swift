import ArgumentParser
import Diagnostics
import TestCases

/// How the provider of the embedded reference enabler has set it.
struct ProviderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How a provider has set the embedded reference: a profile, or 'all'; 'default' otherwise.",
            valueName: "name"))
    var profile: String?

    /// The profiles asked for, the default one first.
    ///
    /// - Throws: `Diagnostic` (`profile.unknown`) with the nearest name.
    func profiles(of loaded: LoadedSuites) throws -> [ProviderProfile] {
        let name = profile ?? ProviderProfile.standardName
        if name == "all" { return loaded.profiles }
        if let found = loaded.profiles.first(where: { $0.name == name }) { return [found] }
        let names = loaded.profiles.map(\.name)
        throw Diagnostic(
            .input, "profile.unknown", "there is no profile '\(escapedPeerText(name, limit: 100))'",
            instead: nearestWord(to: name, among: names + ["all"]).map { "did you mean '\($0)'?" }
                ?? "write one of \(names.joined(separator: ", ")), or all")
    }
}
