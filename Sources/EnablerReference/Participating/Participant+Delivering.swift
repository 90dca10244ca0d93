import Payloads

// What the delivery machine decides: offers to the client, their outcome, and the leave-taking.
extension Participant {
    func run(_ actions: [DeliveryAction]) {
        for action in actions {
            switch action {
            case .load(let items):
                context.writer.load(items) { [weak self] found in
                    guard let self else { return }
                    self.run(self.delivery.loaded(items, found))
                }
            case .loadStart(let item):
                context.writer.roster(of: group.id, before: item) { [weak self] found in
                    guard let self else { return }
                    let snapshot = found.flatMap { RosterSnapshot(encoded: $0.body) }
                    self.run(self.delivery.loaded(start: snapshot, before: item))
                }
            case .offer(let item, let offer): send(item, offer)
            case .mark(let items, let state): context.writer.commit([.mark(items, for: user, state)])
            case .caughtUp: group.deliveryEnded(for: user, reached: true)
            case .finished: finish()
            }
        }
    }

    /// The leg brings nothing any more. That is noticed at once, and late with a defect.
    func lost(_ leg: ClientLeg) {
        let isLate = context.defects.contains(.lostUnnoticed) && activeLeg === leg && isLive && !leg.isDeferred
        guard isLate else { return noticed(leg) }
        guard notice == nil else { return }
        notice = context.timers.after(milliseconds: context.settings.lossRecognition / 3) { [weak self, weak leg] in
            self?.notice = nil
            if let leg { self?.noticed(leg) }
        }
    }

    private func noticed(_ leg: ClientLeg) {
        if activeLeg === leg { run(delivery.broke(at: context.now)) }
        run(takeover.lost(leg.number))
    }

    private func send(_ item: Int64, _ offer: DeliveryOffer) {
        guard let leg = activeLeg else { return }
        if item > 0 { context.writer.commit([.mark([item], for: user, .offered)]) }
        let (type, body): (String, [UInt8])
        switch offer {
        case .stored(let stored): (type, body) = (stored.contentType, stored.body)
        case .roster(let document): (type, body) = rendered(document, for: leg)
        case .notice(let snapshot, let document):
            return group.notice(snapshot, to: user) { [weak self] taken in
                guard let self else { return }
                if taken { self.run(self.delivery.answered(item, .confirmed)) } else { self.send(item, .roster(document)) }
            }
        }
        leg.send(contentType: type, body: body) { [weak self, weak leg] outcome in
            guard let self, let leg else { return }
            guard self.legs[leg.number] === leg else { return self.run(self.delivery.answeredLate(item, outcome)) }
            if outcome != .lost { self.lastContact = self.context.now }
            self.run(self.delivery.answered(item, outcome, at: self.context.now))
            if outcome == .lost { self.lost(leg) }
        }
    }

    /// Stored reports go by themselves, as SIP MESSAGEs, where a variation says so.
    func pageReports() {
        guard context.variations.contains(.reportsByMessage) else { return }
        let reports = delivery.takeReports()
        context.writer.load(reports.map(\.item)) { [weak self] items in
            guard let self else { return }
            let byID = Dictionary((items ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            for entry in reports {
                guard let item = byID[entry.item] else { self.paged(entry, taken: false); continue }
                self.group.page(item, to: self.user) { [weak self] taken in self?.paged(entry, taken: taken) }
            }
        }
    }

    /// Those who sent what has grown too old hear of it, where a variation says so.
    func tellExpired() {
        let items = delivery.takeExpired()
        guard context.variations.contains(.failedOnExpiry), !items.isEmpty else { return }
        context.writer.load(items) { [weak self] found in
            guard let self else { return }
            for item in found ?? [] { self.group.expired(item, at: self.user) }
        }
    }

    /// Stored reports go in a session of their own, where a variation says so, or a defect.
    func sendReportsApart() {
        let isApart = context.variations.contains(.reportsApart) || context.defects.contains(.reportsApartUndeclared)
        guard isApart, let binding = group.binding(for: user) else { return }
        let reports = delivery.takeReports()
        guard !reports.isEmpty else { return }
        context.writer.load(reports.map(\.item)) { [weak self] items in
            guard let self else { return }
            let byID = Dictionary((items ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            let found = reports.compactMap { entry in byID[entry.item].map { (entry: entry, item: $0) } }
            let session = ReportSession(found) { [weak self] entry, taken in
                self?.paged(entry, taken: taken)
            }
            self.reportSession = session
            var invitation = self.group.invitation(for: self.user, deferred: true, sendOnly: true)
            invitation.focus = "sip:rcse-standfw@\(self.context.settings.domain)"
            invitation.history = []
            invitation.isApart = true
            session.call(invitation, to: binding, context: self.context) { [weak self] leg, key, begins in
                self?.group.dialog(key, of: leg, begins: begins)
            }
        }
    }

    /// Participant information bare, or in a CPIM wrapper where the client takes it only so.
    private func rendered(_ document: RosterDocument, for leg: ClientLeg) -> (String, [UInt8]) {
        let bytes = document.conferenceInfo(context.rosters)
        let isWrapped = context.rosters.wraps && leg.media?.accepts(.conferenceInfo, wrapped: true) == true
        if leg.media?.accepts(.conferenceInfo) == true, !isWrapped { return (MediaType.conferenceInfo.essence, bytes) }
        var wrapper = CPIMMessage()
        wrapper.from = CPIMAddress(uri: document.focus)
        wrapper.to = CPIMAddress(uri: user.uri)
        wrapper.dateTime = RFC3339.string(fromMilliseconds: context.wallClock)
        wrapper.contentType = .conferenceInfo
        wrapper.body = bytes
        return (MediaType.cpim.essence, wrapper.serialized())
    }

    /// Takes leave, at once of one who was present and after a moment of one who may have reports to send.
    func finish() {
        wantsFarewell = true
        guard unanswered == 0 else { return }
        guard let terms = delivery.terms, terms.isDeferred, context.settings.farewellDelay > 0 else { return hangUp() }
        farewellLimit?.cancel()
        farewellLimit = context.timers.after(milliseconds: context.settings.farewellDelay) { [weak self] in
            guard let self, self.wantsFarewell, self.unanswered == 0 else { return }
            self.hangUp()
        }
    }

    func hangUp() {
        wantsFarewell = false
        guard let leg = activeLeg, leg.state == .established else { return }
        let isBooted = context.defects.contains(.closingByeBooted) && delivery.terms?.isDeferred == true
        leg.hangUp(isBooted ? .booted : group.farewell(for: user)) { [weak self, weak leg] answered in
            guard let self, let leg else { return }
            self.farewellOver(leg, answered: answered)
        }
        // The transaction would wait for half a minute, in which a returning user would get nothing.
        farewellLimit = context.timers.after(milliseconds: context.settings.lossRecognition) { [weak self, weak leg] in
            guard let self, let leg else { return }
            self.farewellOver(leg, answered: false)
        }
    }

    private func farewellOver(_ leg: ClientLeg, answered: Bool) {
        guard legs[leg.number] === leg else { return }
        farewellLimit?.cancel()
        farewellLimit = nil
        if answered { run(delivery.farewellAnswered()) }
        run(takeover.finished(leg.number))
        group.deliveryEnded(for: user, reached: answered)
        if !answered { returnAgain() }
    }
}
