"""A small run made by hand: one case, an INVITE, a NOTIFY and MSRP messages, as a capture and as a recording."""

import hashlib
import json
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import capture_file  # noqa: E402

START = "2026-05-01T09:30:00.000Z"
START_NS = 1_777_627_800_000_000_000

SDP = (b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
       b"m=message 9 TCP/MSRP *\r\na=accept-types:message/cpim\r\na=path:msrp://127.0.0.1:9/s;tcp\r\n")


def sip(method, number, body=b"", kind=None, extra=""):
    head = (f"{method} sip:focus@cpm.example SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:40000;branch=z9hG4bK{method}{number}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:alice@cpm.example>;tag=1\r\nTo: <sip:focus@cpm.example>\r\n"
            f"Call-ID: {method}{number}\r\nCSeq: {number} {method}\r\nContact: <sip:alice@127.0.0.1:40000>\r\n{extra}"
            + (f"Content-Type: {kind}\r\n" if kind else "") + f"Content-Length: {len(body)}\r\n\r\n")
    return head.encode() + body


def sip_response(code, method, number):
    return (f"SIP/2.0 {code} OK\r\nVia: SIP/2.0/TCP 127.0.0.1:40000;branch=z9hG4bK{method}{number}\r\n"
            f"From: <sip:alice@cpm.example>;tag=1\r\nTo: <sip:focus@cpm.example>;tag=2\r\nCall-ID: {method}{number}\r\n"
            f"CSeq: {number} {method}\r\nContent-Length: 0\r\n\r\n").encode()


PATHS = "To-Path: msrp://127.0.0.1:41000/aaa;tcp\r\nFrom-Path: msrp://127.0.0.1:9/bbb;tcp\r\n"


def msrp_send(tid, body):
    return (f"MSRP {tid} SEND\r\n{PATHS}Message-ID: m{tid}\r\nByte-Range: 1-{len(body)}/{len(body)}\r\n"
            f"Content-Type: text/plain\r\n\r\n{body}\r\n-------{tid}$\r\n").encode()


def msrp_report(tid):
    return (f"MSRP {tid} REPORT\r\n{PATHS}Message-ID: mtid1aaaa\r\nByte-Range: 1-5/5\r\nStatus: 000 200 OK\r\n"
            f"-------{tid}$\r\n").encode()


def msrp_ok(tid):
    return f"MSRP {tid} 200 OK\r\n{PATHS}-------{tid}$\r\n".encode()


class Wire:
    """Writes TCP connections as packets of link type raw IP."""

    def __init__(self):
        self.frames = []
        self.time = START_NS + 1_000_000

    def packet(self, source, target, seq, ack, flags, data=b""):
        self.time += 1_000_000
        tcp = struct.pack(">HHIIBBHHH", source, target, seq, ack, 5 << 4, flags, 65535, 0, 0) + data
        home = b"\x7f\0\0\x01"
        head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0, home, home)
        self.frames.append((self.time, head + tcp))

    def connection(self, client, server, pieces, base=1000):
        """`pieces` are (True when the client sends, bytes), one segment each. Returns nothing; closes with FIN."""
        seq = {True: base, False: base + 7}
        ends = {True: (client, server), False: (server, client)}
        self.packet(client, server, seq[True], 0, 2)
        self.packet(server, client, seq[False], seq[True] + 1, 18)
        seq = {way: at + 1 for way, at in seq.items()}
        for way, data in pieces:
            self.packet(*ends[way], seq[way], seq[not way], 24, data)
            seq[way] += len(data)
        self.packet(client, server, seq[True], seq[False], 17)
        self.packet(server, client, seq[False], seq[True], 17)

    def write(self, path, drops=0):
        """`drops` None leaves the statistics out, as when a capture is broken off."""
        capture_file.write_capture(path, capture_file.LINK_RAW, self.frames)
        if drops is None:
            return
        options = struct.pack("<HHQHHQHH", 5, 8, drops, 7, 8, 0, 0, 0)
        body = struct.pack("<III", 0, 0, 0) + options
        with open(path, "ab") as file:
            file.write(struct.pack("<II", 5, len(body) + 12) + body + struct.pack("<I", len(body) + 12))


def recording(lines, case_id="058a-sample"):
    """The text of a recording with a right footer; `lines` lack their numbers."""
    header = {"kind": "header", "format": "cpmcheck-recording", "version": "1.0", "start": START, "seed": "1",
              "strict": False, "versions": {}, "digest": "", "case": {"id": case_id}, "iut": {}, "binding": {}}
    rows = [header] + [{"n": n, "t": n * 1_000_000, **line} for n, line in enumerate(lines, 1)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    footer = {"kind": "footer", "count": len(lines), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    return text + json.dumps(footer) + "\n"


def opened(conn, proto, client, server, accepted=False):
    ends = [f"127.0.0.1:{client}", f"127.0.0.1:{server}"]
    local, remote = ends[::-1] if accepted else ends
    return {"kind": "open", "actor": "alice", "conn": conn, "proto": proto, "accepted": accepted,
            "local": local, "remote": remote}


def passed(conn, direction, data, **more):
    return {"kind": "bytes", "actor": "alice", "conn": conn, "dir": direction, "text": data.decode(), **more}


class Run:
    """The sample run. Change its parts, then `write` it."""

    def __init__(self):
        invite = sip("INVITE", 1, SDP, "application/sdp")
        notify = sip("NOTIFY", 2)
        answers = sip_response(200, "INVITE", 1)
        self.sip_pieces = [
            (True, invite[:200]), (True, invite[200:] + sip("OPTIONS", 3)[:30]), (True, sip("OPTIONS", 3)[30:]),
            (False, answers + notify), (True, sip_response(200, "NOTIFY", 2)),
        ]
        self.msrp_pieces = [
            (True, msrp_send("tid1aaaa", "hello") + msrp_send("tid2bbbb", "x" * 900)[:500]),
            (True, msrp_send("tid2bbbb", "x" * 900)[500:]),
            (False, msrp_ok("tid1aaaa") + msrp_ok("tid2bbbb") + msrp_report("tid3cccc")),
        ]
        self.lines = None
        self.drops = 0

    def as_recorded(self):
        """What an actor that opened both connections would have recorded."""
        lines = [opened(1, "sip", 40000, 15060), opened(2, "msrp", 40001, 41000)]
        for conn, pieces in ((1, self.sip_pieces), (2, self.msrp_pieces)):
            lines += [passed(conn, "out" if way else "in", data) for way, data in pieces]
        return lines + [{"kind": "close", "actor": "alice", "conn": conn, "cause": "closed here"} for conn in (1, 2)]

    def write(self, folder, others=()):
        wire = Wire()
        wire.connection(40000, 15060, self.sip_pieces)
        wire.connection(40001, 41000, self.msrp_pieces, base=5000)
        for client, server, pieces in others:
            wire.connection(client, server, pieces)
        capture = os.path.join(folder, "run.pcapng")
        wire.write(capture, self.drops)
        os.makedirs(os.path.join(folder, "recordings"), exist_ok=True)
        with open(os.path.join(folder, "recordings", "058a-sample.ndjson"), "w", encoding="utf-8") as file:
            file.write(recording(self.lines if self.lines is not None else self.as_recorded()))
        return capture, os.path.join(folder, "recordings")
