import Actors
import Facts
import Recordings
import TestCases

/// The end of a case: a look whether the implementation still lives, then everybody leaves and de-registers.
///
/// Nothing here changes a verdict; what goes wrong is noted.
extension CaseStage {
    func close() async {
        await probe()
        phase = .closing
        for name in testCase.actors.map(\.name) where isThere(name) {
            guard let client = cast[name]?.client else { continue }
            for (label, group) in groups.sorted(by: { $0.key < $1.key }) {
                guard let handle = group.handle, isIn(name, label) else { continue }
                await tidy("leave", name) { () async throws(ActorFailure) in
                    try await client.leave(handle, saying: .leaves)
                }
            }
        }
        for name in testCase.actors.map(\.name) where isThere(name) {
            guard let client = cast[name]?.client, cast[name]?.isRegistered == true else { continue }
            await tidy("deregister", name) { () async throws(ActorFailure) in try await client.deregister() }
            guard let other = cast[name]?.otherDevice, other.isThere else { continue }
            await tidy("deregister", name) { () async throws(ActorFailure) in try await other.client.deregister() }
        }
    }

    private func tidy(
        _ step: String, _ name: ActorName, _ verb: () async throws(ActorFailure) -> Void
    ) async {
        guard !Task.isCancelled else { return }
        act(step, by: name, index: nil, ["who": .string(name)])
        do throws(ActorFailure) {
            try await verb()
        } catch {
            note(trouble: "closing", "\(name): \(error)")
        }
    }

    /// An implementation that has gone away must not be taken for one that behaved: any answer to OPTIONS will do.
    private func probe() async {
        let there = testCase.actors.map(\.name).first(where: isThere)
        let prober = there.flatMap { cast[$0]?.client } ?? makeOnlooker()
        guard let prober else { return }
        act("probe", by: prober.name, index: nil, [:])
        do throws(ActorFailure) {
            let status = try await prober.probe()
            act("probed", by: prober.name, index: nil, ["status": .integer(Int64(status))])
        } catch {
            if !Task.isCancelled {
                note(trouble: "unreachable", "the implementation did not answer at the end of the case: \(error)")
            }
        }
        if there == nil { await prober.stop() }
    }

    private func isThere(_ name: ActorName) -> Bool { cast[name]?.isAway == false && cast[name]?.isDisconnected == false }

    /// Somebody who can ask when everybody of the case is away.
    private func makeOnlooker() -> (any ClientActor)? {
        guard let role = testCase.actors.first, let user = users.first else { return nil }
        return makeClient(name: "onlooker", role, user)
    }
}
