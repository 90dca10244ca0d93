import Connections
import Diagnostics
import Foundation
import MSRP
import NIOCore
import SIP

/// What every part of one running enabler uses. Confined to its event loop.
final class EnablerContext {
    let eventLoop: any EventLoop
    let settings: EnablerSettings
    let deviations: Deviations
    let answers: AnswerForm
    let media: MediaForm
    let rosters: RosterForm
    let tokens: TokenSource
    let timers: LoopTimers
    let stack: SIPStack
    let msrp: MSRPEndpoint
    let writer: StoreWriter
    var registrar = Registrar<SIPConnectionID>()
    /// The device with which each user registered first; a defect clings to it.
    var firstInstances: [UserAddress: String] = [:]
    /// `sip:127.0.0.1:5060;transport=tcp;lr`: this enabler as the element that records its route.
    var ownRoute = ""
    var addresses = EnablerAddresses(sipHost: "", sipPort: 0, msrpHost: "", msrpPort: 0, isSecured: false)

    init(
        eventLoop: any EventLoop, settings: EnablerSettings, deviations: Deviations, store: DeferralStore,
        contents: StoreContents, taps: EnablerTaps
    ) {
        var settings = settings
        PolicyFaults.apply(deviations.defects, to: &settings)
        AnswerForm.apply(deviations.variations, to: &settings)
        self.eventLoop = eventLoop
        self.settings = settings
        self.deviations = deviations
        answers = AnswerForm(deviations.variations)
        media = MediaForm(deviations.variations)
        rosters = RosterForm(deviations.variations)
        // A second start on the same store must not repeat the identifiers of the first.
        tokens = TokenSource(seed: settings.seed).child("enabler \(contents.lastItem) \(contents.lastGroup)")
        timers = LoopTimers(eventLoop: eventLoop)
        var sip = SIPStackSettings()
        sip.limits = settings.limits
        sip.userAgent = "cpmcheck-enabler"
        if let form = SIPForm(deviations.variations) { sip.form = { form.bytes(of: $0) } }
        stack = SIPStack(eventLoop: eventLoop, settings: sip, tokens: tokens.child("sip"), tap: taps.sip)
        var msrp = MSRPSettings()
        msrp.limits = settings.limits
        msrp.responseTimeout = settings.lossRecognition * 1_000_000
        // A group's messages keep their order: none may pass a longer one on the way out.
        msrp.smallMessage = 0
        msrp.chunkSize = media.chunkSize
        msrp.advertisedHost = settings.advertisedHost ?? settings.host
        self.msrp = MSRPEndpoint(eventLoop: eventLoop, settings: msrp, tokens: tokens.child("msrp"), tap: taps.msrp)
        writer = StoreWriter(store: store, eventLoop: eventLoop, contents: contents)
    }

    var defects: Set<Defect> { deviations.defects }
    var returnFaults: ReturnFaults { ReturnFaults(deviations.defects) }
    var policyFaults: PolicyFaults { PolicyFaults(deviations.defects) }
    var variations: Set<Variation> { deviations.variations }

    /// How MSRP connections of this end check the peer, and what they show; nil where there is no TLS.
    var mediaClient: TLSClient? {
        guard let own = settings.tls else { return settings.tlsClient }
        return try? (settings.tlsClient ?? TLSClient()).showing(own)
    }

    /// The contact at which a user is called.
    func contact(of user: UserAddress) -> ContactBinding<SIPConnectionID>? {
        returnFaults.contact(
            of: registrar.live(user, now: now), best: registrar.best(for: user, now: now),
            firstInstance: firstInstances[user])
    }

    /// Nanoseconds on the monotonic clock.
    var now: Int64 { Int64(truncatingIfNeeded: eventLoop.now.uptimeNanoseconds) }

    /// Milliseconds since 1970.
    var wallClock: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

    /// Takes this enabler off the top of a request's routes, where its own Record-Route put it.
    func isOwn(_ uri: SIPURI) -> Bool {
        uri.host == addresses.sipHost && (uri.port ?? 5060) == addresses.sipPort
    }

    /// The canonical address of a user of the home domain; nil for others.
    func homeUser(_ uri: String) -> UserAddress? {
        guard let parsed = SIPURI(uri) else { return nil }
        if parsed.scheme == "tel" { return UserAddress(canonical: parsed.addressOfRecord) }
        guard let user = parsed.user, !user.isEmpty, user.utf8.count <= 256 else { return nil }
        guard parsed.host.lowercased() == settings.domain.lowercased() else { return nil }
        var bare = SIPURI(scheme: "sip", user: user, host: parsed.host.lowercased())
        bare.port = nil
        return UserAddress(canonical: bare.description)
    }
}

/// In what an enabler is made to differ from the conformant one of its settings.
struct Deviations: Sendable, Hashable {
    var defects: Set<Defect> = []
    var variations: Set<Variation> = []
}

/// Who sees the bytes of an enabler; nil where nobody records.
struct EnablerTaps {
    var sip: (any ConnectionTap)?
    var msrp: (any ConnectionTap)?
}
