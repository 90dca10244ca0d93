extension ImplementationDescription {
    /// The description of a reference client that runs in this process: it claims everything.
    public static var embeddedClient: ImplementationDescription {
        let ixit = IXIT(
            address: IXITAddress(host: "127.0.0.1", port: 0), domain: "cpm.example", factory: "sip:factory@cpm.example",
            users: [IXITUser(uri: "sip:cpm-1@cpm.example")], timers: .embedded)
        var description = ImplementationDescription(
            iut: ImplementationParty(name: "cpmcheck reference client"), role: .client, ixit: ixit)
        for option in ICSOption.allCases where option.role == .client && option.values == .flag {
            description.ics[option] = "true"
        }
        description.ixit.control.isBuiltIn = true
        description.ics[.sendsReports] = "delivered-and-displayed"
        return description
    }
}
