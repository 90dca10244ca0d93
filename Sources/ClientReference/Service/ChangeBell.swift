/// Counts the changes that can be seen, and tells those who wait for the next. Confined to the event loop.
final class ChangeBell {
    private(set) var revision = 1
    private var waiters: [Int: () -> Void] = [:]
    private var last = 0

    /// Something has changed.
    func ring() {
        revision += 1
        tellAll()
    }

    /// Nobody is kept waiting any more.
    func stop() { tellAll() }

    private func tellAll() {
        let all = waiters.sorted { $0.key < $1.key }.map(\.value)
        waiters = [:]
        for tell in all { tell() }
    }

    /// Calls once when the revision is above; at once where it is already. The number takes the call back.
    func wait(above revision: Int, _ tell: @escaping () -> Void) -> Int? {
        guard self.revision <= revision else {
            tell()
            return nil
        }
        last += 1
        waiters[last] = tell
        return last
    }

    /// The wait is over, with or without a change.
    func release(_ number: Int) { waiters.removeValue(forKey: number)?() }
}
