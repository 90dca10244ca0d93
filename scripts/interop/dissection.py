"""Lets tshark dissect SIP and MSRP and tells what it found.

SIP is given to tshark as it was captured: tshark itself puts the TCP segments together and takes them apart into
messages. tshark's MSRP dissector can do neither (seen in 4.0: a second message in a segment is passed over, one that
is split is called malformed), so each MSRP message is handed to it alone, cut out of the stream by `framing`.
"""

import os
import struct
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import namedtuple

from capture_file import LINK_UPPER_PDU, write_capture

# One row per frame in which something was dissected; methods and codes in their order.
Row = namedtuple("Row", "frame methods codes")
Problem = namedtuple("Problem", "frame text")

ERROR_LEVEL = 0x800000
MALFORMED_GROUP = 0x07000000
# Their error-level expert information fails the comparison; a malformed packet does whatever it holds.
JUDGED_PROTOCOLS = {"sip", "sdp", "msrp", "mime_multipart"}
# tshark takes frames of up to 256 kB: of a longer MSRP message the middle of its body is left out.
LONGEST_FRAME = 250_000


class DissectionError(RuntimeError):
    """tshark itself failed."""


class Dissection:
    def __init__(self, rows, problems, notes):
        self.rows = rows
        self.problems = problems
        self.notes = notes


class Tshark:
    """Runs tshark on small files in a folder of its own; nothing of the user's settings has a say."""

    def __init__(self, folder, program="tshark"):
        self.folder = folder
        self.program = program

    def dissect_sip(self, packets):
        """Dissects captured packets that all belong to SIP connections. Frames are numbered as `packets` are listed."""
        path = self._write("sip.pcapng", packets[0].link if packets else 1, [(p.time, p.data) for p in packets])
        decoding = ["-d", "tcp.port==0-65535,sip"]
        return self._dissect(path, decoding, "sip", "sip.Method", "sip.Status-Code")

    def dissect_msrp(self, messages):
        """Dissects (time, source port, target port, bytes) MSRP messages, one a frame."""
        frames = [(time, _upper_pdu("msrp", source, target, _shortened(data))) for time, source, target, data in messages]
        path = self._write("msrp.pcapng", LINK_UPPER_PDU, frames)
        return self._dissect(path, [], "msrp", "msrp.method", "msrp.status.code")

    def _write(self, name, link, frames):
        path = os.path.join(self.folder, name)
        write_capture(path, link, frames)
        return path

    def _dissect(self, path, decoding, protocol, method, code):
        fields = ["frame.number", method, code, "_ws.expert.severity", "_ws.malformed"]
        wanted = [part for field in fields for part in ("-e", field)]
        text = self._run(["-r", path, *decoding, "-Y", f"{protocol} || _ws.malformed", "-T", "fields",
                          "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=,", *wanted])
        rows, suspects = [], []
        for line in text.splitlines():
            number, methods, codes, severities, malformed = (line.split("\t") + [""] * 5)[:5]
            rows.append(Row(int(number), _list(methods), _list(codes)))
            if malformed or any(int(severity) >= ERROR_LEVEL for severity in _list(severities)):
                suspects.append(int(number))
        problems, notes = self._explain(path, decoding, suspects)
        return Dissection(rows, problems, notes)

    def _explain(self, path, decoding, frames):
        """What is wrong with each of these frames, read from the full dissection."""
        problems, notes = [], []
        for start in range(0, len(frames), 50):
            chosen = ",".join(str(frame) for frame in frames[start : start + 50])
            text = self._run(["-r", path, *decoding, "-Y", f"frame.number in {{{chosen}}}", "-T", "pdml"])
            for packet in ElementTree.fromstring(text).iter("packet"):
                number = int(packet.find("./proto[@name='geninfo']/field[@name='num']").get("show"))
                found, other = _faults(packet)
                problems += [Problem(number, fault) for fault in found]
                notes += [Problem(number, fault) for fault in other]
                if not found and not other:
                    problems.append(Problem(number, "an error that tshark does not explain"))
        return problems, notes

    def _run(self, arguments):
        command = [self.program, "-n", "-o", "tcp.desegment_tcp_streams:TRUE", "-o", "tcp.reassemble_out_of_order:TRUE",
                   "-o", "sip.desegment_headers:TRUE", "-o", "sip.desegment_body:TRUE", *arguments]
        with tempfile.TemporaryDirectory() as settings:
            environment = dict(os.environ, WIRESHARK_CONFIG_DIR=settings, HOME=settings)
            done = subprocess.run(command, capture_output=True, env=environment, check=False)
        if done.returncode != 0:
            raise DissectionError(f"tshark ended with {done.returncode}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout.decode(errors="replace")


def _list(text):
    return [part for part in text.split(",") if part]


def _faults(packet):
    """(what fails, what is only told): malformed parts and error-level expert information of one packet."""
    problems, notes = [], []

    def walk(element, protocol):
        name = element.get("name") or ""
        if element.tag == "proto" and not name.startswith("_ws."):
            protocol = name
        if name == "_ws.expert":
            said = {field.get("name"): field.get("show") for field in element.iter("field")}
            text = f"{protocol}: {said.get('_ws.expert.message')}"
            if int(said.get("_ws.expert.group", "0"), 0) == MALFORMED_GROUP:
                problems.append(f"malformed packet: {text}")
            elif int(said.get("_ws.expert.severity", "0"), 0) >= ERROR_LEVEL:
                (problems if protocol in JUDGED_PROTOCOLS else notes).append(text)
        for child in element:
            walk(child, protocol)

    walk(packet, "")
    if not problems and any(proto.get("name") == "_ws.malformed" for proto in packet.iter("proto")):
        problems.append("malformed packet")
    return list(dict.fromkeys(problems)), list(dict.fromkeys(notes))


def _shortened(data):
    if len(data) <= LONGEST_FRAME:
        return data
    half = LONGEST_FRAME // 2
    return data[:half] + data[-half:]


def _upper_pdu(dissector, source_port, target_port, data):
    """A frame of link type 252: tags that say which dissector it is for and between which ports, then the bytes."""
    name = dissector.encode()
    name += b"\0" * (-len(name) % 4)
    loopback = b"\x7f\0\0\x01"
    tags = [(12, name), (20, loopback), (21, loopback), (24, struct.pack(">I", 2)),
            (25, struct.pack(">I", source_port)), (26, struct.pack(">I", target_port)), (0, b"")]
    return b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in tags) + bytes(data)
