"""The stages of `make interop`. Each takes its processes and what earlier stages found; it returns what it saw."""

import os
import subprocess
import sys
from collections import Counter

import capture_file
import compare_capture
import harness
import iut
import recordings
from neighbours import HERE, Capturing, Kamailio, Sipp
from processes import Failed, free_port, tail


def rights(processes, _):
    """may packets be captured here?"""
    Capturing(processes, "rights").stop()


def judge(processes, _):
    """the judge's own tests: does it fail when it must?"""
    log = os.path.join(processes.folder, "unittest.log")
    with open(log, "wb") as out:
        done = subprocess.run([sys.executable, "-m", "unittest"], cwd=os.path.join(HERE, "tests"),
                              stdout=out, stderr=out, check=False)
    said = tail(log, 3).strip()
    if done.returncode != 0:
        raise Failed(tail(log, 30))
    return said.splitlines()[0].strip()


def proxy(processes, _):
    """Kamailio between two sipps: Path, recorded route both ways, CANCEL"""
    sipp, enabler_port = Sipp(processes), free_port()
    kamailio = Kamailio(processes, enabler_port)
    enabler = sipp.answer("proxy-enabler.xml", enabler_port)
    sipp.call("proxy-client.xml", kamailio.address)
    sipp.finish(enabler)
    client_port = free_port()
    client = sipp.answer("proxy-client-called.xml", client_port)
    ends = ["-key", "client", f"127.0.0.1:{client_port}", "-key", "proxy", kamailio.address]
    sipp.call("proxy-enabler-calls.xml", kamailio.address, ends)
    sipp.finish(client)
    kamailio.end()


def sipp(processes, _):
    """sipp registers with digest at the reference enabler and exchanges requests with it"""
    try_scenario(Sipp(processes))
    # sipp knows MD5 only, and looks at the first challenge only.
    enabler = harness.Enabler(processes, "enabler", iut.digest_arguments(processes.folder, "MD5"))
    caller = Sipp(processes, harness.DOMAIN)
    target = f"127.0.0.1:{enabler.sip_port}"
    user, password = "sipp", iut.password("sipp")
    who = ["-s", user, "-au", user, "-auth_uri", harness.DOMAIN]
    caller.call("enabler-exchange.xml", target, [*who, "-ap", password])
    caller.call("register-wrong-password.xml", target, [*who, "-ap", password + "-not"])
    enabler.end()
    return "REGISTER 401 200, OPTIONS, refresh, SUBSCRIBE and INVITE refused, REGISTER with 0; a wrong password refused"


def try_scenario(caller):
    """The scenario works against another sipp: what fails afterwards is the enabler's doing."""
    port = free_port()
    stand_in = caller.answer("stand-in-enabler.xml", port)
    who = ["-s", "sipp-user", "-au", "sipp-user", "-ap", "sipp-password", "-auth_uri", caller.domain]
    caller.call("enabler-exchange.xml", f"127.0.0.1:{port}", who, name="sipp-against-sipp")
    caller.finish(stand_in)


def wire(processes, found):
    """a full run over plain TCP, captured, held against its own recordings"""
    capture = Capturing(processes, "run")
    try:
        reports = passing_run(processes, "run", [])
    finally:
        path = capture.stop()
    found["embedded"] = harness.verdicts(reports)
    log = os.path.join(processes.folder, "comparison.log")
    with open(log, "w", encoding="utf-8") as out:
        work = os.path.join(processes.folder, "dissected")
        os.makedirs(work)
        compared = compare_capture.main(
            ["--capture", path, "--recordings", os.path.join(reports, "recordings"), "--work", work], out)
    if compared != 0:
        raise Failed(tail(log, 40))
    return tail(log, 2)


def through_kamailio(processes, found):
    """the suite passes with Kamailio between clients and enabler"""
    enabler = harness.Enabler(processes, "enabler")
    kamailio = Kamailio(processes, enabler.sip_port)
    description = iut.write(os.path.join(processes.folder, "iut.yaml"), "127.0.0.1", kamailio.port)
    reports = passing_run(processes, "run", ["--iut", description])
    cases = recordings.read_folder(os.path.join(reports, "recordings"))
    seen = passed_by(cases, kamailio.address)
    kamailio.end()
    enabler.end()
    verdicts = harness.verdicts(reports)
    if "embedded" in found:
        harness.require_same(found["embedded"], verdicts, "behind Kamailio")
    return f"{len(cases)} cases; {seen}"


def passed_by(cases, proxy_address):
    """Proves by the recordings that the proxy stood in between: no other SIP neighbour, its route and Path in every case."""
    routes = paths = 0
    for case in cases:
        sip = [connection for connection in case.connections if connection.protocol == "sip"]
        strangers = [c for c in sip if not c.accepted and c.remote != proxy_address]
        if strangers:
            raise Failed(f"{strangers[0]}: past the proxy")
        text = b"".join(bytes(connection.received) for connection in sip)
        here = (text.count(f"Record-Route: <sip:{proxy_address};".encode()), text.count(f"Path: <sip:{proxy_address};".encode()))
        if 0 in here:
            raise Failed(f"{case.id}: {here[0]} messages with the proxy's Record-Route, {here[1]} with its Path")
        routes, paths = routes + here[0], paths + here[1]
    return f"clients got {routes} messages with the proxy's Record-Route and {paths} with its Path"


def two_processes(processes, found):
    """enabler and harness in two processes over TLS with digest; bad certificates refused"""
    folder = processes.folder
    certificates = os.path.join(folder, "certificates")
    made = processes.run("make-test-certificates", [os.path.join(HERE, "..", "make-test-certificates"), certificates], 60)
    if made != 0:
        raise Failed(f"make-test-certificates ended with {made}:\n{tail(os.path.join(folder, 'make-test-certificates.log'))}")
    passwords = iut.digest_arguments(folder, "SHA-256,MD5")
    if "embedded" not in found:
        found["embedded"] = harness.verdicts(passing_run(processes, "embedded", []))

    enabler, description = secured_enabler(processes, "leaf", certificates, passwords)
    capture = Capturing(processes, "tls")
    try:
        reports = passing_run(processes, "tls", ["--iut", description])
    finally:
        path = capture.stop()
    same = harness.require_same(found["embedded"], harness.verdicts(reports), "over TLS")
    seen = secured(recordings.read_folder(os.path.join(reports, "recordings")), path)
    enabler.end()

    for name in ("expired", "wrong-name", "unknown-ca"):
        enabler, description = secured_enabler(processes, name, certificates, passwords)
        code, _ = harness.run(processes, name, ["--iut", description])
        said = tail(os.path.join(folder, f"cpmcheck-{name}.log"), 3)
        if code != 69 or "certificate" not in said:
            raise Failed(f"{name}: cpmcheck run ended with {code}, not with 69 because of the certificate:\n{said}")
        enabler.end()
    return (f"{same} cases as embedded; {seen}\n"
            "expired, wrong name and unknown CA refused with exit 69")


def passing_run(processes, name, arguments):
    """A run that must end with 0; returns the folder of its reports."""
    code, reports = harness.run(processes, name, arguments)
    if code != 0:
        raise Failed(f"cpmcheck run ended with {code}:\n{tail(os.path.join(processes.folder, f'cpmcheck-{name}.log'), 30)}")
    return reports


def secured_enabler(processes, certificate, certificates, passwords):
    """An enabler with that certificate, and a description of it that trusts the test authority alone."""
    files = ["--tls", os.path.join(certificates, f"{certificate}.pem"), "--tls-key", os.path.join(certificates, f"{certificate}.key")]
    enabler = harness.Enabler(processes, f"enabler-{certificate}", [*files, *passwords])
    description = iut.write(
        os.path.join(processes.folder, f"iut-{certificate}.yaml"), "127.0.0.1", enabler.sip_port,
        ca=os.path.join(certificates, "ca.pem"), password_file="password-cpm-{n}")
    return enabler, description


def secured(cases, capture_path):
    """Every connection of the run was secured, on the wire as well; everybody who registered did so with a password."""
    wire = {}
    for connection in capture_file.connections_of(capture_file.read_capture(capture_path).packets):
        wire.setdefault(frozenset((connection.client, connection.server)), []).append(connection)
    counts = Counter()
    for case in cases:
        for connection in case.connections:
            if connection.tls is None:
                raise Failed(f"{connection}: not secured")
            found = wire.get(frozenset((connection.local, connection.remote)))
            if not found or not all(tls_records(stream.data) for one in found for stream in one.streams.values()):
                raise Failed(f"{connection}: not on the wire, or not as TLS")
            counts[connection.protocol] += 1
        if not any(b"Authorization: Digest " in connection.sent for connection in case.connections):
            raise Failed(f"{case.id}: nobody registered with digest")
    if not counts["sip"] or not counts["msrp"]:
        raise Failed(f"{counts['sip']} SIP and {counts['msrp']} MSRP connections")
    return f"{counts['sip']} SIP and {counts['msrp']} MSRP connections, on the wire nothing but TLS records"


def tls_records(data):
    """Whether a stream is TLS records from its first byte to its last (RFC 8446 §5.1); the last may be cut off."""
    at = 0
    while at + 5 <= len(data):
        if data[at] not in (20, 21, 22, 23) or data[at + 1] != 3:
            return False
        at += 5 + int.from_bytes(data[at + 3 : at + 5], "big")
    return True


ALL = [
    ("rights", rights),
    ("judge", judge),
    ("proxy", proxy),
    ("sipp", sipp),
    ("wire", wire),
    ("kamailio", through_kamailio),
    ("two-processes", two_processes),
]
