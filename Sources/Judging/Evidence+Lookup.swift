import Facts

/// Looking things up. Whatever returns all that came to a user is for one pass of a check, never for one pass a message.
extension Evidence {
    /// A chat message that came, with its record.
    typealias MessageOffer = (record: OfferRecord, message: ChatMessage)
    /// A single disposition that came, with the record of the item that it came in.
    typealias DispositionOffer = (record: OfferRecord, disposition: Disposition)

    /// True for one who was away for a time, or who did what would bring back one who had been.
    func wasAway(_ user: String) -> Bool { absences[user] != nil || returns[user] != nil }

    /// The offers at a user, in the order they came.
    func offers(at user: String) -> [OfferRecord] { (index.offers[user] ?? []).map { offers[$0] } }

    /// The chat messages offered to a user, in the order they came.
    func messageOffers(at user: String) -> [MessageOffer] { (index.messages[user] ?? []).compactMap(messageOffer) }

    /// The copies of one message that came to a user, in the order they came.
    func copies(of id: String, at user: String) -> [MessageOffer] {
        (index.copies[UserMessage(user: user, message: id)] ?? []).compactMap(messageOffer)
    }

    private func messageOffer(_ id: Int) -> MessageOffer? {
        guard case .message(let message) = offers[id].offer.item else { return nil }
        return (offers[id], message)
    }

    /// The single disposition notifications offered to a user, unpacked.
    func dispositionOffers(at user: String) -> [DispositionOffer] {
        (index.dispositions[user] ?? []).compactMap(dispositionOffer)
    }

    /// Those among them that are about one message.
    func dispositionOffers(about id: String, at user: String) -> [DispositionOffer] {
        (index.dispositionsAbout[UserMessage(user: user, message: id)] ?? []).compactMap(dispositionOffer)
    }

    private func dispositionOffer(_ place: EvidenceIndex.DispositionPlace) -> DispositionOffer? {
        guard case .dispositions(let all) = offers[place.offer].offer.item else { return nil }
        return (offers[place.offer], all[place.part])
    }

    /// The participant-information documents offered to a user.
    func rosterOffers(at user: String) -> [(record: OfferRecord, roster: Roster)] {
        (index.rosters[user] ?? []).compactMap { id in
            if case .roster(let roster) = offers[id].offer.item { return (offers[id], roster) }
            return nil
        }
    }

    /// Those among them that came in a session of one group, or are about a focus of it.
    func rosterOffers(at user: String, in group: String) -> [(record: OfferRecord, roster: Roster)] {
        guard let identity = groups[group] else { return [] }
        let known = focuses[identity] ?? []
        return rosterOffers(at: user).filter { record, roster in
            if let id = record.offer.session { return session(id)?.session.group == identity }
            return known.contains(AddressBook.canonical(roster.entity))
        }
    }

    /// What came to a user and is nothing known.
    func otherOffers(at user: String) -> [OfferRecord] { (index.others[user] ?? []).map { offers[$0] } }

    func message(labelled label: String) -> ScriptMessage? { index.labels[label].map { messages[$0] } }

    func message(withID id: String?) -> ScriptMessage? { id.flatMap { index.ids[$0] }.map { messages[$0] } }

    /// What the sender of a scripted message put on the wire, and how it was answered.
    func submission(of message: ScriptMessage) -> SubmissionRecord? {
        let all = index.chats[UserMessage(user: message.by, message: message.id)] ?? []
        // One that was challenged goes out twice.
        return (all.first { submissions[$0].accepted == true } ?? all.first).map { submissions[$0] }
    }

    /// The first report that an actor gave with this status about a message, as it left.
    func report(_ status: String, by actor: String, about id: String) -> SubmissionRecord? {
        index.reports[EvidenceIndex.ReportKey(user: actor, message: id, status: status)].map { submissions[$0] }
    }

    /// The act that began a step.
    func begin(ofStep step: Int?) -> (fact: Fact, act: Act)? { step.flatMap { index.begins[$0] }.map { acts[$0] } }

    /// True for a step that did not get where it wanted.
    func isUnmet(_ step: Int?) -> Bool { end(ofStep: step)?.act.text("result") == "unmet" }

    /// The act that says that a step is over.
    func end(ofStep step: Int?) -> (fact: Fact, act: Act)? { step.flatMap { index.ends[$0] }.map { acts[$0] } }

    func session(_ id: Int?) -> SessionRecord? {
        guard let id, sessions.indices.contains(id) else { return nil }
        return sessions[id]
    }

    /// True when the user could be reached at the time: registered, and not cut off since.
    func isReachable(_ user: String, at time: Int64) -> Bool {
        var reachable = false
        for fact in facts where fact.at <= time {
            switch fact.what {
            case .registered(user): reachable = true
            case .deregistered(user), .unreachable(user): reachable = false
            default: break
            }
        }
        return reachable
    }

    /// The first time after `start` at which the user was registered; nil for never.
    func registration(of user: String, after start: Int64) -> Fact? {
        facts.first { fact in
            guard fact.at >= start, case .registered(let who) = fact.what else { return false }
            return who == user
        }
    }
}
