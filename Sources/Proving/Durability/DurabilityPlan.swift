import Connections

/// When what happens in one exchange: drawn from the seed, so that it can be played again.
public struct DurabilityPlan: Sendable, Hashable {
    /// Counted from 1.
    public var number: Int
    public var seed: UInt64
    /// Milliseconds after the beginning of the traffic.
    public var kill: Int64
    /// When the one who never registered comes, in milliseconds; after the kill it comes with the others.
    public var arrival: Int64
    /// When the one who is in loses its connections, and when it is back.
    public var loss: Int64
    public var back: Int64

    /// Kills fall between 0.3 and 3 s after the beginning: creation, live traffic, takeover and deliveries are all hit.
    public init(number: Int, seed: UInt64) {
        let dice = TokenSource(seed: seed).child("durability-\(number)")
        func roll(_ range: ClosedRange<Int64>) -> Int64 {
            range.lowerBound + Int64(dice.next() % UInt64(range.upperBound - range.lowerBound + 1))
        }
        self.number = number
        self.seed = dice.next()
        kill = roll(300...3_000)
        arrival = roll(0...4_000)
        loss = roll(0...2_000)
        back = loss + roll(100...2_500)
    }
}
