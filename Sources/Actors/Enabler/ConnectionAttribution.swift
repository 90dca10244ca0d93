import Connections
import MSRP
import NIOCore
import Recordings
import SIP

/// Whose the MSRP sessions of a scripted enabler are, by their session ids; confined to the actor's loop.
final class MediaOwners {
    private var owners: [String: String] = [:]

    func note(_ sessionID: String, owner: String) { owners[sessionID] = owner }
    func owner(of sessionID: String) -> String? { owners[sessionID] }
}

/// Tells from the first bytes of a connection whose client is at its other end.
struct ConnectionAttribution {
    let directory: UserDirectory
    let media: MediaOwners

    enum Answer: Sendable, Hashable {
        case user(String)
        /// The bytes do not tell, and no more of them will.
        case nobody
        /// More bytes may tell.
        case undecided
    }

    /// - Parameter bytes: from the beginning of what passed in one direction, requests or responses.
    func owner(of bytes: [UInt8], protocolName: String) -> Answer {
        // The last line may not be whole yet.
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(separator: "\r\n", omittingEmptySubsequences: false).dropLast().drop(while: \.isEmpty)
        var paths = 0
        for line in lines {
            if line.isEmpty { return .nobody }
            guard let colon = line.firstIndex(of: ":") else { continue }
            let field = SIPHeaderField(
                line[..<colon].filter { $0 != " " }, String(line[line.index(after: colon)...]))
            if let name = protocolName == "msrp" ? mediaOwner(field) : signallingOwner(field) { return .user(name) }
            // An MSRP request without a body has no empty line behind its head.
            if field.isNamed("To-Path") || field.isNamed("From-Path") { paths += 1 }
            if protocolName == "msrp", paths == 2 { return .nobody }
        }
        return .undecided
    }

    private func signallingOwner(_ field: SIPHeaderField) -> String? {
        guard field.isNamed("From") || field.isNamed("To"), let address = NameAddress(field.value) else { return nil }
        return directory.user(at: address.uri)?.name
    }

    private func mediaOwner(_ field: SIPHeaderField) -> String? {
        guard field.isNamed("To-Path") || field.isNamed("From-Path") else { return nil }
        let paths = field.value.split(separator: " ").compactMap { MSRPURI(String($0)) }
        return paths.compactMap { $0.sessionID.flatMap(media.owner) }.first
    }
}

/// Records the connections of several clients, each under the name of its user: a connection is held back until its
/// first bytes tell whose it is. One that never tells is recorded without a name.
///
/// Confined to the event loop of the recorder.
final class AttributingTap: ConnectionTap {
    private let recorder: Recorder
    private let attribution: ConnectionAttribution
    private var connections: [Int: Connection] = [:]
    private var last = 0
    /// Bytes after which a connection is not held back any longer.
    private static let most = 8 * 1024

    private enum Connection {
        case held(info: ConnectionInfo, version: String?, passed: [(RecordedDirection, [UInt8])])
        case known(Int)
    }

    init(recorder: Recorder, attribution: ConnectionAttribution) {
        self.recorder = recorder
        self.attribution = attribution
    }

    func opened(_ info: ConnectionInfo) -> Int {
        last += 1
        connections[last] = .held(info: info, version: nil, passed: [])
        return last
    }

    func secured(_ connection: Int, version: String) {
        switch connections[connection] {
        case .held(let info, _, let passed): connections[connection] = .held(info: info, version: version, passed: passed)
        case .known(let number): recorder.secured(number, version: version)
        case nil: break
        }
    }

    func passed(_ connection: Int, _ direction: WireDirection, _ bytes: ByteBuffer) {
        let bytes = Array(bytes.readableBytesView)
        let direction: RecordedDirection = direction == .received ? .received : .sent
        switch connections[connection] {
        case .known(let number): recorder.bytes(bytes, direction, on: number)
        case .held(let info, let version, var passed):
            passed.append((direction, bytes))
            connections[connection] = .held(info: info, version: version, passed: passed)
            let sofar = passed.filter { $0.0 == direction }.flatMap(\.1)
            switch attribution.owner(of: sofar, protocolName: info.protocolName) {
            case .user(let name): record(connection, as: name)
            case .nobody: record(connection, as: nil)
            case .undecided: if sofar.count > Self.most { record(connection, as: nil) }
            }
        case nil: break
        }
    }

    func closed(_ connection: Int, cause: String) {
        if case .held = connections[connection] { record(connection, as: nil) }
        if case .known(let number) = connections[connection] { recorder.close(number, cause: cause) }
        connections[connection] = nil
    }

    /// Writes down what was held back.
    private func record(_ connection: Int, as actor: String?) {
        guard case .held(let info, let version, let passed) = connections[connection] else { return }
        let number = recorder.open(
            actor: actor, proto: info.protocolName, accepted: info.accepted, local: info.local, remote: info.remote)
        connections[connection] = .known(number)
        if let version { recorder.secured(number, version: version) }
        for (direction, bytes) in passed { recorder.bytes(bytes, direction, on: number) }
    }
}
