public import NIOCore
import NIOPosix
public import TestCases

/// The address of this machine from which a packet to somewhere would leave.
public enum LocalAddress {
    /// A numeric address, `127.0.0.1` where nothing better is known. Sends nothing.
    public static func facing(_ address: IXITAddress, on eventLoop: any EventLoop) async -> String {
        if address.host == "127.0.0.1" || address.host == "::1" { return address.host }
        do {
            // A datagram socket that is connected knows its route, and nobody hears of it.
            let channel = try await DatagramBootstrap(group: eventLoop)
                .connect(host: address.host, port: address.port).get()
            let own = channel.localAddress?.ipAddress
            try await channel.close()
            return own ?? "127.0.0.1"
        } catch {
            return "127.0.0.1"
        }
    }
}
