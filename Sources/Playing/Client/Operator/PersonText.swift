import Facts
import Foundation
import Recordings
import TestCases

/// How things of the wire are written for a person who has to find them on another screen.
///
/// Nothing in it can steer a terminal, and what is long is told by its beginning, its end and its length.
struct PersonText: Sendable {
    /// The zone of the person's clock.
    var zone = TimeZone.current

    private static let whole = 120
    private static let piece = 40

    /// Content as it should be seen.
    func content(_ body: [UInt8], _ type: String) -> String {
        guard !body.isEmpty else { return "no words at all" }
        guard type.lowercased().hasPrefix("text/"), let text = String(validating: body, as: UTF8.self) else {
            return "content of the type \(safe(type, limit: 80)), \(count(body.count, "byte"))"
        }
        guard text.contains(where: Self.isSeen) else { return "\(count(text.count, "character")) that cannot be seen" }
        guard text.count > Self.whole else { return "“\(safe(text))”" }
        return "“\(safe(String(text.prefix(Self.piece))))…” to “…\(safe(String(text.suffix(Self.piece))))”, "
            + "\(grouped(text.count)) characters"
    }

    func content(_ message: OperatorQuestion.Message) -> String { content(message.body, message.contentType) }

    /// `2026-05-01 11:30:00`, by the person's clock.
    func time(_ milliseconds: Int64?) -> String {
        guard let milliseconds else { return "at no time that is told" }
        let offset = Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(milliseconds) / 1000))) * 1000
        let text = RecordingHeader.timestamp(milliseconds: milliseconds + offset)
        return String(text.prefix(19)).replacing("T", with: " ")
    }

    /// `UTC+01:00`, as it is at a time.
    func zoneName(at milliseconds: Int64) -> String {
        let minutes = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(milliseconds) / 1000)) / 60
        guard minutes != 0 else { return "UTC" }
        func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "UTC\(minutes < 0 ? "-" : "+")\(padded(abs(minutes) / 60)):\(padded(abs(minutes) % 60))"
    }

    /// An actor as its display name says it.
    func name(_ actor: ActorName?) -> String { actor?.capitalized ?? "somebody" }

    /// `Alice`, `Alice and Bob`, `Alice, Bob and Carol`.
    func names(_ actors: [ActorName]) -> String { listed(actors.map(name), none: "nobody") }

    func listed(_ words: [String], none: String) -> String {
        guard let last = words.last else { return none }
        return words.count == 1 ? last : words.dropLast().joined(separator: ", ") + " and " + last
    }

    /// `1 message`, `3 messages`.
    func count(_ number: Int, _ what: String) -> String { "\(grouped(number)) \(what)\(number == 1 ? "" : "s")" }

    private func grouped(_ number: Int) -> String {
        let digits = String(number)
        var out = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { out += "," }
            out.append(digit)
        }
        return out
    }

    /// Without what steers, hides or reorders.
    func safe(_ text: String, limit: Int = 4000) -> String {
        var out = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            if count == limit { return out + "…" }
            if Self.isHarmless(scalar) {
                out.unicodeScalars.append(scalar)
            } else {
                out += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return out
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        // The joiners are part of many scripts and of emoji.
        if scalar.value == 0x200C || scalar.value == 0x200D { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: return false
        default: return true
        }
    }

    private static func isSeen(_ character: Character) -> Bool {
        !character.isWhitespace && character.unicodeScalars.contains { isHarmless($0) && $0.value != 0x200C && $0.value != 0x200D }
    }
}
