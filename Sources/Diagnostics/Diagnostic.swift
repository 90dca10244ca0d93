/// A position in a text file that somebody wrote: lines and columns count from 1.
public struct SourcePlace: Sendable, Hashable, CustomStringConvertible {
    /// The file as the user named it.
    public var file: String
    /// The line, from 1; 0 when only the file is known.
    public var line: Int
    /// The column in characters, from 1; 0 when only the line is known.
    public var column: Int

    public init(file: String, line: Int = 0, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`, leaving out what is not known.
    public var description: String {
        if line == 0 { return file }
        return column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
    }
}

/// Something that is wrong, said as a value: a stable code, the place, what it is and what to do instead.
public struct Diagnostic: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whose trouble it is; the exit code of a command follows from it.
    public enum Family: String, Sendable, Hashable {
        /// A file or an argument that the user gave.
        case input
        /// The implementation under test.
        case iut
        /// The harness itself.
        case harness
        /// A report or recording that could not be written.
        case output
    }

    public var family: Family
    /// A stable word such as `case.unknown-step`, which tests and tools may rely on.
    public var code: String
    public var place: SourcePlace?
    /// What is wrong, in one sentence without a full stop.
    public var what: String
    /// What to write or do instead, when there is something better to say than "mend it".
    public var instead: String?

    public init(
        _ family: Family, _ code: String, at place: SourcePlace? = nil, _ what: String, instead: String? = nil
    ) {
        self.family = family
        self.code = code
        self.place = place
        self.what = what
        self.instead = instead
    }

    /// `file:line:column: what; instead [code]`.
    public var description: String {
        var text = ""
        if let place { text += "\(place): " }
        text += what
        if let instead { text += "; \(instead)" }
        return text + " [\(code)]"
    }
}

/// Several diagnostics thrown together, so that a user mends a file once and not line by line.
public struct DiagnosticList: Error, Sendable {
    public var all: [Diagnostic]
    public init(_ all: [Diagnostic]) { self.all = all }
}
