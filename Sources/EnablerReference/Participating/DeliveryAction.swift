/// What a session lets through, from its offer and answer.
struct SessionTerms: Sendable, Hashable {
    /// True when participant information may ride in the session at all.
    var takesRosters = true
    /// The largest message the client takes, in bytes; nil when it did not say.
    var maximumSize: Int?
    /// Opened by the participating function to deliver what was missed, not by an invitation or by the client.
    var isDeferred = false
    /// With another device than the one that the user registered first.
    var isOtherDevice = false
}

/// Something to hand to the client in its MSRP session.
enum DeliveryOffer: Sendable, Hashable {
    /// A message or report as it was stored.
    case stored(StoredItem)
    case roster(RosterDocument)
    /// A final list that goes to the client's subscription, or as the document where there is none.
    case notice(RosterSnapshot, RosterDocument)
}

/// What became of an offer.
enum OfferOutcome: Sendable, Hashable {
    case confirmed
    /// The client answered and will not have it: 413, 415 and the like.
    case refused
    /// Nobody can say: no answer, or the connection went.
    case lost
}

enum DeliveryAction: Sendable, Hashable {
    /// Read these items from the store, then call `loaded`.
    case load([Int64])
    /// Read the newest roster before this item, then call `loaded(start:)`.
    case loadStart(before: Int64)
    /// Send this; `item` is negative for a document that nobody is owed, such as the start of a stream.
    case offer(item: Int64, DeliveryOffer)
    /// Move items in the store.
    case mark([Int64], OwedState)
    /// Everything missed is confirmed; from here on the session is live.
    case caughtUp
    /// Everything is confirmed and the group is over: time for the BYE.
    case finished
}
