internal import Diagnostics

/// Gathers everything that is wrong, so that a user mends a file once. Used by one loader on one thread.
final class Findings {
    private(set) var all: [Diagnostic] = []
    private var seen: Set<Diagnostic> = []
    /// Mistakes that several places of a file make in the same words, by these words: where in `all`, and the places.
    private var shared: [String: (index: Int, places: Set<SourcePlace?>)] = [:]

    /// Adds a mistake in the input. The rows of a matrix repeat a mistake; it is kept once.
    func add(_ code: String, _ place: SourcePlace?, _ what: String, _ instead: String? = nil) {
        add(Diagnostic(.input, code, at: place, what, instead: instead))
    }

    /// Adds a mistake that was found elsewhere.
    func add(_ diagnostic: Diagnostic) {
        if seen.insert(diagnostic).inserted { all.append(diagnostic) }
    }

    /// Adds what several places have in common: kept once, at the first of them, with how many there are.
    func addShared(_ code: String, _ place: SourcePlace?, _ instead: String, _ what: (_ places: Int) -> String) {
        let key = code + what(1)
        guard let known = shared[key] else {
            shared[key] = (all.count, [place])
            return all.append(Diagnostic(.input, code, at: place, what(1), instead: instead))
        }
        let places = known.places.union([place])
        shared[key]?.places = places
        all[known.index] = Diagnostic(.input, code, at: all[known.index].place, what(places.count), instead: instead)
    }

    /// Adds "X is no Y", with the nearest right word or all of them.
    func addUnknown(_ code: String, _ place: SourcePlace?, _ word: String, is what: String, of words: [String]) {
        // A placeholder that could not be filled in has its own complaint.
        if word.contains("${") { return }
        let shown = escapedPeerText(word, limit: 60)
        let instead: String?
        if let near = nearestWord(to: word, among: words) {
            instead = "did you mean '\(near)'?"
        } else if words.isEmpty {
            instead = nil
        } else {
            instead = "write one of \(words.prefix(20).joined(separator: ", "))"
        }
        add(code, place, "'\(shown)' is no \(what)", instead)
    }

    /// By file, line and column, as a reader mends them.
    var sorted: [Diagnostic] {
        all.enumerated().sorted { a, b in
            let (x, y) = (a.element.place, b.element.place)
            let left = (x?.file ?? "", x?.line ?? 0, x?.column ?? 0)
            let right = (y?.file ?? "", y?.line ?? 0, y?.column ?? 0)
            return left == right ? a.offset < b.offset : left < right
        }.map(\.element)
    }
}
