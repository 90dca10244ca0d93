/// Which chat messages crossed on their way: the sender of the second had not got the first. Pure.
struct Crossings: Sendable {
    private var last: (item: Int64, sender: UserAddress)?
    private var owed: Int64 = 0

    /// Takes the next message of the group.
    ///
    /// - Parameter isOpen: whether the sender has not confirmed an item that it is owed.
    /// - Returns: whether it crossed the message before it.
    mutating func crosses(_ item: Int64, from sender: UserAddress, isOpen: (Int64) -> Bool) -> Bool {
        defer { last = (item, sender) }
        guard let last, last.sender != sender else { return false }
        return last.item > owed || isOpen(last.item)
    }

    /// A message is on its way to the others.
    mutating func isOwed(_ item: Int64) { owed = max(owed, item) }
}
