extension ImplementationDescription {
    /// A description with every part commented, for `cpmcheck init`. It loads as it is.
    public static func commentedTemplate(for role: ImplementationRole) -> String {
        role == .client ? commentedClientTemplate : commentedTemplate
    }

    /// That of an enabler.
    public static var commentedTemplate: String {
        [templateHead, templateICS, templatePolicy, templateIXIT, templateTimers, templateBinding].joined(
            separator: "\n")
    }

    private static let templateHead = """
        # Description of an implementation under test, for 'cpmcheck run --iut FILE'.
        # Lines that begin with '#' show what may be said besides; 'cpmcheck doctor --iut FILE' tries it step by step.

        # What is judged, and the system it stands in, if it is only a part of one.
        iut: { name: my enabler, version: "1.0" }
        # sut: { name: my core and enabler, version: "1.0" }

        # enabler: the harness plays the clients.
        role: enabler

        # Where the harness stands. gm: where clients are, against a complete system.
        point-of-control: gm

        """

    private static var templateICS: String { templateICS(of: .enabler) }

    static func templateICS(of role: ImplementationRole) -> String {
        var lines = [
            "# What the implementation claims. What is not claimed is not applicable, never a pass.",
            "# The value shown is the one that is taken when the line is missing.",
            "ics:",
        ]
        for option in ICSOption.allCases where option.role == role {
            let words = option.values == .flag ? "" : " (\(option.values.all.joined(separator: " | ")))"
            lines.append("  # \(option.meaning)\(words)")
            lines.append("  \(option.rawValue): \(option.values.all[0])")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let templatePolicy = """
        # What this deployment is set to do. What is left out counts as not stated.
        policy:
          storage: on
          # retention: 7d                # how long a stored item is kept
          # maximum: 1000                # messages kept per user and group …
          # keeps: newest                # … and which, when there are more
          # intermediate-lists: off
          # ends-when-members-below: 2   # the focus ends the session when fewer members remain
          # inactivity: 10m              # … or when nothing happens for so long

        """

    private static let templateIXIT = """
        # How to reach it; never what is right.
        ixit:
          # Clients send everything to this address, as to an outbound proxy.
          address:
            host: 127.0.0.1
            port: 5060
            transport: tcp               # or tls
            # ca: ca.pem                 # with tls: whom to trust, from this file's directory; else the system's
            # server-name: cpm.example.com   # the name or address in its certificate, where that is not the host; MSRP on a
            #                              # host with a name of its own is checked by that one
          domain: example.com
          factory: sip:conference-factory@example.com

          # Subscribers that the harness may use, at least five: a template with {n} from 1 to count …
          users:
            template: sip:cpm-{n}@example.com
            count: 10                  # a case takes up to five of them; 48 let nine cases or more run at once
            # authentication-name: cpm-{n}@example.com
            # password: { env: CPM_PASSWORD }   # or { file: NAME }; never the word itself
            # aliases: ["tel:+1555000{n}"]      # other identities of the same subscriber
          # … or a list:
          # users:
          #   - { uri: sip:alice@example.com, password: { env: ALICE_PASSWORD }, aliases: ["tel:+15550001"] }

          # Programs with their arguments that act on it.
          # control: { stop: [systemctl, stop, cpm], start: [systemctl, start, cpm] }

          # What the core in front does differently: preloaded-route, no-flow-reuse.
          # quirks: [preloaded-route]

          # How long the harness waits: ms, s, m, h or d. Cases that wait longer than longest-wait are not applicable:
          # with these times those in which a session ends by inactivity.
        """

    private static var templateTimers: String { templateTimers(TimerName.allCases) }

    static func templateTimers(_ names: [TimerName]) -> String {
        var lines = ["  timers:"]
        for name in names {
            lines.append("    # \(name.meaning)")
            lines.append("    \(name.rawValue): \(duration(name.standard))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static var templateBinding: String {
        var lines = [
            "# Choices of carriage that no public text settles; 'cpmcheck explain KEY' says what each one means. A check",
            "# that rests on a key fails the implementation only where the key is stated here.",
            "# binding:",
        ]
        for key in BindingKey.allCases {
            lines.append("#   \(key.rawValue): \(key.permitted[0])   # \(key.permitted.joined(separator: " | "))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func duration(_ milliseconds: Int64) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }
}
