"""Reads cpmcheck's recordings (NDJSON, format 1.x) as far as connections and their bytes go."""

import base64
import datetime
import glob
import hashlib
import json
import os


class RecordingError(ValueError):
    """A recording that cannot be relied on."""


class RecordedConnection:
    """One connection as an actor saw it. `sent` and `received` are whole byte streams."""

    def __init__(self, case, line, start_ns):
        self.case = case
        self.number = line["conn"]
        self.actor = line.get("actor", "?")
        self.protocol = line["proto"]
        self.accepted = line["accepted"]
        self.local = line["local"]
        self.remote = line["remote"]
        self.opened_ns = start_ns + line["t"]
        self.tls = None  # the version, once the handshake is recorded
        self.sent = bytearray()
        self.received = bytearray()
        # Ranges of bytes that may be masked with "*" in the recording: (stream, start, end).
        self.masked = []

    @property
    def server(self):
        """The end that listened."""
        return self.local if self.accepted else self.remote

    def add(self, line):
        stream = {"out": self.sent, "in": self.received}.get(line.get("dir"))
        if stream is None or ("text" in line) == ("base64" in line):
            raise RecordingError(f"line {line['n']}: bytes without a direction, or not with exactly one of text and base64")
        data = line["text"].encode() if "text" in line else base64.b64decode(line["base64"], validate=True)
        if line.get("masked"):
            self.masked.append((line["dir"], len(stream), len(stream) + len(data)))
        stream.extend(data)

    def same_bytes(self, direction, recorded, wire):
        """Whether `recorded` is what `wire` says, a "*" in a masked stretch standing for any byte."""
        if recorded == wire:
            return True
        if len(recorded) != len(wire):
            return False
        allowed = [(start, end) for way, start, end in self.masked if way == direction]
        if not allowed:
            return False
        return all(
            ours == theirs or (ours == 0x2A and any(start <= at < end for start, end in allowed))
            for at, (ours, theirs) in enumerate(zip(recorded, wire))
        )

    def __str__(self):
        return f"{self.case}: {self.actor}'s {self.protocol} connection {self.number} ({self.local} with {self.remote})"


class RecordedCase:
    """One recording: the case's ID, its time on the wall clock, its connections."""

    def __init__(self, case_id, path):
        self.id = case_id
        self.path = path
        self.start_ns = 0
        self.end_ns = 0
        self.connections = []


def nanoseconds(timestamp):
    """RFC 3339 in UTC to nanoseconds since 1970."""
    moment = datetime.datetime.fromisoformat(timestamp.replace("Z", "+00:00"))
    whole = int(moment.replace(microsecond=0).timestamp())
    return whole * 1_000_000_000 + moment.microsecond * 1000


def _parsed(path):
    """The lines of a recording as objects, after its footer has been checked."""
    with open(path, "rb") as file:
        raw = file.read()
    rows = raw.split(b"\n")
    if len(rows) < 3 or rows[-1] != b"":
        raise RecordingError("it does not end with a whole line")
    lines = [json.loads(row) for row in rows[:-1]]
    footer = lines[-1]
    if footer.get("kind") != "footer":
        raise RecordingError("it has no footer: it was cut off")
    before = len(raw) - len(rows[-2]) - 1
    if footer["count"] != len(lines) - 2 or footer["sha256"] != hashlib.sha256(raw[:before]).hexdigest():
        raise RecordingError("its footer does not fit: it was altered")
    if lines[0].get("format") != "cpmcheck-recording" or not str(lines[0].get("version", "")).startswith("1."):
        raise RecordingError("not a cpmcheck recording of format version 1")
    return lines


def read_recording(path):
    """The `RecordedCase` in one file; `RecordingError` names the file."""
    try:
        lines = _parsed(path)
        header = lines[0]
        case = RecordedCase(header["case"]["id"], path)
        case.start_ns = nanoseconds(header["start"])
        by_number = {}
        for line in lines[1:-1]:
            case.end_ns = case.start_ns + line["t"]
            if line["kind"] == "open":
                by_number[line["conn"]] = RecordedConnection(case.id, line, case.start_ns)
                case.connections.append(by_number[line["conn"]])
            elif line["kind"] == "tls":
                by_number[line["conn"]].tls = line["version"]
            elif line["kind"] == "bytes":
                by_number[line["conn"]].add(line)
    except (KeyError, ValueError, TypeError, AttributeError) as problem:
        raise RecordingError(f"{path}: {problem}") from problem
    return case


def read_folder(folder):
    """Every recording in `folder`, by name of file. None there is an error."""
    paths = sorted(glob.glob(os.path.join(folder, "**", "*.ndjson"), recursive=True))
    if not paths:
        raise RecordingError(f"{folder}: no recordings there")
    return [read_recording(path) for path in paths]
