extension MSRPHead {
    /// The first breach of RFC 4975 §7.1 or §9 that leaves the framing whole; nil for a sound head.
    ///
    /// A request with a fault is answered 400. The sentence says what is wrong.
    public var fault: String? { fault(knowing: nil) }

    /// As `fault`, but does not parse paths again that are as in a head found sound before.
    func fault(knowing sound: MSRPHead?) -> String? {
        if headers.count < 2 || !equalIgnoringCase(headers[0].name, "To-Path") {
            return "To-Path is not the first header"
        }
        if !equalIgnoringCase(headers[1].name, "From-Path") { return "From-Path is not the second header" }
        if headers[0].value != sound?.headers[0].value, MSRPURI.path(headers[0].value) == nil {
            return "To-Path is no list of MSRP URIs"
        }
        if headers[1].value != sound?.headers[1].value, MSRPURI.path(headers[1].value) == nil {
            return "From-Path is no list of MSRP URIs"
        }
        var seen: Set<String> = []
        for field in headers {
            if let problem = MSRPHead.problem(of: field) { return problem }
            if let name = MSRPHead.single(field.name), !seen.insert(name).inserted { return "\(name) is there twice" }
        }
        if let method, method == "SEND" || method == "REPORT", messageID == nil { return "Message-ID is missing" }
        if method == "REPORT", self["Status"] == nil { return "Status is missing" }
        return nil
    }

    /// The usual form of the name of a header of which there can be one; nil for all others.
    private static func single(_ name: String) -> String? {
        ["To-Path", "From-Path", "Message-ID", "Byte-Range", "Success-Report", "Failure-Report", "Status", "Content-Type"]
            .first { equalIgnoringCase($0, name) }
    }

    private static func problem(of field: MSRPHeaderField) -> String? {
        let value = field.value
        if equalIgnoringCase(field.name, "Message-ID") {
            let length = value.utf8.count
            let sound = length >= 4 && length <= 32 && value.utf8.allSatisfy(Octet.isIdentifier)
            return sound ? nil : "Message-ID is no identifier of 4 to 32 characters"
        }
        if equalIgnoringCase(field.name, "Byte-Range") {
            guard let range = MSRPByteRange(value) else { return "Byte-Range is not start-end/total" }
            return range.start < 1 ? "Byte-Range starts before octet 1" : nil
        }
        if equalIgnoringCase(field.name, "Failure-Report") {
            let known = MSRPFailureReport.allCases.contains { equalIgnoringCase($0.rawValue, value) }
            return known ? nil : "Failure-Report is neither yes, no nor partial"
        }
        if equalIgnoringCase(field.name, "Success-Report") {
            let known = equalIgnoringCase(value, "yes") || equalIgnoringCase(value, "no")
            return known ? nil : "Success-Report is neither yes nor no"
        }
        if equalIgnoringCase(field.name, "Content-Type") {
            let parts = value.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let sound = parts.count == 2 && !parts[0].isEmpty && parts[0].utf8.allSatisfy(Octet.isToken) && !parts[1].isEmpty
            return sound ? nil : "Content-Type is no media type"
        }
        return nil
    }
}
