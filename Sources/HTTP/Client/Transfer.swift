import CCurlShim
import Connections

/// One request under way, on the client's thread.
final class Transfer {
    let job: TransferJob
    let handle: OpaquePointer
    private let settings: HTTPClientSettings
    private let wire: WireWatch?

    private var status = 0
    private var headers: [HTTPField] = []
    private var body: [UInt8] = []
    private var headBytes = 0
    private var hasAnswerBegun = false
    /// Why a callback stopped the transfer.
    private var refusal: HTTPFailure?
    /// The last bytes that were received.
    private var lastReceived: [UInt8] = []
    /// What crossed and was not told yet.
    private var untold: (connection: Int, direction: WireDirection, bytes: [UInt8])?

    /// More than this is told in pieces.
    private static let longestPiece = 64 * 1_024

    /// Nil when libcurl cannot make it.
    init?(_ job: TransferJob, in group: OpaquePointer, _ settings: HTTPClientSettings, _ wire: WireWatch?) {
        self.job = job
        self.settings = settings
        self.wire = wire
        // The callbacks need the object, and the object its handle: a box stands in between.
        let link = TransferLink()
        var callbacks = TransferLink.callbacks(Unmanaged.passRetained(link).toOpaque())
        guard let handle = ccurl_transfer_new(group, &callbacks) else {
            Unmanaged.passUnretained(link).release()
            return nil
        }
        self.handle = handle
        link.transfer = self
    }

    deinit {
        let link = ccurl_transfer_context(handle)
        ccurl_transfer_free(handle)
        if let link { Unmanaged<TransferLink>.fromOpaque(link).release() }
    }

    /// Tells libcurl what to do. False when it cannot.
    func configure() -> Bool {
        let plan = job.plan
        var isGood =
            ccurl_transfer_set(handle, Int32(CCURL_URL), plan.url)
            && ccurl_transfer_set(handle, Int32(CCURL_METHOD), plan.method.rawValue)
            && ccurl_transfer_set_bounds(
                handle, plan.connectTime.roundedMilliseconds, Int64(settings.maximumBody), plan.method == .head,
                plan.method.isIdempotent)
        for line in plan.headerLines { isGood = isGood && ccurl_transfer_add_header(handle, line) }
        if let rule = plan.connectTo { isGood = isGood && ccurl_transfer_connect_to(handle, rule) }
        if let body = plan.body {
            isGood = isGood && body.withUnsafeBufferPointer { ccurl_transfer_set_body(handle, $0.baseAddress, $0.count) }
        }
        if let file = settings.authorityFile {
            isGood = isGood && ccurl_transfer_set(handle, Int32(CCURL_AUTHORITY_FILE), file)
        }
        return isGood && showCredentials()
    }

    private func showCredentials() -> Bool {
        switch settings.credentials {
        case nil: true
        case .bearer(let token): ccurl_transfer_set(handle, Int32(CCURL_BEARER), token)
        case .basic(let user, let password):
            ccurl_transfer_set(handle, Int32(CCURL_USER), user)
                && ccurl_transfer_set(handle, Int32(CCURL_PASSWORD), password)
        }
    }

    // MARK: - What libcurl tells

    func took(head line: UnsafeBufferPointer<UInt8>) -> Bool {
        hasAnswerBegun = true
        headBytes += line.count
        guard headBytes <= settings.maximumHead else {
            refusal = .headTooLarge(address: job.plan.address, limit: settings.maximumHead)
            return false
        }
        // libcurl does not show the debug function the end of an informational head.
        if (100..<200).contains(status), line.count <= 2, !lastReceived.endsHead {
            saw(.received, line)
        }
        // What comes after the body is a trailer, which nobody asks for.
        if !body.isEmpty { return true }
        let text = String(decoding: line, as: UTF8.self).prefix { $0 != "\r\n" && $0 != "\n" && $0 != "\r" }
        if text.hasPrefix("HTTP/") {
            // The head of an informational answer came before this one.
            headers = []
            let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
            status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        } else if let first = text.utf8.first, first == 0x20 || first == 9, !headers.isEmpty {
            headers[headers.count - 1].value += " " + trimmed(text)
        } else if let colon = text.firstIndex(of: ":") {
            headers.append(HTTPField(trimmed(text[..<colon]), trimmed(text[text.index(after: colon)...])))
        }
        return true
    }

    private func trimmed(_ text: Substring) -> String {
        func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return String(text)
    }

    func took(body bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        hasAnswerBegun = true
        guard body.count + bytes.count <= settings.maximumBody else {
            refusal = .bodyTooLarge(address: job.plan.address, limit: settings.maximumBody)
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    func saw(_ direction: WireDirection, _ bytes: UnsafeBufferPointer<UInt8>) {
        guard let wire else { return }
        let port = Int(ccurl_transfer_local_port(handle))
        let connection = wire.connection(localPort: port, isSecure: job.plan.isSecure)
        if let untold, untold.connection != connection || untold.direction != direction
            || untold.bytes.count + bytes.count > Self.longestPiece
        {
            tell()
        }
        if direction == .received { lastReceived = (lastReceived + bytes.suffix(3)).suffix(3) }
        if untold == nil { untold = (connection, direction, []) }
        untold?.bytes.append(contentsOf: bytes)
    }

    /// Tells what crossed and was kept back to be told in one piece.
    ///
    /// - Parameter only: the connection that it is about; nil for any.
    func tell(only connection: Int? = nil) {
        guard let piece = untold, connection == nil || connection == piece.connection else { return }
        untold = nil
        wire?.passed(piece.connection, piece.direction, piece.bytes)
    }

    // MARK: - How it ended

    func result(_ outcome: ccurl_outcome) -> Result<HTTPResponse, HTTPFailure> {
        if outcome.result == Int32(CCURL_DONE), refusal == nil {
            return .success(HTTPResponse(status: status, headers: headers, body: body))
        }
        let reading = OutcomeReading(
            plan: job.plan, settings: settings, outcome: outcome, phase: phase(outcome))
        return .failure(refusal ?? reading.failure)
    }

    /// How far it has come.
    var phase: HTTPFailure.Phase {
        var outcome = ccurl_outcome()
        ccurl_transfer_look(handle, &outcome)
        return phase(outcome)
    }

    private func phase(_ outcome: ccurl_outcome) -> HTTPFailure.Phase {
        if hasAnswerBegun { return .receiving }
        return outcome.connected ? .awaitingAnswer : .connecting
    }
}

/// What libcurl's callbacks are given; it does not keep the transfer alive.
private final class TransferLink {
    weak var transfer: Transfer?

    static func callbacks(_ context: UnsafeMutableRawPointer) -> ccurl_callbacks {
        ccurl_callbacks(
            context: context,
            head: { context, bytes, length in
                TransferLink.of(context)?.took(head: UnsafeBufferPointer(start: bytes, count: length)) ?? false
            },
            body: { context, bytes, length in
                TransferLink.of(context)?.took(body: UnsafeBufferPointer(start: bytes, count: length)) ?? false
            },
            wire: { context, direction, bytes, length in
                TransferLink.of(context)?.saw(
                    direction == Int32(CCURL_SENT) ? .sent : .received, UnsafeBufferPointer(start: bytes, count: length))
            })
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.flatMap { Unmanaged<TransferLink>.fromOpaque($0).takeUnretainedValue().transfer }
    }
}

extension [UInt8] {
    /// Whether the last line is empty.
    fileprivate var endsHead: Bool { suffix(2) == [10, 10] || suffix(3) == [10, 13, 10] }
}

extension Duration {
    /// At least 1, and never a fraction cut off, so that a limit is not over before it is.
    var roundedMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let limited = min(max(seconds, 0), 1_000_000_000)
        return max(1, limited * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
