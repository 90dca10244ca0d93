#!/usr/bin/env python3
"""Holds a capture of a run against the recordings that the run made.

    compare_capture.py --capture FILE.pcapng --recordings FOLDER [--work FOLDER]

Fails (exit 1), saying what and where, when
  * the capturing program lost packets, or does not say whether it did;
  * a recorded connection is not on the wire, or one on a port of the run is in no recording;
  * the bytes of a connection differ between wire and recording;
  * tshark dissects other requests (SIP by method; MSRP SEND and REPORT) or responses than are recorded, case by case;
  * a case has no INVITE, no NOTIFY or no MSRP SEND dissected;
  * tshark calls a packet malformed, or gives error-level expert information in SIP, SDP, MSRP or multipart;
  * a message lacks what its RFC says it must have (`grammar`: tshark looks for next to none of it).
Exit 2 when capture, recordings or tshark cannot be used at all.

What an actor did not read before it closed its socket or fell silent is on the wire and not in its recording; what it
wrote to a socket that the peer had just closed may be in the recording alone. Both are counted, told, and allowed only
at the very end of a connection.
"""

import argparse
import sys
import tempfile
from collections import Counter, defaultdict

import capture_file
import dissection
import framing
import grammar
import recordings

REQUIRED = ("SIP INVITE", "SIP NOTIFY", "MSRP SEND")
# An actor that still sends this long after bytes came which it never read was not one that had stopped reading.
READS_WITHIN_NS = 100_000_000


class Comparison:
    """Collects what was found; `failures` decide."""

    def __init__(self):
        self.failures = []
        self.notes = []
        self.recorded = defaultdict(Counter)  # case -> label -> count, as the wire should have it
        self.dissected = defaultdict(Counter)
        self.unread = 0
        self.unsent = 0

    def fail(self, text):
        self.failures.append(text)


def label(protocol, message_kind, name):
    return f"{protocol.upper()} {name}" if message_kind == "request" else f"{protocol.upper()} response {name}"


class Pair:
    """A recorded connection and what the wire says of it."""

    def __init__(self, recorded, wire):
        self.recorded = recorded
        self.wire = wire

    def wire_stream(self, direction):
        return self.wire.streams[self.recorded.local if direction == "out" else self.recorded.remote]

    def recorded_stream(self, direction):
        return bytes(self.recorded.sent if direction == "out" else self.recorded.received)


def matched(cases, wire_connections, result):
    """Pairs of recorded and captured connections; tells of what is on one side only."""
    by_ends = defaultdict(list)
    for connection in wire_connections:
        by_ends[frozenset((connection.client, connection.server))].append(connection)
    pairs, taken = [], set()
    for case in cases:
        for recorded in case.connections:
            found = [c for c in by_ends[frozenset((recorded.local, recorded.remote))] if id(c) not in taken]
            if not found:
                result.fail(f"{recorded}: not on the wire")
                continue
            nearest = min(found, key=lambda c: abs(c.time - recorded.opened_ns))
            taken.add(id(nearest))
            pairs.append(Pair(recorded, nearest))
    _unrecorded(cases, [c for c in wire_connections if id(c) not in taken], result)
    return pairs


def _unrecorded(cases, left, result):
    spans = defaultdict(list)
    for case in cases:
        for recorded in case.connections:
            spans[recorded.server].append((case.start_ns, case.end_ns, case.id))
    for connection in left:
        for start, end, case_id in spans.get(connection.server, []):
            if connection.has_bytes and start <= connection.time <= end:
                result.fail(
                    f"{case_id}: on the wire but in no recording: {connection.client} to {connection.server}, "
                    f"first in packet {connection.packets[0].number}")
                break


def compare_bytes(pair, direction, result):
    """Compares one direction; returns the stream of the wire and the length up to which both agree."""
    wire_stream = pair.wire_stream(direction)
    wire, recorded = bytes(wire_stream.data), pair.recorded_stream(direction)
    shared = min(len(wire), len(recorded))
    if not pair.recorded.same_bytes(direction, recorded[:shared], wire[:shared]):
        at = next(i for i in range(shared) if recorded[i] != wire[i])
        packet = wire_stream.packet_at(at)
        result.fail(f"{pair.recorded}: {direction}: byte {at} differs, packet {packet.number if packet else '?'}")
    elif len(wire) > len(recorded) and not _may_be_unread(pair, direction, len(recorded)):
        packet = wire_stream.packet_at(len(recorded))
        result.fail(
            f"{pair.recorded}: {direction}: {len(wire) - len(recorded)} bytes from packet {packet.number} on "
            "are on the wire and not in the recording")
    elif len(recorded) > len(wire) and not _may_be_unsent(pair, direction):
        result.fail(f"{pair.recorded}: {direction}: the last {len(recorded) - len(wire)} recorded bytes are not on the wire")
    return wire, recorded


def _may_be_unread(pair, direction, offset):
    """Bytes towards the actor, and the actor sent nothing any more afterwards: it had closed or fallen silent."""
    if direction != "in":
        return False
    arrived = pair.wire_stream("in").packet_at(offset).time
    return pair.wire_stream("out").last_time <= arrived + READS_WITHIN_NS


def _may_be_unsent(pair, direction):
    """Bytes from the actor, and the other end had closed the connection before they could leave."""
    return direction == "out" and any(
        segment.flags & (capture_file.FIN | capture_file.RST) and segment.source == pair.recorded.remote
        for segment in map(capture_file.segment_of, pair.wire.packets))


def count_recorded(pair, direction, wire, recorded, result):
    """Adds the messages of one direction to what should be dissected; returns the messages on the wire."""
    protocol, case = pair.recorded.protocol, pair.recorded.case
    frames = framing.FRAMERS[protocol]
    counts = result.recorded[case]
    of_recording = frames(recorded)
    on_wire = of_recording if wire == recorded else frames(wire)
    for message in of_recording:
        if message.end <= len(wire):
            counts[label(protocol, message.kind, message.name)] += 1
        else:
            result.unsent += 1
    for message in on_wire:
        if message.end > len(recorded):
            counts[label(protocol, message.kind, message.name)] += 1
            result.unread += 1
    return on_wire


def check_grammar(pair, direction, wire, messages, result):
    for message in messages:
        for fault in grammar.FAULTS[pair.recorded.protocol](wire[message.start : message.end], message.kind):
            packet = pair.wire_stream(direction).packet_at(message.start)
            result.fail(f"{pair.recorded}: packet {packet.number}: {message.kind} {message.name}: {fault}")


def port(end_point):
    return int(end_point.rsplit(":", 1)[1])


def compare_streams(pairs, result):
    """Bytes and counts of every pair; returns the MSRP messages on the wire as (case, where, time, ports, bytes)."""
    msrp = []
    for pair in pairs:
        if pair.wire.has_gap:
            result.fail(f"{pair.recorded}: the capture has a gap in this connection")
        for direction in ("out", "in"):
            wire, recorded = compare_bytes(pair, direction, result)
            try:
                messages = count_recorded(pair, direction, wire, recorded, result)
            except framing.FramingError as problem:
                result.fail(f"{pair.recorded}: {direction}: {problem}")
                continue
            check_grammar(pair, direction, wire, messages, result)
            if pair.recorded.protocol == "msrp":
                ends = (pair.recorded.local, pair.recorded.remote)
                source, target = ends if direction == "out" else ends[::-1]
                for message in messages:
                    packet = pair.wire_stream(direction).packet_at(message.end - 1)
                    data = wire[message.start : message.end]
                    msrp.append((pair, packet, (packet.time, port(source), port(target), data)))
    return msrp


def dissect(pairs, msrp, tshark, result):
    """Lets tshark count, and takes over its complaints."""
    owner = {packet.number: pair for pair in pairs if pair.recorded.protocol == "sip" for packet in pair.wire.packets}
    packets = sorted(
        (packet for pair in pairs if pair.recorded.protocol == "sip" for packet in pair.wire.packets),
        key=lambda packet: packet.number)
    found = tshark.dissect_sip(packets)
    _take(found, "sip", lambda frame: (owner[packets[frame - 1].number], packets[frame - 1]), result)

    msrp.sort(key=lambda item: item[1].number)
    found = tshark.dissect_msrp([item[2] for item in msrp])
    _take(found, "msrp", lambda frame: msrp[frame - 1][:2], result)
    missing = set(range(1, len(msrp) + 1)) - {row.frame for row in found.rows}
    for frame in sorted(missing)[:20]:
        pair, packet = msrp[frame - 1][:2]
        result.fail(f"{pair.recorded}: packet {packet.number}: tshark does not take this for MSRP")


def _take(found, protocol, locate, result):
    for row in found.rows:
        case = locate(row.frame)[0].recorded.case
        for method in row.methods:
            result.dissected[case][label(protocol, "request", method)] += 1
        for code in row.codes:
            result.dissected[case][label(protocol, "response", code)] += 1
    for problem in found.problems:
        pair, packet = locate(problem.frame)
        result.fail(f"{pair.recorded}: packet {packet.number}: {problem.text}")
    for problem in found.notes:
        pair, packet = locate(problem.frame)
        result.notes.append(f"{pair.recorded}: packet {packet.number}: {problem.text} (not judged)")


def compare_counts(cases, result):
    for case in cases:
        recorded, dissected = result.recorded[case.id], result.dissected[case.id]
        for name in sorted(set(recorded) | set(dissected)):
            if recorded[name] != dissected[name]:
                result.fail(f"{case.id}: {name}: {recorded[name]} recorded, {dissected[name]} dissected")
        for name in REQUIRED:
            if not dissected[name]:
                result.fail(f"{case.id}: no {name} dissected")


def compare(capture_path, recordings_folder, work_folder):
    """The whole comparison as a `Comparison`."""
    result = Comparison()
    cases = recordings.read_folder(recordings_folder)
    capture = capture_file.read_capture(capture_path)
    if capture.drops is None:
        result.fail("the capture does not say whether packets were lost: was the capturing program ended before its time?")
    elif capture.drops:
        result.fail(f"{capture.drops} packets were lost by the kernel or the capturing program")
    pairs = matched(cases, capture_file.connections_of(capture.packets), result)
    msrp = compare_streams(pairs, result)
    dissect(pairs, msrp, dissection.Tshark(work_folder), result)
    compare_counts(cases, result)
    result.cases = cases
    result.connections = len(pairs)
    result.drops = capture.drops
    return result


def table(result, out):
    """One line per case: what was dissected, methods by their names."""
    total = Counter()
    for case in result.cases:
        counts = result.dissected[case.id]
        total.update(counts)
        print(f"  {case.id}: {_requests(counts)}", file=out)
    print(f"  all {len(result.cases)} cases, {result.connections} connections: {_requests(total)}", file=out)
    responses = sum(count for name, count in total.items() if " response " in name)
    print(f"  responses {responses}, packets lost {result.drops}, messages not read any more {result.unread}, "
          f"not sent any more {result.unsent}", file=out)


def _requests(counts):
    # SIP first, since a reader follows a case from there.
    names = sorted((name for name in counts if " response " not in name), key=lambda name: (name.startswith("MSRP"), name))
    return ", ".join(f"{name.split(' ', 1)[1]} {counts[name]}" for name in names) or "nothing"


def main(arguments=None, out=sys.stdout):
    parser = argparse.ArgumentParser(description="Holds a capture of a run against the recordings that the run made.")
    parser.add_argument("--capture", required=True, help="the pcapng file")
    parser.add_argument("--recordings", required=True, help="the folder with the *.ndjson files")
    parser.add_argument("--work", help="where the files given to tshark are kept (default: a temporary folder)")
    options = parser.parse_args(arguments)
    try:
        if options.work:
            result = compare(options.capture, options.recordings, options.work)
        else:
            with tempfile.TemporaryDirectory() as folder:
                result = compare(options.capture, options.recordings, folder)
    except (recordings.RecordingError, capture_file.CaptureError, dissection.DissectionError, OSError) as problem:
        print(f"cannot compare: {problem}", file=out)
        return 2
    table(result, out)
    for note in result.notes:
        print(f"  note: {note}", file=out)
    for failure in result.failures[:200]:
        print(f"  FAIL {failure}", file=out)
    if len(result.failures) > 200:
        print(f"  and {len(result.failures) - 200} more", file=out)
    return 1 if result.failures else 0


if __name__ == "__main__":
    sys.exit(main())
