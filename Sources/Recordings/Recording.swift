internal import Crypto
internal import Foundation

/// The first line of a recording: all that the judge must know beside what happened.
public struct RecordingHeader: Sendable, Hashable {
    /// The word in `format` by which a recording is known.
    public static let formatName = "cpmcheck-recording"
    /// The version this code writes. A reader takes every minor version of the same major one.
    public static let currentVersion = "1.1"

    public var version: String
    /// The wall clock when `t` was zero, RFC 3339 in UTC.
    public var start: String
    /// The expanded test case, so that judging needs no suite.
    public var `case`: JSONValue
    /// SHA-256 of the case's canonical JSON, in hexadecimal.
    public var digest: String
    /// The implementation under test: ICS, policy, timers, alias sets, names; never credentials.
    public var iut: JSONValue
    /// The binding profile as it was in force.
    public var binding: JSONValue
    public var seed: UInt64
    /// Versions of the harness, the suite and whatever else bears on the verdict, by name.
    public var versions: [String: String]
    public var strict: Bool
    /// Members that this version does not know; kept.
    public var extra: [String: JSONValue] = [:]

    /// A header of the current version; the digest is taken here.
    public init(
        start: String, case: JSONValue, iut: JSONValue, binding: JSONValue, seed: UInt64,
        versions: [String: String] = [:], strict: Bool = false
    ) {
        self.version = Self.currentVersion
        self.start = start
        self.case = `case`
        self.digest = Self.digest(of: `case`)
        self.iut = iut
        self.binding = binding
        self.seed = seed
        self.versions = versions
        self.strict = strict
    }

    /// SHA-256 of the canonical JSON of a value, as 64 lower-case hexadecimal digits.
    public static func digest(of value: JSONValue) -> String {
        hexadecimal(SHA256.hash(data: value.canonicalBytes))
    }

    /// `2026-05-01T09:30:00.250Z` for milliseconds since 1970, years 0 to 9999.
    public static func timestamp(milliseconds: Int64) -> String {
        let (days, rest) = floorDivide(milliseconds, 86_400_000)
        let (year, month, day) = civilDate(daysSince1970: days)
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(rest / 3_600_000, 2)):"
            + "\(padded(rest / 60_000 % 60, 2)):\(padded(rest / 1000 % 60, 2)).\(padded(rest % 1000, 3))Z"
    }
}

/// The last line of a recording that was closed properly.
public struct RecordingFooter: Sendable, Hashable {
    /// Lines between header and footer.
    public var count: Int
    /// SHA-256, in hexadecimal, of every byte of the file before the footer's line.
    public var sha256: String

    public init(count: Int, sha256: String) {
        self.count = count
        self.sha256 = sha256
    }
}

/// Everything that happened in one case, and what must be known to judge it.
public struct Recording: Sendable, Hashable {
    public var header: RecordingHeader
    public var lines: [RecordedLine]
    /// Nil while the recording was never written or closed, or when its end is missing.
    public var footer: RecordingFooter?
    /// True when the file ended before its footer: what is there is good, but something is missing.
    public var truncated: Bool

    /// The note that says that the recording reached its limit and what came after is missing; nil for a whole one.
    public var fullNote: RecordedLine? { lines.last { $0.isFullNote } }

    public init(
        header: RecordingHeader, lines: [RecordedLine], footer: RecordingFooter? = nil, truncated: Bool = false
    ) {
        self.header = header
        self.lines = lines
        self.footer = footer
        self.truncated = truncated
    }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    for byte in bytes {
        out.append(digits[Int(byte >> 4)])
        out.append(digits[Int(byte & 15)])
    }
    return String(decoding: out, as: UTF8.self)
}

private func floorDivide(_ a: Int64, _ b: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
    return remainder < 0 ? (quotient - 1, remainder + b) : (quotient, remainder)
}

/// The Gregorian date of a day number, counting in years that begin in March so that the leap day comes last.
private func civilDate(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = floorDivide(daysSince1970 + 719_468, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
}
