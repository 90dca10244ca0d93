"""The description of a reference enabler in another process, and the words that `serve enabler` takes for it."""

import os

USERS = 48
# The harness claims the same for the embedded enabler, but for what needs commands that stop and start it.
_DESCRIPTION = """\
# Written by scripts/interop: a reference enabler that is served by another process.
iut: {{ name: cpmcheck reference enabler, version: "served" }}
role: enabler
point-of-control: gm
ics:
  delivers-intermediate-lists: true
  stores-after-loss: true
  busy-means-temporary: true
  orders-between-senders: true
  bye-semantics: 503-keeps
  group-imdn: all
  per-device: first
  delivery-trigger: registration
  declined-reading: not-owed
  removes-members: true
  removed-reading: owed
  dismisses: true
policy:
  storage: on
  intermediate-lists: on
  inactivity: 3500ms
ixit:
  address:
    host: {host}
    port: {port}
    transport: {transport}
{trust}  domain: cpm.example
  longest-backlog: 100
  factory: sip:factory@cpm.example
  users:
    template: sip:cpm-{{n}}@cpm.example
    count: {users}
{password}  timers:
    answer: 5s
    no-answer: 800ms
    loss-recognition: 1500ms
    delivery-within: 5s
    quiet: 400ms
    participant-info-interval: 0ms
    inactivity: 3500ms
    longest-wait: 10s
    case: 30s
"""


def write(path, host, port, ca=None, server_name=None, password_file=None):
    """Writes the description and returns its path. With `ca` the transport is TLS."""
    trust = f"    ca: {ca}\n" if ca else ""
    if server_name:
        trust += f"    server-name: {server_name}\n"
    text = _DESCRIPTION.format(
        host=host, port=port, transport="tls" if ca else "tcp", trust=trust, users=USERS,
        password=f"    password: {{ file: '{password_file}' }}\n" if password_file else "")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def password(user):
    return f"secret of {user}"


def digest_arguments(folder, algorithms):
    """Options that make the enabler ask everybody for a password, and the names of the files with each user's own."""
    table = os.path.join(folder, "passwords")
    names = [f"cpm-{number}" for number in range(1, USERS + 1)] + ["sipp"]
    with open(table, "w", encoding="utf-8") as file:
        file.writelines(f"{name}:{password(name)}\n" for name in names)
    for name in names:
        with open(os.path.join(folder, f"password-{name}"), "w", encoding="utf-8") as file:
            file.write(password(name) + "\n")
    return ["--passwords", table, "--algorithms", algorithms]
