import Facts

/// A user and a message, by its Message-ID.
struct UserMessage: Hashable {
    var user: String
    var message: String
}

/// Where the facts of a recording stand, so that no check has to look through all of them for each: judging takes
/// time in proportion to the recording.
struct EvidenceIndex {
    /// One of the dispositions that came together.
    struct DispositionPlace {
        var offer: Int
        var part: Int
    }

    struct ReportKey: Hashable {
        var user: String
        var message: String
        var status: String
    }

    private(set) var offers: [String: [Int]] = [:]
    private(set) var messages: [String: [Int]] = [:]
    private(set) var copies: [UserMessage: [Int]] = [:]
    private(set) var rosters: [String: [Int]] = [:]
    private(set) var others: [String: [Int]] = [:]
    private(set) var dispositions: [String: [DispositionPlace]] = [:]
    private(set) var dispositionsAbout: [UserMessage: [DispositionPlace]] = [:]
    private(set) var chats: [UserMessage: [Int]] = [:]
    /// The first of each.
    private(set) var reports: [ReportKey: Int] = [:]
    private(set) var labels: [String: Int] = [:]
    private(set) var ids: [String: Int] = [:]
    /// The act that begins a step, and the one that says it is done, by the number of the step.
    private(set) var begins: [Int: Int] = [:]
    private(set) var ends: [Int: Int] = [:]

    mutating func add(_ offer: Offer) {
        offers[offer.user, default: []].append(offer.id)
        switch offer.item {
        case .message(let message):
            messages[offer.user, default: []].append(offer.id)
            guard let id = message.id else { return }
            copies[UserMessage(user: offer.user, message: id), default: []].append(offer.id)
        case .dispositions(let all):
            for (part, disposition) in all.enumerated() {
                let place = DispositionPlace(offer: offer.id, part: part)
                dispositions[offer.user, default: []].append(place)
                dispositionsAbout[UserMessage(user: offer.user, message: disposition.message), default: []].append(place)
            }
        case .roster: rosters[offer.user, default: []].append(offer.id)
        case .other: others[offer.user, default: []].append(offer.id)
        case .composing: break
        }
    }

    mutating func add(_ submission: Submission) {
        switch submission.item {
        case .message(let message):
            guard let id = message.id else { return }
            chats[UserMessage(user: submission.user, message: id), default: []].append(submission.id)
        case .dispositions(let all):
            for report in all {
                let key = ReportKey(user: submission.user, message: report.message, status: report.status)
                if reports[key] == nil { reports[key] = submission.id }
            }
        case .roster, .composing, .other: break
        }
    }

    mutating func add(_ act: Act, at place: Int) {
        guard let step = act.index else { return }
        if act.step == "done" {
            if ends[step] == nil { ends[step] = place }
        } else if begins[step] == nil {
            begins[step] = place
        }
    }

    mutating func add(label: String, id: String, at place: Int) {
        if labels[label] == nil { labels[label] = place }
        if ids[id] == nil { ids[id] = place }
    }
}
