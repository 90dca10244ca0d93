/// One header of an MSRP request or response.
public struct MSRPHeaderField: Sendable, Hashable {
    /// The name as on the wire.
    public var name: String
    /// The value without the white space around it.
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What the sender of a request wants to hear when it fails (RFC 4975 §7.1.2, `Failure-Report`).
public enum MSRPFailureReport: String, Sendable, Hashable, CaseIterable {
    /// Every chunk is answered. The value when the header is not there.
    case yes
    /// Nothing is answered.
    case no
    /// Only errors are answered.
    case partial
}

/// The place of a chunk in its message (RFC 4975 §7.1.1, `Byte-Range`); the first octet is number 1.
public struct MSRPByteRange: Sendable, Hashable, CustomStringConvertible {
    /// The number of the chunk's first octet, from 1.
    public var start: Int
    /// The number of its last octet; nil for `*`, as in a chunk that may be interrupted.
    public var end: Int?
    /// The length of the whole message; nil for `*`.
    public var total: Int?

    public init(start: Int, end: Int?, total: Int?) {
        self.start = start
        self.end = end
        self.total = total
    }

    /// Parses `start-end/total`; nil when the text breaks the grammar or a number has more than 18 digits.
    public init?(_ text: String) {
        var numbers: [Int?] = []
        var digits = 0
        var value = 0
        var star = false
        for octet in text.utf8 {
            if Octet.isDigit(octet), !star, digits < 18 {
                value = value * 10 + Int(octet - 48)
                digits += 1
            } else if octet == UInt8(ascii: "*"), digits == 0, !star, !numbers.isEmpty {
                star = true
            } else if octet == (numbers.isEmpty ? UInt8(ascii: "-") : UInt8(ascii: "/")), numbers.count < 2,
                star || digits > 0
            {
                numbers.append(star ? nil : value)
                (digits, value, star) = (0, 0, false)
            } else {
                return nil
            }
        }
        guard numbers.count == 2, star || digits > 0, let start = numbers[0] else { return nil }
        self.init(start: start, end: numbers[1], total: star ? nil : value)
    }

    /// As it goes on the wire.
    public var description: String {
        "\(start)-\(end.map { "\($0)" } ?? "*")/\(total.map { "\($0)" } ?? "*")"
    }
}

/// The flag at the end of a chunk (RFC 4975 §7.1, end-line).
public enum MSRPContinuation: UInt8, Sendable, Hashable, CaseIterable {
    /// `$`: the chunk holds the last octet of its message.
    case complete = 36
    /// `+`: more chunks follow.
    case more = 43
    /// `#`: the sender gives the message up.
    case aborted = 35
}

/// The value of a `Status` header of a REPORT, such as `000 200 OK`.
public struct MSRPStatus: Sendable, Hashable {
    /// `000` in all that RFC 4975 defines.
    public var namespace: String
    /// Three digits, with the meanings of response codes.
    public var code: Int
    /// The text behind the code; empty when there is none.
    public var comment: String

    public init(namespace: String = "000", code: Int, comment: String) {
        self.namespace = namespace
        self.code = code
        self.comment = comment
    }
}

/// Start line and headers of one MSRP request or response.
public struct MSRPHead: Sendable, Hashable {
    /// The start line without its transaction id.
    public enum Start: Sendable, Hashable {
        /// `SEND`, `REPORT` or another word in capitals.
        case request(method: String)
        /// Three digits, and the words behind them; empty when there are none.
        case response(code: Int, comment: String)
    }

    public var start: Start
    /// Joins a request, its end-line and its response; 4 to 32 characters.
    public var transactionID: String
    /// All headers in wire order.
    public var headers: [MSRPHeaderField]

    public init(start: Start, transactionID: String, headers: [MSRPHeaderField]) {
        self.start = start
        self.transactionID = transactionID
        self.headers = headers
    }

    /// The value of the first header of that name, which is compared without regard to case.
    public subscript(name: String) -> String? {
        for field in headers where field.name == name { return field.value }
        for field in headers where equalIgnoringCase(field.name, name) { return field.value }
        return nil
    }

    /// The method of a request; nil for a response.
    public var method: String? {
        if case .request(let method) = start { return method }
        return nil
    }

    /// The code of a response; nil for a request.
    public var responseCode: Int? {
        if case .response(let code, _) = start { return code }
        return nil
    }

    /// `To-Path`; empty when it is missing or broken.
    public var toPath: [MSRPURI] { self["To-Path"].flatMap(MSRPURI.path) ?? [] }
    /// `From-Path`; empty when it is missing or broken.
    public var fromPath: [MSRPURI] { self["From-Path"].flatMap(MSRPURI.path) ?? [] }
    /// `Message-ID`, or nil.
    public var messageID: String? { self["Message-ID"] }
    /// `Byte-Range`; nil when it is missing or broken.
    public var byteRange: MSRPByteRange? { self["Byte-Range"].flatMap { MSRPByteRange($0) } }
    /// True for `Success-Report: yes`; it is `no` when missing.
    public var successReport: Bool { self["Success-Report"].map { equalIgnoringCase($0, "yes") } ?? false }
    /// `Failure-Report`; `.yes` when it is missing or broken.
    public var failureReport: MSRPFailureReport {
        guard let value = self["Failure-Report"] else { return .yes }
        return MSRPFailureReport.allCases.first { equalIgnoringCase($0.rawValue, value) } ?? .yes
    }
    /// `Content-Type`, or nil when the request has no body.
    public var contentType: String? { self["Content-Type"] }
    /// `Status` of a REPORT; nil when it is missing or broken.
    public var status: MSRPStatus? {
        guard let words = self["Status"]?.split(separator: " ", maxSplits: 2), words.count >= 2,
            words[0].utf8.count == 3, words[0].utf8.allSatisfy(Octet.isDigit),
            words[1].utf8.count == 3, words[1].utf8.allSatisfy(Octet.isDigit), let code = Int(words[1])
        else { return nil }
        return MSRPStatus(namespace: String(words[0]), code: code, comment: words.count > 2 ? String(words[2]) : "")
    }
}
