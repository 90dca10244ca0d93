internal import Diagnostics

/// Reads a book of witnesses. What is unknown is reported and left out.
struct WitnessReader {
    let words: WitnessBook.Vocabulary
    let cases: Set<String>
    let findings: Findings

    func read(_ node: DocumentNode) -> WitnessBook {
        var book = WitnessBook()
        let keys = ["proof", "defects", "variations", "conditions", "binding-keys"]
        guard let section = Section(node, "a book of witnesses", keys: keys, required: ["proof"], findings: findings)
        else { return book }
        for entry in entries(of: "defects", section, known: words.defects, is: "defect") {
            book.defects[entry.key] = witnesses(entry.value, of: entry.key)
        }
        for entry in entries(of: "variations", section, known: words.variations, is: "variation") {
            book.variations[entry.key] = caseIDs(entry.value)
        }
        for entry in entries(of: "conditions", section, known: words.conditions, is: "condition") {
            book.conditions[entry.key] = caseIDs(entry.value)
        }
        book.keys = (section.list("binding-keys") ?? []).compactMap(trial)
        return book
    }

    private func entries(
        of key: String, _ section: Section, known: [String], is what: String
    ) -> [DocumentNode.Entry] {
        guard let node = section[key] else { return [] }
        guard let mapping = node.mapping else {
            findings.add(
                "input.wrong-type", node.place, "'\(key)' must be a mapping, not \(node.typeInWords)",
                "write each \(what) with its cases")
            return []
        }
        return mapping.filter { entry in
            if known.contains(entry.key) { return true }
            findings.addUnknown("proof.unknown-\(what)", entry.keyPlace, entry.key, is: what, of: known)
            return false
        }
    }

    private func witnesses(_ node: DocumentNode, of defect: String) -> WitnessBook.Witnesses {
        guard
            let section = Section(
                node, "the defect '\(defect)'", keys: ["caught", "green"], required: ["caught"], findings: findings)
        else { return WitnessBook.Witnesses() }
        let found = WitnessBook.Witnesses(
            caught: section["caught"].map(caseIDs) ?? [], green: section["green"].map(caseIDs) ?? [])
        for both in Set(found.caught).intersection(found.green).sorted() {
            findings.add(
                "proof.contradiction", section.place("green"), "'\(both)' is to catch the defect and to pass all the same",
                "keep it in one of the two lists")
        }
        return found
    }

    private func caseIDs(_ node: DocumentNode) -> [String] {
        let nodes = node.sequence ?? (node.scalar == nil ? nil : [node])
        guard let nodes else {
            findings.add("input.wrong-type", node.place, "the cases must be a list of IDs, not \(node.typeInWords)")
            return []
        }
        return nodes.compactMap(caseID)
    }

    private func caseID(_ node: DocumentNode) -> String? {
        guard let id = node.scalar else {
            findings.add("input.wrong-type", node.place, "a case must be an ID, not \(node.typeInWords)")
            return nil
        }
        guard cases.contains(id) else {
            // All IDs would be too many words for one complaint.
            let near = nearestWord(to: id, among: cases.sorted())
            findings.add(
                "proof.unknown-case", node.place, "'\(escapedPeerText(id, limit: 100))' is no case",
                near.map { "did you mean '\($0)'?" } ?? "see 'cpmcheck list'")
            return nil
        }
        return id
    }

    private func trial(_ node: DocumentNode) -> WitnessBook.KeyTrial? {
        let keys = ["key", "value", "case", "defect", "variation"]
        guard
            let section = Section(
                node, "a trial of a key", keys: keys, required: ["key", "value", "case"], findings: findings),
            let key = section.word("key", BindingKey.self, is: "key of the binding profile"),
            let value = section.string("value"), let caseNode = section["case"], let id = caseID(caseNode)
        else { return nil }
        guard key.permitted.contains(value) else {
            findings.addUnknown(
                "binding.unknown-value", section.place("value"), value, is: "value of '\(key.rawValue)'",
                of: key.permitted)
            return nil
        }
        var trial = WitnessBook.KeyTrial(key: key, value: value, caseID: id)
        trial.defect = known(section, "defect", words.defects)
        trial.variation = known(section, "variation", words.variations)
        trial.place = node.place
        return trial
    }

    private func known(_ section: Section, _ key: String, _ known: [String]) -> String? {
        guard let name = section.string(key) else { return nil }
        if known.contains(name) { return name }
        findings.addUnknown("proof.unknown-\(key)", section.place(key), name, is: key, of: known)
        return nil
    }
}
