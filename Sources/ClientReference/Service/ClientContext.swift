import Connections
import Foundation
import MSRP
import NIOCore
import Payloads
import SIP

/// What every part of one running client uses. Confined to its event loop.
final class ClientContext {
    let eventLoop: any EventLoop
    let settings: ReferenceClientSettings
    let faults: ClientFaults
    let session: SessionForm
    let media: MediaForm
    let variations: Set<ClientVariation>
    let tokens: TokenSource
    let timers: LoopTimers
    let writer: StoreWriter
    let instanceID: String
    let taps: ClientTaps
    /// The sockets of the present time on-line; nil while the client is off-line.
    var equipment: ClientEquipment?
    var digest: DigestClient
    /// `Service-Route` values of the last registration, in order (RFC 3608).
    var serviceRoutes: [String] = []

    init(
        eventLoop: any EventLoop, settings: ReferenceClientSettings, deviations: ClientDeviations, store: ClientStore,
        taps: ClientTaps
    ) {
        var settings = settings
        SessionForm.apply(deviations.variations, to: &settings)
        self.eventLoop = eventLoop
        self.settings = settings
        self.taps = taps
        faults = ClientFaults(deviations.defects)
        session = SessionForm(deviations.variations)
        media = MediaForm(deviations.variations)
        variations = deviations.variations
        // Not only the seed: a client that is started again on its store must not repeat the identifiers of before.
        let start = UInt64(bitPattern: Int64(Date().timeIntervalSince1970 * 1_000_000))
        tokens = TokenSource(seed: settings.seed).child("\(settings.address) \(start)")
        instanceID = settings.instanceID ?? Self.instance(TokenSource(seed: settings.seed).child(settings.address))
        timers = LoopTimers(eventLoop: eventLoop)
        writer = StoreWriter(store: store, eventLoop: eventLoop)
        digest = DigestClient(
            user: settings.authenticationUser ?? Self.userPart(of: settings.address), password: settings.password ?? "",
            seed: "\(start)")
    }

    var content: ContentWriter { ContentWriter(own: settings.own, form: WrappingForm(variations)) }

    /// Nanoseconds on the monotonic clock.
    var now: Int64 { Int64(truncatingIfNeeded: eventLoop.now.uptimeNanoseconds) }

    /// Milliseconds since 1970.
    var wallClock: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

    /// DateTime of what is made now (RFC 3862 §4.3).
    var dateTime: String { RFC3339.string(fromMilliseconds: wallClock) }

    static func userPart(of address: String) -> String { SIPURI(address)?.user ?? address }

    /// A version 4 UUID as URN (RFC 9562 §5.4).
    private static func instance(_ tokens: TokenSource) -> String {
        let high = (tokens.next() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        let low = (tokens.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        let digits = [high, low].map { value in
            let text = String(value, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        return "urn:uuid:" + digits.enumerated().map { [8, 12, 16, 20].contains($0) ? "-\($1)" : "\($1)" }.joined()
    }

    // MARK: Where requests go

    /// Where everything outside dialogs goes.
    var outbound: SIPHop {
        .address(host: settings.outboundHost, port: settings.outboundPort, tls: settings.tls)
    }

    /// Where a request in a dialog goes: to the outbound address for what lies in the home domain, else where it says.
    func hop(toward uri: String) -> SIPHop {
        guard let target = SIPURI(uri) else { return outbound }
        let host = target.host.lowercased()
        let domain = settings.domain.lowercased()
        if host == domain || host.hasSuffix("." + domain) { return outbound }
        if host == settings.outboundHost.lowercased(), (target.port ?? settings.outboundPort) == settings.outboundPort {
            return outbound
        }
        return SIPHop.resolving(uri: uri, tls: settings.tls) ?? outbound
    }

    /// How MSRP connections of this end check the peer, and what they show; nil where there is no TLS.
    var mediaClient: TLSClient? {
        guard let own = settings.mediaServer else { return settings.mediaTLS }
        return try? (settings.mediaTLS ?? TLSClient()).showing(own)
    }
}

/// The sockets and stacks of one time on-line; all of it goes when the client goes off-line.
final class ClientEquipment {
    let sip: SIPStack
    let msrp: MSRPEndpoint
    /// Contact URI, once the port is known.
    var contactURI = ""
    /// What a defect reads of messages that were interrupted.
    let interrupted: InterruptedMessages?

    init(_ context: ClientContext, number: Int) {
        var settings = SIPStackSettings()
        settings.limits = context.settings.limits
        settings.userAgent = "cpmcheck-reference-client"
        // Whether an invitation gets so much as a 100 is a matter of the user's habits.
        settings.sendsTrying = false
        if let form = SIPForm(context.variations) { settings.form = { form.bytes(of: $0) } }
        sip = SIPStack(
            eventLoop: context.eventLoop, settings: settings, tokens: context.tokens.child("sip\(number)"),
            tap: context.taps.sip)
        var media = MSRPSettings()
        media.limits = context.settings.limits
        media.responseTimeout = context.settings.answerLimit * 1_000_000
        media.smallMessage = 0
        media.chunkSize = context.media.chunkSize
        interrupted = context.faults.answers.showsInterrupted ? InterruptedMessages(passingOnTo: context.taps.msrp) : nil
        msrp = MSRPEndpoint(
            eventLoop: context.eventLoop, settings: media, tokens: context.tokens.child("msrp\(number)"),
            tap: interrupted ?? context.taps.msrp)
    }

    /// Closes everything in order.
    func close() -> EventLoopFuture<Void> { sip.close().and(msrp.close()).map { _ in } }

    /// Closes everything without a word.
    func breakOff() {
        sip.breakConnections()
        msrp.breakConnections()
    }
}

/// In what a client is made to differ from the conformant one of its settings.
struct ClientDeviations: Sendable, Hashable {
    var defects: Set<ClientDefect> = []
    var variations: Set<ClientVariation> = []
}

/// Who sees the bytes of a client; nil where nobody records.
struct ClientTaps {
    var sip: (any ConnectionTap)?
    var msrp: (any ConnectionTap)?
}
