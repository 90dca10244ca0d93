import Diagnostics

/// Reads the head of one message line by line; what is read is taken out of the stream at once.
struct MSRPHeadReader: Sendable {
    enum Step {
        /// The head goes on in bytes that are not there yet.
        case needsMore
        /// An empty line: a body follows.
        case body
        /// The end-line came right behind the headers: there is no body.
        case ended(MSRPContinuation)
        case failed(MSRPParseError)
    }

    private(set) var head: MSRPHead?
    private var size = 0

    var isEmpty: Bool { head == nil }

    /// Reads as many lines as are whole. Returns how many bytes to take out.
    ///
    /// - Parameters:
    ///   - limit: bytes of the head.
    ///   - fields: header fields of the head.
    mutating func read(_ raw: UnsafeRawBufferPointer, limit: Int, fields: Int) -> (Int, Step) {
        var place = 0
        var origin = 0
        while let end = raw.first(Octet.lineFeed, from: place) {
            let line = place..<end
            place = end + 1
            guard size + place - origin <= limit else { return (place, .failed(.headTooLarge(limit: limit))) }
            if let step = take(line, of: raw) { return (place, step) }
            if head?.headers.count ?? 0 > fields { return (place, .failed(.tooManyHeaders(limit: fields))) }
            // Stray line ends in front of a message are no part of its head.
            if head == nil { origin = place }
        }
        if let step = judgeUnfinished(place..<raw.count, from: origin, of: raw, limit: limit) { return (place, step) }
        size += place - origin
        return (place, .needsMore)
    }

    /// Finds out early that a line will never be right, so that garbage is not waited for.
    private func judgeUnfinished(
        _ rest: Range<Int>, from origin: Int, of raw: UnsafeRawBufferPointer, limit: Int
    ) -> Step? {
        if size + rest.upperBound - origin > limit { return .failed(.headTooLarge(limit: limit)) }
        guard head == nil else { return nil }
        let isStrayEnd = rest.count == 1 && raw[rest.lowerBound] == Octet.carriageReturn
        if isStrayEnd || zip(raw[rest], "MSRP ".utf8).allSatisfy({ $0 == $1 }) { return nil }
        return .failed(.startLine(MSRPHeadReader.excerpt(rest, of: raw)))
    }

    /// Takes one line, `line` being without its line feed.
    private mutating func take(_ line: Range<Int>, of raw: UnsafeRawBufferPointer) -> Step? {
        guard let last = line.last, raw[last] == Octet.carriageReturn else {
            let text = MSRPHeadReader.excerpt(line, of: raw)
            return .failed(head == nil ? .startLine(text) : .header(text))
        }
        let content = line.lowerBound..<last
        guard head != nil else {
            // A stray CRLF between messages is let pass, as a keep-alive.
            if content.isEmpty { return nil }
            guard let start = MSRPHeadReader.startLine(content, of: raw) else {
                return .failed(.startLine(MSRPHeadReader.excerpt(content, of: raw)))
            }
            head = start
            return nil
        }
        if content.isEmpty { return missingPath() ?? .body }
        if raw[content].prefix(7).allSatisfy({ $0 == Octet.hyphen }), content.count >= 7 {
            return endLine(content, of: raw)
        }
        guard let field = MSRPHeadReader.field(content, of: raw) else {
            return .failed(.header(MSRPHeadReader.excerpt(content, of: raw)))
        }
        head?.headers.append(field)
        return nil
    }

    private func missingPath() -> Step? {
        for name in ["To-Path", "From-Path"] where head?[name] == nil { return .failed(.missingPath(name)) }
        return nil
    }

    private func endLine(_ line: Range<Int>, of raw: UnsafeRawBufferPointer) -> Step {
        guard let id = head?.transactionID, line.count == id.utf8.count + 8,
            raw.text(line.lowerBound..<line.upperBound - 1) == "-------" + id,
            let continuation = MSRPContinuation(rawValue: raw[line.upperBound - 1])
        else { return .failed(.endLine(MSRPHeadReader.excerpt(line, of: raw))) }
        return missingPath() ?? .ended(continuation)
    }

    /// `MSRP SP transact-id SP (method / status-code [SP comment])`.
    private static func startLine(_ line: Range<Int>, of raw: UnsafeRawBufferPointer) -> MSRPHead? {
        let idStart = line.lowerBound + 5
        guard idStart < line.upperBound, zip(raw[line], "MSRP ".utf8).allSatisfy({ $0 == $1 }),
            let idEnd = raw.first(Octet.space, from: idStart), idEnd + 1 < line.upperBound
        else { return nil }
        let id = raw[idStart..<idEnd]
        guard id.count >= 4, id.count <= 32, id.allSatisfy(Octet.isIdentifier), Octet.isAlphanumeric(raw[idStart]) else {
            return nil
        }
        let rest = raw[(idEnd + 1)..<line.upperBound]
        let start: MSRPHead.Start
        if rest.allSatisfy(Octet.isUpper) {
            start = .request(method: method(rest, of: raw))
        } else if rest.count >= 3, rest.prefix(3).allSatisfy(Octet.isDigit) {
            guard rest.count == 3 || rest[rest.startIndex + 3] == Octet.space else { return nil }
            let code = rest.prefix(3).reduce(0) { $0 * 10 + Int($1 - 48) }
            let comment = min(rest.startIndex + 4, rest.endIndex)
            start = .response(code: code, comment: raw.text(comment..<rest.endIndex))
        } else {
            return nil
        }
        var head = MSRPHead(start: start, transactionID: raw.text(idStart..<idEnd), headers: [])
        head.headers.reserveCapacity(8)
        return head
    }

    private static func method(_ word: Slice<UnsafeRawBufferPointer>, of raw: UnsafeRawBufferPointer) -> String {
        raw.text(word.startIndex..<word.endIndex)
    }

    private static func field(_ line: Range<Int>, of raw: UnsafeRawBufferPointer) -> MSRPHeaderField? {
        guard let colon = raw.first(Octet.colon, from: line.lowerBound), colon < line.upperBound,
            colon > line.lowerBound, raw[line.lowerBound..<colon].allSatisfy(Octet.isToken)
        else { return nil }
        var start = colon + 1
        var end = line.upperBound
        while start < end, isBlank(raw[start]) { start += 1 }
        while end > start, isBlank(raw[end - 1]) { end -= 1 }
        return MSRPHeaderField(raw.text(line.lowerBound..<colon), raw.text(start..<end))
    }

    private static func isBlank(_ octet: UInt8) -> Bool { octet == Octet.space || octet == Octet.tab }

    /// The line for a message to a human, shortened.
    private static func excerpt(_ line: Range<Int>, of raw: UnsafeRawBufferPointer) -> String {
        escapedPeerText(raw.text(line.lowerBound..<min(line.upperBound, line.lowerBound + 80)))
    }
}
