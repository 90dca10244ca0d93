/// The document of an is-composing indication (RFC 3994 §3).
public enum IsComposing {
    /// It says that its sender is composing a message now.
    public static let active = Array(
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">"
            + "<state>active</state></isComposing>").utf8)
}
