internal import Diagnostics

/// Refuses what cannot be true at once, since a verdict would rest on it.
///
/// The ICS says what an implementation can do, the policy what this deployment is set to do. A policy that withholds
/// what is claimed is no contradiction: it makes cases not applicable. One that grants what is not claimed is, and so
/// is a claim about the store where the policy says that there is none.
struct Contradictions {
    let description: ImplementationDescription
    let root: Section
    let findings: Findings

    func check() {
        checkStorage()
        checkLists()
        checkMaximum()
        checkRetention()
        checkReadings()
        checkTimers()
    }

    private func place(_ part: String, _ key: String) -> SourcePlace? {
        root[part]?.mapping?.first { $0.key == key }?.keyPlace ?? root[part]?.place ?? root.node.place
    }

    private func add(_ part: String, _ key: String, _ what: String, _ instead: String) {
        findings.add("iut.contradiction", place(part, key), what, instead)
    }

    // MARK: - Claims and policy

    private func checkStorage() {
        guard description.policy.storage == false else { return }
        for item in [PolicyItem.retention, .maximum, .keeps] where description.policy[item] != nil {
            add(
                "policy", item.rawValue, "nothing is stored, and yet '\(item.rawValue)' says something of what is",
                "remove it, or write 'storage: on'")
        }
        for option in [ICSOption.storesAfterLoss, .survivesRestart] where description.ics.claims(option) {
            add(
                "ics", option.rawValue,
                "the claim is about what is stored, and the policy of this deployment stores nothing",
                "remove it for this deployment, or write 'storage: on'")
        }
        if description.ics.isStated(.perDevice), description.ics[.perDevice] == "each" {
            add(
                "ics", ICSOption.perDevice.rawValue,
                "what was missed is kept for each device, and the policy of this deployment stores nothing",
                "write 'per-device: first', or 'storage: on'")
        }
    }

    private func checkLists() {
        let policy = description.policy
        guard policy.intermediateLists == true else { return }
        if policy.storage == false {
            add(
                "policy", "intermediate-lists", "nothing is stored, and yet intermediate lists are on",
                "write 'intermediate-lists: off'")
        }
        if !description.ics.deliversIntermediateLists {
            add(
                "policy", "intermediate-lists", "intermediate lists are on, and the ICS does not claim them",
                "add 'delivers-intermediate-lists: true' to 'ics', or write 'intermediate-lists: off'")
        }
    }

    private func checkMaximum() {
        let policy = description.policy
        if policy.storage != false, policy.maximum == 0 {
            add("policy", "maximum", "a maximum of 0 stores nothing", "write 'storage: off'")
        }
        if policy.keeps != nil, policy.maximum == nil {
            add("policy", "keeps", "'keeps' without a 'maximum' says nothing", "add 'maximum', or remove 'keeps'")
        }
    }

    private func checkRetention() {
        guard description.policy.storage != false, let retention = description.policy.retention else { return }
        if retention == 0 {
            return add("policy", "retention", "a retention of 0 stores nothing", "write 'storage: off'")
        }
        let timers = description.ixit.timers
        for name in [TimerName.noAnswer, .lossRecognition, .quiet] where timers[name] >= retention {
            return add(
                "policy", "retention",
                "an item is kept for \(retention) ms, and is gone before the timer '\(name.rawValue)' (\(timers[name]) ms) has passed",
                "set a longer retention, or correct the timer under 'ixit: timers:'")
        }
    }

    // MARK: - Claims among themselves, and with the binding

    private func checkReadings() {
        let ics = description.ics
        if description.role == .client, ics.claims(.showsAudience), !ics.claims(.processesIntermediateLists) {
            add(
                "ics", ICSOption.showsAudience.rawValue,
                "the audience of a message follows from the intermediate lists, and these are not claimed",
                "add 'processes-intermediate-lists: true', or remove it")
        }
        if description.role == .enabler, description.policy.storage != false, ics.isStated(.byeSemantics),
            ics[.byeSemantics] != "leaves", !ics.storesAfterLoss
        {
            add(
                "ics", ICSOption.byeSemantics.rawValue,
                "a membership that outlives a BYE is one for which something is stored, and storing after a loss is not claimed",
                "write 'bye-semantics: leaves', or add 'stores-after-loss: true'")
        }
        if ics.isStated(.deliveryTrigger), let other = description.binding[.deliveryTrigger],
            other != ics[.deliveryTrigger]
        {
            add(
                "binding", "delivery-trigger",
                "the ICS says '\(ics[.deliveryTrigger])' and the binding '\(other)'", "remove it here")
        }
        if ics[.groupIMDN] == "none", let carriage = description.binding[.storedDispositions] {
            add(
                "binding", BindingKey.storedDispositions.rawValue,
                "dispositions come by '\(carriage)', and the ICS says that groups have none",
                "remove it, or write another 'group-imdn' in 'ics'")
        }
    }

    private func checkTimers() {
        let timers = description.ixit.timers
        if timers[.case] <= timers[.longestWait] {
            add(
                "ixit", "timers",
                "the timer 'case' (\(timers[.case]) ms) is not longer than 'longest-wait' (\(timers[.longestWait]) ms)",
                "make 'case' longer")
        }
        if timers[.quiet] >= timers[.longestWait] {
            add(
                "ixit", "timers",
                "the timer 'quiet' (\(timers[.quiet]) ms) is not shorter than 'longest-wait' (\(timers[.longestWait]) ms)",
                "make 'quiet' shorter")
        }
        if let inactivity = description.policy.inactivity, inactivity > timers[.inactivity] {
            add(
                "policy", "inactivity",
                "the policy ends a session after \(inactivity) ms, and the timer 'inactivity' waits only \(timers[.inactivity]) ms",
                "set 'inactivity' under 'ixit: timers:' to at least the same time")
        }
        if let inactivity = description.policy.inactivity, timers[.quiet] >= inactivity {
            add(
                "ixit", "timers",
                "the timer 'quiet' (\(timers[.quiet]) ms) is not shorter than the policy's 'inactivity' (\(inactivity) ms): "
                    + "sessions would end while the harness waits",
                "make 'quiet' shorter")
        }
        let control = description.ixit.control
        if (control.stop == nil) != (control.start == nil) {
            add("ixit", "control", "there is a command for one of 'stop' and 'start' only", "give both, or 'restart'")
        }
    }
}
