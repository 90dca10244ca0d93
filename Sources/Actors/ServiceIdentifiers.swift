/// The identifiers by which OMA CPM group chat is known on the wire.
enum ServiceIdentifiers {
    /// `P-Preferred-Service` of a group session (RFC 6050).
    static let groupSession = "urn:urn-7:3gpp-service.ims.icsi.oma.cpm.session.group"
    /// `P-Preferred-Service` of what travels outside a session.
    static let message = "urn:urn-7:3gpp-service.ims.icsi.oma.cpm.msg"
    /// Feature tag of Contact and Accept-Contact (RFC 3840), escaped as it stands on the wire.
    static let sessionTag = "+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session\""
    /// Feature tag of group store and forward.
    static let storeAndForwardTag =
        "+g.3gpp.iari-ref=\"urn%3Aurn-7%3A3gpp-application.ims.iari.rcs.fullsfgroupchat\""
    /// The methods that the clients answer.
    static let allow = "INVITE, ACK, CANCEL, BYE, OPTIONS, MESSAGE, NOTIFY, UPDATE"
    static let conferenceInfo = "application/conference-info+xml"
}
