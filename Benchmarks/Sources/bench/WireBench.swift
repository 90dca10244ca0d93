import Foundation

/// Exchanges over one connection on loopback, SIP beside sipp.
struct WireBench {
    let scenarios: String
    let rounds: Int

    func sip(_ report: (Figure) -> Void) async throws {
        let count = 40_000
        var neighbour: [(wall: Double, cpu: Double)] = []
        var ours: [Int: [(wall: Double, cpu: Double)]] = [:]
        for _ in 0..<rounds {
            for loops in [1, 2] {
                ours[loops, default: []].append(try await SIPExchange.run(count: count, inFlight: 1000, loops: loops))
            }
            neighbour.append(try sipp(count: count, inFlight: 1000))
        }
        let section = "SIP: MESSAGE and 200 over one TCP connection, 1,000 in flight"
        let rate = neighbour.map { Double(count) / $0.wall }
        let cost = neighbour.map { $0.cpu / Double(count) * 1e6 }
        // sipp is two processes, so two loops stand beside it on equal terms; one loop does both ends' work alone.
        for (loops, words, aim) in [(2, "a loop for each end", Aim.atLeast(0.5)), (1, "one loop for both ends", nil)] {
            let runs = ours[loops] ?? []
            report(
                Figure(section, "exchanges, \(words)", runs.map { Double(count) / $0.wall }, "/s")
                    .against("sipp", rate, ratio: aim))
            report(
                Figure(section, "CPU of both ends, \(words)", runs.map { $0.cpu / Double(count) * 1e6 }, "µs")
                    .against("sipp", cost))
        }
    }

    /// sipp as UAC against sipp as UAS; wall is that of the UAC, CPU that of both.
    private func sipp(count: Int, inFlight: Int) throws -> (wall: Double, cpu: Double) {
        let port = String(try freePort())
        let common = ["-i", "127.0.0.1", "-t", "t1", "-m", String(count), "-nostdin"]
        let server = try Child.start(["sipp", "-sf", scenarios + "/message-uas.xml", "-p", port] + common)
        Thread.sleep(forTimeInterval: 0.5)
        let began = wallSeconds()
        let client = try Child.run(
            ["sipp", "127.0.0.1:" + port, "-sf", scenarios + "/message-uac.xml", "-l", String(inFlight), "-r", "200000"]
                + common)
        if client.status != 0 { kill(server, SIGTERM) }
        let answering = try Child.wait(server, since: began)
        guard client.status == 0 else {
            throw Child.Failure(description: "sipp ended with \(client.status); not every MESSAGE was answered")
        }
        return (client.wall, client.cpu + answering.cpu)
    }

    /// A port that was free a moment ago; sipp does not say which one it takes.
    private func freePort() throws -> Int {
        let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(socket, generic, length) == 0 && getsockname(socket, generic, &length) == 0
            }
        }
        guard bound else { throw Child.Failure(description: "no free port: \(String(cString: strerror(errno)))") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    func msrp(_ report: (Figure) -> Void) async throws {
        let section = "MSRP: SEND of 1 kB and 200 over one connection, both ends on one loop"
        for (window, count, aim) in [(1, 20_000, nil), (32, 60_000, Aim.atLeast(50_000))] {
            var runs: [(wall: Double, cpu: Double)] = []
            for _ in 0..<rounds { runs.append(try await MSRPExchange.run(count: count, window: window)) }
            var rate = Figure(section, "exchanges, window \(window)", runs.map { Double(count) / $0.wall }, "/s")
            rate.aim = aim
            report(rate)
            report(
                Figure(section, "exchanges per second of CPU, window \(window)", runs.map { Double(count) / $0.cpu }, "/s"))
        }
    }
}
