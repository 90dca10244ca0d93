import TestCases

extension CheckContext {
    /// The user tried to come back, and the implementation did not let it in any more: whether anything was stored for it,
    /// nobody can say.
    func couldNotComeBack(_ user: String) -> Bool {
        guard let returned = returnedLast(user) else { return false }
        return evidence.registration(of: user, after: returned) == nil && !evidence.isReachable(user, at: evidence.closing - 1)
    }

    /// A check that misses something at such a user taken back to inconclusive.
    func tempered(_ check: CheckResult) -> CheckResult {
        guard check.outcome == .fail, testCase.role == .enabler, !check.subject.isEmpty,
            // These fail on what came, and not on what is missing.
            !["messages.right", "messages.declined"].contains(check.id),
            CheckCatalogue[check.id]?.standing ?? .firm != .firm, couldNotComeBack(check.subject)
        else { return check }
        return check.takenBack("\(check.subject) could not come back")
    }
}
