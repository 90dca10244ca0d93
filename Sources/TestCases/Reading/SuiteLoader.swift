public import Diagnostics
import Foundation

/// Loads suites: the catalogue, the binding profile, the released IDs and all cases, with everything that is wrong.
public enum SuiteLoader {
    static let catalogueName = "requirements.yaml"
    static let bindingName = "binding.yaml"
    static let releasedName = "released-ids.txt"
    static let profilesName = "profiles"
    static let axesName = "axes.yaml"

    /// Loads a directory such as `Suites`: the catalogue and the profile in it, and every `.yaml` below it
    /// but the witnesses of the proof.
    ///
    /// Throws all mistakes at once, each with its place.
    public static func load(directory: String, limits: Limits = Limits()) throws(DiagnosticList) -> LoadedSuites {
        try load(files: caseFiles(in: directory), root: directory, limits: limits)
    }

    /// Loads only these suites, against the catalogue and the profile of the directory `root`.
    public static func load(
        files: [String], root: String, limits: Limits = Limits()
    ) throws(DiagnosticList) -> LoadedSuites {
        let findings = Findings()
        let suites = read(files: files, root: root, limits: limits, findings: findings)
        guard findings.all.isEmpty else { throw DiagnosticList(findings.sorted) }
        return suites
    }

    /// What is wrong with a directory of suites as a whole: all mistakes, or, where there are none, every statement
    /// without a case and a reason, every case without a statement, and every point of the axes that is left open.
    public static func check(directory: String, limits: Limits = Limits()) -> [Diagnostic] {
        let findings = Findings()
        let suites = read(files: caseFiles(in: directory), root: directory, limits: limits, findings: findings)
        if findings.all.isEmpty { CoverageLint(suites: suites, findings: findings).run() }
        return findings.sorted
    }

    /// What is wrong with one file of any kind: a suite, an implementation's description, a catalogue or a profile.
    ///
    /// Empty when nothing is. `environment` serves the credentials of a description, `words` are those that a book of
    /// witnesses may use.
    public static func check(
        file: String, root: String, environment: [String: String], words: WitnessBook.Vocabulary,
        limits: Limits = Limits()
    ) -> [Diagnostic] {
        let findings = Findings()
        guard let node = YAMLText.read(file: file, limits: limits, findings: findings) else { return findings.sorted }
        let keys = Set((node.mapping ?? []).map(\.key))
        if keys.contains("iut") || keys.contains("ixit") {
            let description = ImplementationReader(file: file, environment: environment, findings: findings).read(node)
            if let description, findings.all.isEmpty {
                let suites = read(files: caseFiles(in: root), root: root, limits: limits, findings: Findings())
                if let mistake = suites.tooFewUsers(in: description) { findings.add(mistake) }
            }
        } else if keys.contains("catalogue") {
            _ = CatalogueReader(findings: findings).catalogue(node)
        } else if keys.contains("axes") {
            _ = CatalogueReader(findings: findings).axes(node)
        } else if keys.contains("provider") {
            _ = ProfileReader(findings: findings).read(node)
        } else if keys.contains("profile") {
            _ = CatalogueReader(findings: findings).binding(node)
        } else if keys.contains("proof") {
            // With suites that cannot be loaded every case would be unknown, which hides the mistakes of this file.
            guard let loaded = try? load(directory: root, limits: limits) else { return findings.sorted }
            let cases = Set(loaded.cases.map(\.id))
            _ = WitnessReader(words: words, cases: cases, findings: findings).read(node)
        } else if keys.contains("suite") || keys.contains("cases") {
            // Beside the others, so that an ID which one of them has is noticed; what is wrong in them is theirs.
            let others = caseFiles(in: root).filter { !isSame($0, file) }
            _ = read(files: others + [file], root: root, limits: limits, findings: findings)
            return findings.sorted.filter { found in !others.contains { $0 == found.place?.file } }
        } else {
            findings.addUnknown(
                "input.unknown-kind", node.place, (node.mapping ?? []).first?.key ?? node.typeInWords,
                is: "beginning of a file that is read here",
                of: ["suite", "iut", "catalogue", "profile", "proof", "provider", "axes"])
        }
        return findings.sorted
    }

    /// The nearest folder above a file that holds a catalogue, as the file of a suite has it; nil for one that has none.
    public static func root(of file: String) -> String? {
        var folder = URL(fileURLWithPath: file).standardizedFileURL.deletingLastPathComponent()
        while true {
            if FileManager.default.fileExists(atPath: folder.path + "/" + catalogueName) { return folder.path }
            if folder.pathComponents.count <= 1 { return nil }
            folder = folder.deletingLastPathComponent()
        }
    }

    private static func isSame(_ one: String, _ other: String) -> Bool {
        func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path }
        return resolved(one) == resolved(other)
    }

    /// Every `.yaml` below a directory with cases, in the order of their names.
    static func caseFiles(in directory: String) -> [String] {
        yamlFiles(in: directory).filter {
            ![catalogueName, bindingName, axesName, WitnessBook.fileName].contains($0) && !$0.hasPrefix(profilesName + "/")
        }.map { directory + "/" + $0 }
    }

    private static func yamlFiles(in directory: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted()
    }

    /// The provider profiles, the default one first, which is the standard one where no file says otherwise.
    private static func profiles(_ root: String, _ limits: Limits, _ findings: Findings) -> [ProviderProfile] {
        let folder = "\(root)/\(profilesName)"
        var profiles: [ProviderProfile] = []
        for name in yamlFiles(in: folder) {
            guard let node = YAMLText.read(file: "\(folder)/\(name)", limits: limits, findings: findings),
                let profile = ProfileReader(findings: findings).read(node)
            else { continue }
            if profiles.contains(where: { $0.name == profile.name }) {
                findings.add(
                    "profile.duplicate", profile.place, "there is another profile '\(profile.name)'", "rename one of them")
            }
            profiles.append(profile)
        }
        let standard = profiles.first(where: \.isStandard) ?? .standard
        return [standard] + profiles.filter { !$0.isStandard }
    }

    private static func read(files: [String], root: String, limits: Limits, findings: Findings) -> LoadedSuites {
        let shared = CatalogueReader(findings: findings)
        let catalogue = YAMLText.read(file: "\(root)/\(catalogueName)", limits: limits, findings: findings)
            .flatMap(shared.catalogue)
        let binding = YAMLText.read(file: "\(root)/\(bindingName)", limits: limits, findings: findings)
            .flatMap(shared.binding)
        if files.isEmpty {
            findings.add(
                "input.no-suites", SourcePlace(file: root), "there are no suites", "add a .yaml file with cases")
        }
        var reader = SuiteReader(
            catalogue: catalogue ?? RequirementCatalogue(), retired: retired(root, limits), findings: findings)
        // Without a catalogue every requirement would be reported as unknown, which hides the one real mistake.
        guard catalogue != nil else { return LoadedSuites(cases: [], catalogue: RequirementCatalogue()) }
        for file in files {
            guard let node = YAMLText.read(file: file, limits: limits, findings: findings) else { continue }
            reader.read(node)
        }
        var loaded = LoadedSuites(
            cases: reader.cases, catalogue: catalogue ?? RequirementCatalogue(),
            binding: binding?.profile ?? .standard, bindingDefinitions: binding?.definitions ?? [])
        loaded.profiles = profiles(root, limits, findings)
        if FileManager.default.fileExists(atPath: "\(root)/\(axesName)") {
            loaded.leftOut = YAMLText.read(file: "\(root)/\(axesName)", limits: limits, findings: findings)
                .flatMap(shared.axes) ?? []
        }
        return loaded
    }

    /// The IDs that were released once and given up: `retired ID` lines; none when there is no such file.
    private static func retired(_ root: String, _ limits: Limits) -> Set<String> {
        guard let handle = FileHandle(forReadingAtPath: "\(root)/\(releasedName)"),
            let data = try? handle.read(upToCount: limits.yaml)
        else { return [] }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        return Set(
            lines.compactMap { line in
                let words = line.split(separator: " ")
                return words.count >= 2 && words[0] == "retired" ? String(words[1]) : nil
            })
    }
}

/// Reads suite files one after the other, so that an ID used in two of them is noticed.
struct SuiteReader {
    let catalogue: RequirementCatalogue
    let retired: Set<String>
    let findings: Findings
    private(set) var cases: [TestCase] = []
    private var places: [String: SourcePlace?] = [:]

    init(catalogue: RequirementCatalogue, retired: Set<String>, findings: Findings) {
        self.catalogue = catalogue
        self.retired = retired
        self.findings = findings
    }

    mutating func read(_ node: DocumentNode) {
        let keys = ["suite", "role", "cases"]
        guard let section = Section(node, "a suite", keys: keys, required: keys, findings: findings) else { return }
        let role = section.word("role", ImplementationRole.self, is: "role")
        let suite = section.string("suite") ?? ""
        for node in section.list("cases") ?? [] { read(case: node, suite: suite, role: role ?? .enabler) }
    }

    private mutating func read(case node: DocumentNode, suite: String, role: ImplementationRole) {
        guard let section = Section(node, "a case", keys: CaseReader.keys, required: ["id"], findings: findings),
            let id = section.string("id")
        else { return }
        let place = section.place("id")
        guard MatrixExpansion.isSlug(id) else {
            findings.add(
                "case.id", place, "'\(escapedPeerText(id))' cannot be the ID of a case",
                "use small letters, digits and single hyphens, since it becomes a file name")
            return
        }
        let reader = CaseReader(findings: findings, catalogue: catalogue, role: role)
        let before = findings.all.count
        let rows = MatrixExpansion(node, findings: findings).rows(id: id)
        let filledIn = findings.all.count == before
        for row in rows {
            guard isFree(row.id, place) else { continue }
            guard var testCase = reader.read(row.node, id: row.id) else { continue }
            testCase.baseID = id
            testCase.row = row.values
            testCase.suite = suite
            testCase.place = place
            // With a placeholder left open the script would only seem to be wrong.
            guard filledIn else { continue }
            if role == .client {
                ClientRehearsal.run(testCase, findings: findings)
            } else {
                var rehearsal = Rehearsal(testCase, findings: findings)
                rehearsal.run()
            }
            cases.append(testCase)
        }
    }

    private mutating func isFree(_ id: String, _ place: SourcePlace?) -> Bool {
        if retired.contains(id) {
            findings.add(
                "case.retired-id", place, "the ID '\(id)' was released once for a case that is gone",
                "choose a new ID, so that old reports keep their meaning")
        }
        if let earlier = places[id] {
            let other = earlier.map { " at \($0)" } ?? ""
            findings.add(
                "case.duplicate-id", place, "the ID '\(id)' is already that of the case\(other)", "choose another ID")
            return false
        }
        places[id] = .some(place)
        return true
    }
}
