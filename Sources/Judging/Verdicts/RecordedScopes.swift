public import Recordings
import TestCases

/// What the implementations of several recordings claimed, from the headers of these.
public struct RecordedScopes: Sendable {
    private var scopes: [(claims: String, scope: ClaimedScope)] = []

    public init() {}

    /// Takes up one recording; a header that cannot be read claims nothing.
    public mutating func take(_ recording: Recording) {
        guard let testCase = try? TestCase(json: recording.header.case) else { return }
        let description = ImplementationDescription(json: recording.header.iut)
        // The address and the users may be others for each case.
        let claims = description.ics.json.canonicalText + description.policy.json.canonicalText
        if let index = scopes.firstIndex(where: { $0.claims == claims }) {
            scopes[index].scope.planned.append(testCase)
        } else {
            scopes.append((claims, ClaimedScope(description: description, planned: [testCase], isWhole: false)))
        }
    }

    public var all: [ClaimedScope] { scopes.map(\.scope) }
}
