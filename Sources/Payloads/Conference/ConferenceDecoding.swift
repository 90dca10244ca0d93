import Diagnostics
import XML

// One loop over the children of each element; children of other namespaces are passed over.

extension XMLCursor {
    fileprivate func isNamed(_ name: StaticString) -> Bool {
        matches(name, in: "urn:ietf:params:xml:ns:conference-info")
    }

    /// The `state` attribute; full when there is none (RFC 4575 §5.2 and others).
    fileprivate func elementState() throws(PayloadError) -> ConferenceElementState {
        guard let written = attribute("state") else { return .full }
        guard let state = ConferenceElementState(rawValue: written.trimmingXMLSpace()) else {
            throw malformed("state", written)
        }
        return state
    }

    fileprivate func malformed(_ what: String, _ value: String) -> PayloadError {
        PayloadError(
            .malformedValue, line: line, "the \(what) of \(name) cannot be '\(escapedPeerText(value, limit: 40))'")
    }

    fileprivate var boolean: Bool? { ResourceList.booleans[token] }
}

extension ConferenceInfo {
    init(decoding root: XMLCursor) throws(PayloadError) {
        guard root.isNamed("conference-info") else {
            throw .wrongRoot(root, expected: "conference-info", in: Self.namespace)
        }
        self.init(entity: try root.required("entity"), state: try root.elementState())
        if let written = root.attribute("version") {
            guard let number = written.trimmingXMLSpace().decimal else { throw root.malformed("version", written) }
            version = number
        }
        for child in root.children {
            if child.isNamed("users") {
                usersState = try child.elementState()
                for user in child.children where user.isNamed("user") { users.append(try ConferenceUser(user)) }
            } else if child.isNamed("conference-description") {
                description = ConferenceDescription(child)
            } else if child.isNamed("host-info") {
                hostInfo = ConferenceHost(child)
            } else if child.isNamed("conference-state") {
                conferenceState = ConferenceStateInfo(child)
            }
        }
    }
}

extension ConferenceDescription {
    fileprivate init(_ element: XMLCursor) {
        self.init()
        for child in element.children {
            if child.isNamed("display-text") {
                displayText = child.text
            } else if child.isNamed("subject") {
                subject = child.text
            } else if child.isNamed("free-text") {
                freeText = child.text
            } else if child.isNamed("keywords") {
                keywords = child.text.split(whereSeparator: \.isWhitespace).map(String.init)
            } else if child.isNamed("conf-uris") {
                conferenceURIs = ConferenceURI.list(child)
            } else if child.isNamed("service-uris") {
                serviceURIs = ConferenceURI.list(child)
            } else if child.isNamed("maximum-user-count") {
                maximumUserCount = child.token.decimal
            }
        }
    }
}

extension ConferenceURI {
    fileprivate static func list(_ element: XMLCursor) -> [ConferenceURI] {
        var all: [ConferenceURI] = []
        for entry in element.children where entry.isNamed("entry") {
            var item = ConferenceURI("")
            for child in entry.children {
                if child.isNamed("uri") {
                    item.uri = child.token
                } else if child.isNamed("display-text") {
                    item.displayText = child.text
                } else if child.isNamed("purpose") {
                    item.purpose = child.text
                }
            }
            all.append(item)
        }
        return all
    }
}

extension ConferenceHost {
    fileprivate init(_ element: XMLCursor) {
        self.init()
        for child in element.children {
            if child.isNamed("display-text") {
                displayText = child.text
            } else if child.isNamed("web-page") {
                webPage = child.token
            } else if child.isNamed("uris") {
                uris = ConferenceURI.list(child)
            }
        }
    }
}

extension ConferenceStateInfo {
    fileprivate init(_ element: XMLCursor) {
        self.init()
        for child in element.children {
            if child.isNamed("user-count") {
                userCount = child.token.decimal
            } else if child.isNamed("active") {
                active = child.boolean
            } else if child.isNamed("locked") {
                locked = child.boolean
            }
        }
    }
}

extension ConferenceUser {
    fileprivate init(_ element: XMLCursor) throws(PayloadError) {
        self.init(entity: element.attribute("entity")?.trimmingXMLSpace(), state: try element.elementState())
        for child in element.children {
            if child.isNamed("endpoint") {
                endpoints.append(try ConferenceEndpoint(child))
            } else if child.isNamed("display-text") {
                displayText = child.text
            } else if child.isNamed("roles") {
                for entry in child.children where entry.isNamed("entry") { roles.append(entry.token) }
            } else if child.isNamed("associated-aors") {
                associatedAORs = ConferenceURI.list(child)
            } else if child.isNamed("languages") {
                languages = child.text.split(whereSeparator: \.isWhitespace).map(String.init)
            } else if child.isNamed("cascaded-focus") {
                cascadedFocus = child.token
            }
        }
    }
}

extension ConferenceEndpoint {
    fileprivate init(_ element: XMLCursor) throws(PayloadError) {
        self.init(entity: element.attribute("entity"), state: try element.elementState())
        for child in element.children {
            if child.isNamed("status") {
                status = EndpointStatus(rawValue: child.token)
            } else if child.isNamed("joining-method") {
                joiningMethod = JoiningMethod(rawValue: child.token)
            } else if child.isNamed("disconnection-method") {
                disconnectionMethod = DisconnectionMethod(rawValue: child.token)
            } else if child.isNamed("media") {
                media.append(try ConferenceMedia(child))
            } else {
                decodeRest(child)
            }
        }
    }

    private mutating func decodeRest(_ child: XMLCursor) {
        if child.isNamed("display-text") {
            displayText = child.text
        } else if child.isNamed("referred") {
            referred = ConferenceExecution(child)
        } else if child.isNamed("joining-info") {
            joiningInfo = ConferenceExecution(child)
        } else if child.isNamed("disconnection-info") {
            disconnectionInfo = ConferenceExecution(child)
        } else if child.isNamed("call-info") {
            for sip in child.children where sip.isNamed("sip") { callInfo = ConferenceCallInfo(sip) }
        }
    }
}

extension ConferenceExecution {
    fileprivate init(_ element: XMLCursor) {
        self.init()
        for child in element.children {
            if child.isNamed("when") {
                when = child.token
            } else if child.isNamed("reason") {
                reason = child.text
            } else if child.isNamed("by") {
                by = child.token
            }
        }
    }
}

extension ConferenceMedia {
    fileprivate init(_ element: XMLCursor) throws(PayloadError) {
        self.init(id: try element.required("id"), state: try element.elementState())
        for child in element.children {
            if child.isNamed("display-text") {
                displayText = child.text
            } else if child.isNamed("type") {
                type = child.token
            } else if child.isNamed("label") {
                label = child.token
            } else if child.isNamed("src-id") {
                sourceID = child.token
            } else if child.isNamed("status") {
                status = MediaDirection(rawValue: child.token)
            }
        }
    }
}

extension ConferenceCallInfo {
    fileprivate init(_ element: XMLCursor) {
        self.init(callID: "", fromTag: "", toTag: "")
        for child in element.children {
            if child.isNamed("display-text") {
                displayText = child.text
            } else if child.isNamed("call-id") {
                callID = child.token
            } else if child.isNamed("from-tag") {
                fromTag = child.token
            } else if child.isNamed("to-tag") {
                toTag = child.token
            }
        }
    }
}
