import HTTP
import Recordings
import TestSupport
import Testing

@testable import UpperTester

private typealias Specification = UpperTesterSpecification

extension UpperTesterSpecification {
    fileprivate func operation(_ operation: UpperTesterOperation) -> JSONValue? { self.operation(operation.rawValue) }

    fileprivate func content(_ operation: UpperTesterOperation, _ status: Int) -> [String: JSONValue]? {
        content(operation.rawValue, status)
    }
}

@Suite("The OpenAPI document of the upper tester")
struct SpecificationTests {
    @Test("it has every operation that is served and no other, under the same names")
    func operations() throws {
        let specification = try Specification.shared.get()
        #expect(specification.document["openapi"]?.string?.hasPrefix("3.1.") == true)
        #expect(specification.document["info"]?["version"]?.string == UpperTesterIdentity.currentVersion)
        #expect(Set(specification.operations.map(\.name)) == Set(UpperTesterOperation.allCases.map(\.rawValue)))
        for operation in UpperTesterOperation.allCases {
            #expect(specification.operation(operation)?["operationId"]?.string == "\(operation)")
            #expect(specification.operation(operation)?["summary"] != nil)
        }
    }

    @Test("each operation lists the statuses with which it may succeed, and refusals that the client knows", arguments: UpperTesterOperation.allCases)
    func statuses(_ operation: UpperTesterOperation) throws {
        let responses = try #require(try Specification.shared.get().operation(operation)?["responses"]?.object)
        let statuses = Set(responses.keys.compactMap { Int($0) })
        #expect(statuses.filter { $0 < 300 } == Set(operation.successes))
        let refusals = statuses.filter { $0 >= 300 }
        #expect(refusals.isSubset(of: UpperTesterAsker.refusals))
        #expect(refusals.isSuperset(of: [401, 500, 503]))
        #expect(refusals.contains(415) == (try Specification.shared.get().operation(operation)?["requestBody"] != nil))
        #expect(refusals.contains(404) == operation.path.contains("{id}"))
    }

    @Test("every reference leads somewhere, and every schema is used")
    func references() throws {
        let specification = try Specification.shared.get()
        var used: Set<String> = []
        func walk(_ value: JSONValue) {
            if let reference = value["$ref"]?.string {
                used.insert(reference)
                #expect(specification.validator.resolve(reference) != nil, "\(reference)")
            }
            for child in value.object.map({ Array($0.values) }) ?? value.array ?? [] { walk(child) }
        }
        walk(specification.document)
        for kind in ["schemas", "responses", "parameters"] {
            for name in specification.document["components"]?[kind]?.object?.keys.sorted() ?? [] {
                #expect(used.contains("#/components/\(kind)/\(name)"), "\(name) is not used")
            }
        }
    }

    @Test("every path parameter of a path is declared, and lists take after and wait", arguments: UpperTesterOperation.allCases)
    func parameters(_ operation: UpperTesterOperation) throws {
        let specification = try Specification.shared.get()
        let (_, path, detail) = try #require(specification.operations.first { $0.name == operation.rawValue })
        let all = (path["parameters"]?.array ?? []) + (detail["parameters"]?.array ?? [])
        let names = all.compactMap { specification.validator.resolved($0)?["name"]?.string }
        let inPath = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
        let isList = [.conversations, .messages, .participants, .history].contains(operation)
        #expect(names.sorted() == (inPath + (isList ? ["after", "wait"] : [])).sorted())
        let wait = specification.validator.resolve("#/components/parameters/wait")?["schema"]
        #expect(wait?["maximum"]?.int == RoutedRequest.longestWait)
    }

    @Test("every example is valid, and is read")
    func examples() throws {
        let specification = try Specification.shared.get()
        var count = 0
        for operation in UpperTesterOperation.allCases {
            let responses = specification.operation(operation)?["responses"]?.object?.keys.compactMap { Int($0) } ?? []
            let contents = responses.compactMap { specification.content(operation, $0) }
                + [specification.operation(operation)?["requestBody"]?["content"]?.object].compactMap { $0 }
            for media in contents.flatMap(\.values) {
                guard let example = media["example"], let schema = media["schema"] else { continue }
                #expect(specification.validator.faults(example, schema).isEmpty, "\(operation): \(specification.validator.faults(example, schema))")
                #expect(throws: Never.self) { try Self.read(example, schema["$ref"]?.string ?? "") }
                count += 1
            }
        }
        #expect(count >= 25)
    }

    private static func read(_ example: JSONValue, _ reference: String) throws {
        let types: [String: any UpperTesterDocument.Type] = [
            "Identity": UpperTesterIdentity.self, "Connection": ClientConnection.self, "ConnectionOrder": ConnectionOrder.self,
            "InvitationConduct": InvitationConduct.self, "InvitationAnswer": InvitationAnswer.self,
            "NewConversation": NewConversation.self, "Conversations": ShownConversations.self,
            "Conversation": ShownConversation.self, "NewMessage": NewMessage.self, "Messages": ShownMessages.self,
            "Message": ShownMessage.self, "Participants": ShownParticipants.self, "History": ShownHistory.self,
            "Problem": ProblemDetails.self,
        ]
        let name = String(reference.split(separator: "/").last ?? "")
        guard let type = types[name] else { throw Specification.Unreadable() }
        _ = try type.init(json: example)
    }

    @Test("its bounds are those that are enforced")
    func bounds() throws {
        let schemas = try #require(try Specification.shared.get().document["components"]?["schemas"])
        #expect(schemas["Identifier"]?["maxLength"]?.int == DocumentLimits.identifier)
        #expect(schemas["Address"]?["maxLength"]?.int == DocumentLimits.address)
        #expect(schemas["Revision"]?["maximum"]?.int == DocumentLimits.revision)
        for (name, key) in [("Conversations", "conversations"), ("Messages", "messages"), ("History", "entries")] {
            #expect(schemas[name]?["properties"]?[key]?["maxItems"]?.int == DocumentLimits.entries)
        }
    }
}

@Suite("What is served, against the OpenAPI document", .timeLimit(.minutes(1)))
struct ServedTests {
    /// One request for each operation, with a body where it has one.
    private static let bodies: [UpperTesterOperation: JSONValue] = [
        .setOnline: ["online": true], .meetInvitations: ["answer": "decline"],
        .createConversation: ["participants": ["sip:bob@cpm.example"], "unknown": [1, 2]],
        .answerInvitation: ["answer": "accept"], .sendMessage: ["text": "hello"],
    ]

    private func ask(
        _ http: HTTPClient, _ base: String, _ operation: UpperTesterOperation, id: String = "g", message: String = "m 1",
        body: JSONValue? = nil, query: String = ""
    ) async throws -> HTTPResponse {
        let url = try HTTPURL(base + operation.path([id, message]) + query)
        let method = try #require(HTTPRequest.Method(rawValue: operation.method))
        let document = body ?? Self.bodies[operation]
        let headers = document == nil ? [] : [HTTPField("Content-Type", "application/json; charset=utf-8")]
        return try await http.send(
            HTTPRequest(method, url, headers: headers, body: document?.canonicalBytes ?? (method == .post ? [] : nil)))
    }

    private func check(_ response: HTTPResponse, of operation: UpperTesterOperation) throws {
        let specification = try Specification.shared.get()
        let faults = specification.faults(
            of: operation.rawValue, status: response.status, type: response.headers.mediaType, body: response.body)
        #expect(faults.isEmpty, "\(operation) \(response.status): \(faults)")
    }

    @Test("every operation is served with a status and a document of the specification", arguments: UpperTesterOperation.allCases)
    func success(_ operation: UpperTesterOperation) async throws {
        let fake = FakeClient()
        _ = try await fake.setOnline(true)
        fake.invite("g", subject: "Team")
        fake.receive(FakeClient.received("m 1", .text("é\n")), in: "g")
        fake.receive(FakeClient.received("m2", .data([0, 1, 255])), in: "g")
        try await withHandler(handler(UpperTesterRoutes(fake))) { server in
            let http = HTTPClient()
            let response = try await ask(http, "http://\(server.address)", operation)
            #expect(response.status == operation.successes[0])
            try check(response, of: operation)
            await http.shutdown()
        }
    }

    @Test("every operation that names a conversation says 404 as the specification does when there is none", arguments: UpperTesterOperation.allCases.filter { $0.path.contains("{id}") })
    func missing(_ operation: UpperTesterOperation) async throws {
        try await withHandler(handler(UpperTesterRoutes(FakeClient()))) { server in
            let http = HTTPClient()
            let response = try await ask(http, "http://\(server.address)", operation, id: "nowhere")
            #expect(response.status == 404)
            try check(response, of: operation)
            await http.shutdown()
        }
    }

    @Test(
        "every operation with a body refuses what is not JSON, not the document, and not sent as JSON",
        arguments: [UpperTesterOperation.setOnline, .meetInvitations, .createConversation, .answerInvitation, .sendMessage])
    func badBodies(_ operation: UpperTesterOperation) async throws {
        let fake = FakeClient()
        fake.invite("g")
        try await withHandler(handler(UpperTesterRoutes(fake))) { server in
            let http = HTTPClient()
            let base = "http://\(server.address)"
            for body: JSONValue in [[:], [], "text", ["online": "yes", "answer": 3, "participants": "all", "text": nil]] {
                let response = try await ask(http, base, operation, body: body)
                #expect(response.status == 400)
                try check(response, of: operation)
            }
            let method = try #require(HTTPRequest.Method(rawValue: operation.method))
            for (type, body, status) in [("application/json", "{\n \"a\":}", 400), ("text/plain", "{}", 415)] {
                let request = HTTPRequest(
                    method, try HTTPURL(base + operation.path(["g"])), headers: [HTTPField("Content-Type", type)],
                    body: Array(body.utf8))
                let response = try await http.send(request)
                #expect(response.status == status)
                try check(response, of: operation)
                if status == 400 { #expect(String(decoding: response.body, as: UTF8.self).contains("line 2, column 6")) }
            }
            await http.shutdown()
        }
    }

    @Test(
        "after and wait that are no such numbers are refused",
        arguments: ["after=x", "after=-1", "after=1&after=2", "after=1&wait=30001", "wait=5", "after=99999999999999999999", "after="])
    func badQueries(_ query: String) async throws {
        try await withHandler(handler(UpperTesterRoutes(FakeClient()))) { server in
            let http = HTTPClient()
            let response = try await ask(http, "http://\(server.address)", .conversations, query: "?" + query)
            #expect(response.status == 400)
            try check(response, of: .conversations)
            await http.shutdown()
        }
    }

    @Test("a path that is not there is 404, a method that is not 405 with those that are, bad encoding 400; all with problem details")
    func paths() async {
        let routes = UpperTesterRoutes(FakeClient(), basePath: "/base")
        for (method, target, status) in [
            ("GET", "/", 404), ("GET", "/v1", 404), ("GET", "/base/v1/", 404), ("GET", "/base/v2", 404), ("GET", "/base/v1/conversations/a/b", 404),
            ("GET", "/baseness/v1", 404), ("DELETE", "/base/v1", 405), ("POST", "/base/v1/connection", 405),
            ("GET", "/base/v1/conversations/%zz", 400), ("GET", "/base/v1/conversations//messages", 400),
            ("GET", "/base/v1/conversations/%FF", 400), ("GET", "/base/v1?x=y", 200),
        ] {
            let answer = await routes.answer(HTTPServerRequest(method: method, target: target))
            #expect(answer.status == status, "\(method) \(target)")
            if status == 405 { #expect(answer.headers.first("allow") != nil) }
            if status != 200 {
                #expect(answer.headers.mediaType == "application/problem+json")
                #expect(throws: Never.self) { try ProblemDetails(json: JSONValue(parsing: answer.body)) }
            }
        }
    }

    @Test("where credentials are asked for, only who shows them gets in")
    func credentials() async throws {
        let credentials = HTTPCredentials.bearer("s3cret")
        try await withHandler(handler(UpperTesterRoutes(FakeClient(), credentials: credentials))) { server in
            try await withClient("http://\(server.address)") { client in
                let failed = await failure { try await client.identity() }
                guard case .refused(status: 401, _, _)? = failed?.cause else { throw Specification.Unreadable() }
            }
            try await withClient("http://\(server.address)", { $0.credentials = .bearer("wrong") }) { client in
                let failed = await failure { try await client.identity() }
                guard case .refused(status: 401, _, _)? = failed?.cause else { throw Specification.Unreadable() }
            }
            try await withClient("http://\(server.address)", { $0.credentials = credentials }) { client in
                let identity = try await client.identity()
                #expect(identity.clientName == "Fake")
            }
        }
    }

    @Test("the validator of these tests finds what is wrong")
    func validator() throws {
        let specification = try Specification.shared.get()
        func faults(_ name: String, _ value: JSONValue) -> [String] {
            specification.validator.faults(value, ["$ref": .string("#/components/schemas/\(name)")])
        }
        #expect(faults("Identity", [:]).count == 4)
        #expect(faults("ConnectionOrder", ["online": 1]) == ["$.online: is no boolean"])
        #expect(faults("Revision", -1) == ["$: breaks minimum 0"])
        #expect(faults("Identifier", "").count == 1)
        #expect(faults("Address", "mailto:a@b").count == 1)
        #expect(faults("NewConversation", ["participants": []]).count == 1)
        #expect(faults("HistoryEntry", ["kind": "message", "uri": "sip:a@b"]).count == 1)
        #expect(faults("InvitationAnswer", ["answer": "ignore"]).count == 1)
        #expect(specification.validator.faults(1, ["multipleOf": 2]).count == 1)
    }
}
