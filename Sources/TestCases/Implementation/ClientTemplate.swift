extension ImplementationDescription {
    /// A description of a client with every part commented, for `cpmcheck init --role client`. It loads as it is.
    static var commentedClientTemplate: String {
        [head, templateICS(of: .client), ixit, templateTimers(timers)].joined(separator: "\n")
    }

    /// The times that matter where a client is tested.
    private static let timers: [TimerName] = [.answer, .deliveryWithin, .quiet, .longestWait, .case]

    private static let head = """
        # Description of a client under test, for 'cpmcheck run --iut FILE'.
        # Lines that begin with '#' show what may be said besides; 'cpmcheck doctor --iut FILE' tries it step by step.

        # What is judged, and the system it stands in, if it is only a part of one.
        iut: { name: my client, version: "1.0" }
        # sut: { name: my phone, version: "1.0" }

        # client: the harness plays the enabler, and asks the client's upper tester what its user does and sees.
        role: client

        """

    private static let ixit = """
        # How to reach it; never what is right.
        ixit:
          # Where the harness listens as the enabler: the client's outbound proxy, registrar and conference factory.
          listen:
            host: 127.0.0.1              # a numeric address of this machine at which the client finds it
            port: 5060
            transport: tcp               # or tls, for SIP and MSRP
            # certificate: enabler.pem   # with tls: the chain that the client is shown, from this file's directory
            # key: enabler.key           # its key, where it is not in the same file
            # advertised-host: enabler.example.com   # what the client is told to come back to, where that differs

          # Where the client's upper tester is asked: docs/upper-tester.openapi.yaml says what it answers. Without one, leave
          # it out and run with --operator.
          upper-tester:
            url: http://127.0.0.1:8080   # what stands before /v1; https as well
            # ca: ca.pem                 # with https: whom to trust, from this file's directory; else the system's
            # server-name: tester.example.com
            # token: { env: CPM_TESTER_TOKEN }   # or { file: NAME }; shown as bearer token, and never the word itself

          # What the client is configured with.
          domain: example.com
          factory: sip:conference-factory@example.com

          # The client's user. With a password the client is challenged when it registers.
          users:
            - uri: sip:carol@example.com
              # authentication-name: carol@example.com
              # password: { env: CPM_PASSWORD }   # or { file: NAME }
              # aliases: ["tel:+15550001"]        # other identities of the same user

          # How the client is stopped and started, for cases with 'reboot': commands with their arguments, or leave it out.
          # control:
          #   restart: [/usr/local/bin/restart-client]

          # How long the harness waits: ms, s, m, h or d.
        """
}
