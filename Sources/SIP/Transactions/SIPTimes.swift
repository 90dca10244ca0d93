/// The base times of the transaction machines, in nanoseconds (RFC 3261 §17.1.1.1).
struct SIPTimes: Sendable, Hashable {
    var t1: Int64 = 500_000_000
    var t2: Int64 = 4_000_000_000
    /// How long the user may think about an INVITE before 100 goes out (RFC 3261 §17.2.1).
    var trying: Int64 = 200_000_000

    /// 64*T1: timers B, F, H, L and M.
    var transaction: Int64 { 64 * t1 }
}
