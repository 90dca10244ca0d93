import Diagnostics
import Foundation
import Payloads
import XML

/// conference-info parsed and validated, beside xmllint with the same schema on the same document.
struct ConferenceBench {
    let rounds: Int

    func run(_ report: (Figure) -> Void) async throws {
        try await withTemporaryFolder { folder in
            for (name, text) in PayloadSchema.documents {
                try text.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8)
            }
            for (users, repeats) in [(10, 10_000), (100, 1_000), (1_000, 100)] {
                let document = Self.document(users: users)
                let file = folder + "/\(users).xml"
                try Data(document).write(to: URL(fileURLWithPath: file))
                try measure(users, document, repeats) { try Self.xmllint(file, schema: folder, repeats: $0) }
                    .forEach(report)
            }
        }
    }

    /// - Parameter neighbour: CPU seconds of so many repetitions.
    private func measure(
        _ users: Int, _ document: [UInt8], _ repeats: Int, neighbour: (Int) throws -> Double
    ) throws -> [Figure] {
        let section = "conference-info, documents per second of CPU"
        let name = "\(users) users, \(document.count) bytes"
        guard PayloadSchema.conferenceInfo.validate(document).isEmpty, ConferenceInfo.checked(document).info != nil else {
            throw Child.Failure(description: "the document of \(users) users is not valid")
        }
        var validated: [Double] = []
        var decoded: [Double] = []
        var beside: [Double] = []
        for _ in 0..<rounds {
            validated.append(perSecondOnce(least: 0.4) { keep(PayloadSchema.conferenceInfo.validate(document)) })
            // Starting up and compiling the schema is no part of it.
            beside.append(Double(repeats - 1) / (try neighbour(repeats) - neighbour(1)))
            decoded.append(perSecondOnce(least: 0.4) { keep(ConferenceInfo.checked(document)) })
        }
        return [
            Figure(section, name + ", parsed and validated", validated, "/s")
                .against("xmllint", beside, ratio: .atLeast(1 / 1.1)),
            Figure(section, name + ", decoded as well", decoded, "/s").against("xmllint", beside, ratio: .atLeast(0.5)),
        ]
    }

    private static func xmllint(_ file: String, schema folder: String, repeats: Int) throws -> Double {
        // The word means a hundred times, and ten times as many each time it stands there again.
        var words = ["xmllint", "--noout", "--quiet", "--nonet", "--schema", folder + "/conference-info.xsd", file]
        var count = 1
        while count < repeats {
            words.insert("--repeat", at: 1)
            count = count == 1 ? 100 : count * 10
        }
        let child = try Child.run(words)
        guard child.status == 0 else { throw Child.Failure(description: "xmllint ended with \(child.status)") }
        return child.cpu
    }

    static func document(users count: Int) -> [UInt8] {
        var info = ConferenceInfo(entity: "sip:focus-6a1d0f52@cpm.example", state: .full, version: 7)
        info.description = ConferenceDescription(subject: "Where to meet", maximumUserCount: 2000)
        info.conferenceState = ConferenceStateInfo(userCount: count)
        info.users = (1...count).map { number in
            let address = "sip:user-\(number)@cpm.example"
            var endpoint = ConferenceEndpoint(entity: address + ";gr=\(number)", status: .connected)
            endpoint.joiningMethod = number == 1 ? .focusOwner : .dialedOut
            endpoint.joiningInfo = ConferenceExecution(when: "2026-05-01T09:30:00Z", by: "sip:user-1@cpm.example")
            endpoint.media = [ConferenceMedia(id: "1", type: "message", status: .sendrecv)]
            return ConferenceUser(
                entity: address, displayText: "User & guest \(number)", roles: ["participant"], endpoints: [endpoint])
        }
        return info.serialized()
    }
}
