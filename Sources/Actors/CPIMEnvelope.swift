import Payloads

/// What CPIM messages of either role begin with (RFC 3862 §4, RFC 5438 §6). Pure.
struct CPIMEnvelope {
    var from: CPIMAddress
    var to: CPIMAddress
    var dateTime: String?
    /// The imdn.Message-ID; nil leaves it out.
    var messageID: String?
    /// The prefix for the namespace of RFC 5438.
    var imdnPrefix = "imdn"

    /// The message without content.
    func message() -> CPIMMessage {
        var message = CPIMMessage()
        message.from = from
        message.to = to
        message.dateTime = dateTime
        if imdnPrefix != "imdn" {
            message.headers.append(CPIMHeader(name: "NS", value: "\(imdnPrefix) <\(CPIMMessage.imdnNamespace)>"))
        }
        message.messageID = messageID
        return message
    }
}
