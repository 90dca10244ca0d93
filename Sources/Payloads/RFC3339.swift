/// Dates and times as `2026-01-31T12:30:00.250+01:00` (RFC 3339 §5.6).
public enum RFC3339 {
    /// Milliseconds since 1970-01-01T00:00:00Z; nil when `text` is no date-time. Further digits of a fraction are cut off.
    ///
    /// A leap second counts as the first second of the next minute.
    public static func milliseconds(from text: String) -> Int64? {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T") || reader.take("t"),
            let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), reader.take(":"),
            let second = reader.number(2)
        else { return nil }
        guard (1...12).contains(month), day >= 1, day <= daysInMonth(month, year), hour < 24, minute < 60, second <= 60
        else { return nil }
        guard let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd else { return nil }
        let seconds = daysSince1970(year, month, day) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
        return (seconds - Int64(offset) * 60) * 1_000 + Int64(fraction)
    }

    /// The date-time of milliseconds since 1970, at an offset from UTC in minutes; three decimals only where needed.
    public static func string(fromMilliseconds milliseconds: Int64, offsetMinutes: Int = 0) -> String {
        let local = milliseconds + Int64(offsetMinutes) * 60_000
        let days = floorDivide(local, 86_400_000)
        let rest = Int(local - days * 86_400_000)
        let date = civilDate(days)
        var text = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T"
        text += "\(padded(rest / 3_600_000, 2)):\(padded(rest / 60_000 % 60, 2)):\(padded(rest / 1_000 % 60, 2))"
        if rest % 1_000 != 0 { text += ".\(padded(rest % 1_000, 3))" }
        if offsetMinutes == 0 { return text + "Z" }
        let size = abs(offsetMinutes)
        return text + (offsetMinutes < 0 ? "-" : "+") + "\(padded(size / 60, 2)):\(padded(size % 60, 2))"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func daysInMonth(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : -((-a + b - 1) / b) }

    // Years that begin in March put the leap day last, so that the months before it have fixed lengths.

    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        let shiftedYear = Int64(month <= 2 ? year - 1 : year)
        let monthFromMarch = Int64((month + 9) % 12)
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
        let leapDays = floorDivide(shiftedYear, 4) - floorDivide(shiftedYear, 100) + floorDivide(shiftedYear, 400)
        return shiftedYear * 365 + leapDays + dayOfYear - 719_468
    }

    private static func civilDate(_ days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (Int(year), Int(month), Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1))
    }
}

/// Reads the fixed-width numbers of a date-time.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.allSatisfy(\.isDigit) else { return nil }
        rest = rest.dropFirst(width)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Milliseconds of an optional fraction of at least one digit; nil when a point has no digit behind it.
    mutating func fraction() -> Int? {
        guard take(".") else { return 0 }
        let digits = rest.prefix(while: \.isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest[digits.endIndex...]
        var value = 0
        for place in 0..<3 {
            let index = digits.index(digits.startIndex, offsetBy: place, limitedBy: digits.endIndex)
            let digit = index.flatMap { $0 < digits.endIndex ? digits[$0] : nil } ?? 0x30
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }

    /// Minutes east of UTC.
    mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60 else {
            return nil
        }
        return sign * (hours * 60 + minutes)
    }
}
