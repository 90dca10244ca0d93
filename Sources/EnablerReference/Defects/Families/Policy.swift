extension Defect {
    /// Policy of the deployment that is passed over.
    static let policy: [Defect: DefectFacts] = [:]
}
