import Facts
import Recordings
import TestCases

extension CheckContext {
    /// What a recording's header says of the implementation: its claims, its policy, its binding and its times.
    init(_ testCase: TestCase, _ evidence: Evidence, _ header: RecordingHeader) {
        let claims = ICS(json: header.iut["ics"] ?? .null)
        self.init(
            testCase: testCase, addresses: CaseContext(header: header).addresses, evidence: evidence,
            storageStated: header.iut["policy"]?["storage"]?.bool, claims: claims,
            claimsIntermediate: claims.deliversIntermediateLists, adopted: Self.adopted(header),
            statesDeclinedReading: header.iut["ics"]?["declined-reading"] == "not-owed",
            claimsStoringAfterLoss: claims.storesAfterLoss, deliversToEachDevice: claims[.perDevice] == "each",
            statesPerDevice: claims.isStated(.perDevice), claimsOneOrder: claims.ordersBetweenSenders,
            deliveryWithin: Self.milliseconds("delivery-within", header) * 1_000_000,
            participantInfoInterval: Self.milliseconds("participant-info-interval", header) * 1_000_000)
    }

    /// The keys whose value in the resolved profile is also stated by the description of the implementation.
    private static func adopted(_ header: RecordingHeader) -> [BindingKey: String] {
        var adopted: [BindingKey: String] = [:]
        for key in BindingKey.allCases {
            guard let value = header.binding["keys"]?[key.rawValue]?.string,
                header.iut["binding"]?[key.rawValue]?.string == value
            else { continue }
            adopted[key] = value
        }
        // This one has its place in the ICS.
        let trigger = ICSOption.deliveryTrigger.rawValue
        if let value = header.iut["ics"]?[trigger]?.string, header.binding["keys"]?[trigger]?.string == value {
            adopted[.deliveryTrigger] = value
        }
        return adopted
    }

    /// A timer of the implementation, held to a day.
    private static func milliseconds(_ timer: String, _ header: RecordingHeader) -> Int64 {
        min(max(header.iut["ixit"]?["timers"]?[timer]?.int64 ?? 0, 0), 86_400_000)
    }
}
