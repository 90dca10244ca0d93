/// Text made safe to show: whatever could steer a terminal, hide or reorder what stands beside it, or is not allowed
/// in XML 1.0 (§2.2) is written as `\u{…}`; the rest is cut at `limit` characters.
///
/// Backslashes stay, since the text was usually made from escaped parts already.
public func safeText(_ text: String, keepingLines: Bool = false, limit: Int = 4000) -> String {
    var out = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
        if count == limit { return out + "…" }
        if scalar == "\n" {
            out += keepingLines ? "\n" : "\\n"
        } else if isHarmless(scalar) {
            out.unicodeScalars.append(scalar)
        } else {
            out += scalar == "\r" ? "\\r" : scalar == "\t" ? "\\t" : "\\u{\(String(scalar.value, radix: 16))}"
        }
    }
    return out
}

private func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    if (0x20..<0x7F).contains(scalar.value) { return true }
    // The joiners are part of many scripts and of emoji.
    if scalar.value == 0x200C || scalar.value == 0x200D { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: return false
    default: return true
    }
}

/// Safe text escaped for XML content and for attributes in double quotes.
public func xmlText(_ text: String, keepingLines: Bool = false, limit: Int = 4000) -> String {
    var out = ""
    for scalar in safeText(text, keepingLines: keepingLines, limit: limit).unicodeScalars {
        switch scalar {
        case "&": out += "&amp;"
        case "<": out += "&lt;"
        case ">": out += "&gt;"
        case "\"": out += "&quot;"
        default: out.unicodeScalars.append(scalar)
        }
    }
    return out
}

/// Seconds with three decimals; what is no time at all counts as none.
public func secondsText(_ seconds: Double) -> String {
    let milliseconds = wholeMilliseconds(seconds)
    let rest = String(milliseconds % 1000)
    return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
}

/// Seconds to the nearest thousandth, as a number.
public func roundedSeconds(_ seconds: Double) -> Double { Double(wholeMilliseconds(seconds)) / 1000 }

private func wholeMilliseconds(_ seconds: Double) -> Int64 {
    guard seconds.isFinite, seconds > 0 else { return 0 }
    return Int64(min(seconds * 1000, 1e15).rounded())
}

extension String {
    /// Filled up with blanks on the right, or on the left when numbers are to stand under one another.
    func padded(to width: Int, right: Bool = false) -> String {
        let blanks = String(repeating: " ", count: Swift.max(0, width - count))
        return right ? blanks + self : self + blanks
    }
}
