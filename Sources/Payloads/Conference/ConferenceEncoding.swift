import XML

extension ConferenceInfo {
    /// The document as bytes, elements in the order of the schema. `state` attributes are written where they are not `full`.
    public func serialized() -> [UInt8] {
        var writer = XMLWriter()
        writer.open(
            "conference-info",
            [
                ("xmlns", Self.namespace), ("entity", entity), ("state", state.rawValue),
                ("version", version.map { String($0) }),
            ])
        description?.write(to: &writer)
        hostInfo?.write(to: &writer)
        conferenceState?.write(to: &writer)
        let usersState = usersState ?? (state == .partial ? .partial : .full)
        if self.usersState != nil || !users.isEmpty {
            writer.open("users", [("state", usersState.written)])
            for user in users { user.write(to: &writer) }
            writer.close()
        }
        writer.close()
        return writer.bytes
    }
}

extension ConferenceElementState {
    /// nil for the default.
    fileprivate var written: String? { self == .full ? nil : rawValue }
}

extension ConferenceDescription {
    fileprivate func write(to writer: inout XMLWriter) {
        writer.open("conference-description")
        writer.element("display-text", displayText)
        writer.element("subject", subject)
        writer.element("free-text", freeText)
        writer.element("keywords", keywords.isEmpty ? nil : keywords.joined(separator: " "))
        ConferenceURI.write(conferenceURIs, as: "conf-uris", to: &writer)
        ConferenceURI.write(serviceURIs, as: "service-uris", to: &writer)
        writer.element("maximum-user-count", maximumUserCount.map { String($0) })
        writer.close()
    }
}

extension ConferenceURI {
    fileprivate static func write(_ list: [ConferenceURI], as name: String, to writer: inout XMLWriter) {
        guard !list.isEmpty else { return }
        writer.open(name)
        for item in list {
            writer.open("entry")
            writer.element("uri", item.uri)
            writer.element("display-text", item.displayText)
            writer.element("purpose", item.purpose)
            writer.close()
        }
        writer.close()
    }
}

extension ConferenceHost {
    fileprivate func write(to writer: inout XMLWriter) {
        writer.open("host-info")
        writer.element("display-text", displayText)
        writer.element("web-page", webPage)
        ConferenceURI.write(uris, as: "uris", to: &writer)
        writer.close()
    }
}

extension ConferenceStateInfo {
    fileprivate func write(to writer: inout XMLWriter) {
        writer.open("conference-state")
        writer.element("user-count", userCount.map { String($0) })
        writer.element("active", active.map { String($0) })
        writer.element("locked", locked.map { String($0) })
        writer.close()
    }
}

extension ConferenceUser {
    fileprivate func write(to writer: inout XMLWriter) {
        writer.open("user", [("entity", entity), ("state", state.written)])
        writer.element("display-text", displayText)
        ConferenceURI.write(associatedAORs, as: "associated-aors", to: &writer)
        if !roles.isEmpty {
            writer.open("roles")
            for role in roles { writer.element("entry", role) }
            writer.close()
        }
        writer.element("languages", languages.isEmpty ? nil : languages.joined(separator: " "))
        writer.element("cascaded-focus", cascadedFocus)
        for endpoint in endpoints { endpoint.write(to: &writer) }
        writer.close()
    }
}

extension ConferenceEndpoint {
    fileprivate func write(to writer: inout XMLWriter) {
        writer.open("endpoint", [("entity", entity), ("state", state.written)])
        writer.element("display-text", displayText)
        referred?.write(as: "referred", to: &writer)
        writer.element("status", status?.rawValue)
        writer.element("joining-method", joiningMethod?.rawValue)
        joiningInfo?.write(as: "joining-info", to: &writer)
        writer.element("disconnection-method", disconnectionMethod?.rawValue)
        disconnectionInfo?.write(as: "disconnection-info", to: &writer)
        for medium in media { medium.write(to: &writer) }
        callInfo?.write(to: &writer)
        writer.close()
    }
}

extension ConferenceExecution {
    fileprivate func write(as name: String, to writer: inout XMLWriter) {
        writer.open(name)
        writer.element("when", when)
        writer.element("reason", reason)
        writer.element("by", by)
        writer.close()
    }
}

extension ConferenceMedia {
    fileprivate func write(to writer: inout XMLWriter) {
        writer.open("media", [("id", id), ("state", state.written)])
        writer.element("display-text", displayText)
        writer.element("type", type)
        writer.element("label", label)
        writer.element("src-id", sourceID)
        writer.element("status", status?.rawValue)
        writer.close()
    }
}

extension ConferenceCallInfo {
    fileprivate func write(to writer: inout XMLWriter) {
        writer.open("call-info")
        writer.open("sip")
        writer.element("display-text", displayText)
        writer.element("call-id", callID)
        writer.element("from-tag", fromTag)
        writer.element("to-tag", toTag)
        writer.close()
        writer.close()
    }
}
