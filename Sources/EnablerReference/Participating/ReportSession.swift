import MSRP
import SIP

/// Stored reports in a session of their own, apart from that of their group. Confined to the event loop.
final class ReportSession: ClientLegOwner {
    private var open: [Int64: OwedEntry]
    private let items: [StoredItem]
    private var leg: ClientLeg?
    private let done: (OwedEntry, Bool) -> Void

    /// - Parameter done: told of each report whether the client took it; one that it did not take is owed as before.
    init(_ reports: [(entry: OwedEntry, item: StoredItem)], done: @escaping (OwedEntry, Bool) -> Void) {
        open = Dictionary(reports.map { ($0.entry.item, $0.entry) }, uniquingKeysWith: { first, _ in first })
        items = reports.map(\.item)
        self.done = done
    }

    func call(
        _ invitation: Invitation, to binding: ContactBinding<SIPConnectionID>, context: EnablerContext,
        onDialog: @escaping (ClientLeg, DialogKey, Bool) -> Void
    ) {
        let leg = ClientLeg(number: -1, isDeferred: true, context: context, owner: self)
        self.leg = leg
        leg.onDialog = onDialog
        leg.call(invitation, to: binding)
    }

    private func settle(_ item: Int64, taken: Bool) {
        guard let entry = open.removeValue(forKey: item) else { return }
        done(entry, taken)
        if open.isEmpty { leg?.hangUp(.none) }
    }

    private func giveUp() {
        for item in open.keys.sorted() { settle(item, taken: false) }
    }

    func accepted(_ leg: ClientLeg) {}
    func refused(_ leg: ClientLeg, status: Int) { giveUp() }
    func connected(_ leg: ClientLeg) {
        for item in items {
            leg.send(contentType: item.contentType, body: item.body) { [weak self] outcome in
                self?.settle(item.id, taken: outcome == .confirmed)
            }
        }
    }
    func received(_ message: MSRPIncomingMessage, on leg: ClientLeg) { leg.answer(message, code: 403) }
    func ended(_ leg: ClientLeg, cause: Int?) { giveUp() }
    func lost(_ leg: ClientLeg) {
        giveUp()
        leg.drop()
    }
}
