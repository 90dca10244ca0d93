extension ImplementationDescription {
    /// The description of a reference enabler that runs in this process: it claims everything, and
    /// adopts the binding profile.
    ///
    /// `users` is the number of subscribers `sip:cpm-1@cpm.example` … that it knows; `profile` says what its provider
    /// sets otherwise.
    public static func embedded(
        address: IXITAddress, users: Int = 8, profile: ProviderProfile = .standard
    ) -> ImplementationDescription {
        let ixit = IXIT(
            address: address, domain: "cpm.example", factory: "sip:factory@cpm.example",
            users: (1...max(1, users)).map { IXITUser(uri: "sip:cpm-\($0)@cpm.example") }, timers: .embedded)
        var description = ImplementationDescription(
            iut: ImplementationParty(name: "cpmcheck reference enabler"), role: .enabler, ixit: ixit)
        description.ixit.control.isBuiltIn = true
        for option in ICSOption.allCases where option.role == .enabler && option.values == .flag {
            description.ics[option] = "true"
        }
        description.ics[.byeSemantics] = "503-keeps"
        description.ics[.groupIMDN] = "all"
        description.ics[.perDevice] = "first"
        description.ics[.deliveryTrigger] = "registration"
        description.ics[.declinedReading] = "not-owed"
        // What our own enabler does is what our profile says, in every key.
        for key in BindingKey.allCases { description.binding[key] = key.permitted[0] }
        description.policy.storage = true
        description.policy.intermediateLists = true
        description.policy.inactivity = Timers.embedded[.inactivity]
        description.ics[.creatorReading] = "owed"
        description.ics[.removedReading] = "owed"
        description.ics[.lateInviteeReading] = "not-owed"
        profile.apply(to: &description)
        return description
    }
}
