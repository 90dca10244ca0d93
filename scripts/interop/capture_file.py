"""Reads pcapng captures of TCP (loopback, Ethernet, raw IP), puts streams together, and writes small pcapng files."""

import ipaddress
import struct
from collections import namedtuple

LINK_ETHERNET, LINK_RAW, LINK_UPPER_PDU = 1, 101, 252
_LINKS = {0: "null", LINK_ETHERNET: "ethernet", LINK_RAW: "raw", 113: "sll", 276: "sll2"}

# number: from 1, as tshark counts; time: ns since 1970; length: on the wire, which may be more than was captured.
Packet = namedtuple("Packet", "number time link data length")
Segment = namedtuple("Segment", "packet source target seq flags payload")
FIN, SYN, RST, ACK = 1, 2, 4, 16


class CaptureError(ValueError):
    """The capture cannot be relied on."""


class Capture:
    """The packets of a file and what the capturing program said of losses: None where it said nothing."""

    def __init__(self):
        self.packets = []
        self.drops = None


def read_capture(path):
    """A pcapng file as a `Capture`."""
    with open(path, "rb") as file:
        raw = file.read()
    if raw[:4] != b"\x0a\x0d\x0d\x0a":
        raise CaptureError(f"{path}: not a pcapng file")
    capture = Capture()
    interfaces = []
    order = "<"
    position = 0
    while position < len(raw):
        if raw[position : position + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if raw[position + 8 : position + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            interfaces = []
        if position + 12 > len(raw):
            raise CaptureError(f"{path}: cut off in a block")
        kind, length = struct.unpack_from(order + "II", raw, position)
        if length < 12 or position + length > len(raw):
            raise CaptureError(f"{path}: cut off in a block")
        _take_block(capture, interfaces, kind, raw[position + 8 : position + length - 4], order)
        position += length
    return capture


def _take_block(capture, interfaces, kind, body, order):
    if kind == 1:
        resolution = dict(_options(body, 8, order)).get(9, b"\x06")[0]
        unit = 2 ** (resolution & 127) if resolution & 128 else 10**resolution
        interfaces.append((struct.unpack_from(order + "H", body)[0], unit))
    elif kind == 6:
        which, high, low, captured, length = struct.unpack_from(order + "IIIII", body)
        link, unit = interfaces[which]
        time = ((high << 32) | low) * 1_000_000_000 // unit
        capture.packets.append(Packet(len(capture.packets) + 1, time, link, body[20 : 20 + captured], length))
    elif kind == 5:
        lost = [value for code, value in _options(body, 12, order) if code in (5, 7)]
        total = sum(struct.unpack(order + "Q", value)[0] for value in lost)
        capture.drops = total if capture.drops is None else capture.drops + total


def _options(body, position, order):
    while position + 4 <= len(body):
        code, length = struct.unpack_from(order + "HH", body, position)
        if code == 0:
            return
        yield code, body[position + 4 : position + 4 + length]
        position += 4 + (length + 3) // 4 * 4


def write_capture(path, link, frames):
    """Writes (time in ns, bytes) frames as pcapng."""
    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    with open(path, "wb") as file:
        file.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        nanosecond_unit = struct.pack("<HHB3xHH", 9, 1, 9, 0, 0)
        file.write(block(1, struct.pack("<HHI", link, 0, 0) + nanosecond_unit))
        for time, data in frames:
            head = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(data), len(data))
            file.write(block(6, head + data))


def segment_of(packet):
    """The TCP segment in a packet, or None when there is none."""
    data = packet.data
    offset = {"null": 4, "ethernet": 14, "raw": 0, "sll": 16, "sll2": 20}.get(_LINKS.get(packet.link))
    if offset is None or len(data) < offset + 20:
        return None
    version = data[offset] >> 4
    if version == 4:
        if data[offset + 9] != 6:
            return None
        source, target = data[offset + 12 : offset + 16], data[offset + 16 : offset + 20]
        end = offset + struct.unpack_from(">H", data, offset + 2)[0]
        tcp = offset + (data[offset] & 15) * 4
    elif version == 6 and len(data) >= offset + 40 and data[offset + 6] == 6:
        source, target = data[offset + 8 : offset + 24], data[offset + 24 : offset + 40]
        end = offset + 40 + struct.unpack_from(">H", data, offset + 4)[0]
        tcp = offset + 40
    else:
        return None
    if packet.length > len(data) or len(data) < tcp + 20:
        raise CaptureError(f"packet {packet.number} was cut: {len(data)} of {packet.length} bytes are there")
    source_port, target_port, seq, _, lengths, flags = struct.unpack_from(">HHIIBB", data, tcp)
    payload = data[tcp + (lengths >> 4) * 4 : end]
    return Segment(packet, _end_point(source, source_port), _end_point(target, target_port), seq, flags, payload)


def _end_point(address, port):
    ip = ipaddress.ip_address(bytes(address))
    return f"{ip}:{port}" if ip.version == 4 else f"[{ip}]:{port}"


class Stream:
    """One direction of a connection, put together by sequence numbers."""

    def __init__(self):
        self.next = None
        self.data = bytearray()
        self.arrivals = []  # (offset at which the piece ends, packet)
        self.waiting = {}

    def take(self, segment):
        if segment.flags & SYN:
            self.next = (segment.seq + 1) % 2**32
            return
        if not segment.payload:
            return
        if self.next is None:
            self.next = segment.seq
        self.waiting[segment.seq] = max(self.waiting.get(segment.seq, segment), segment, key=lambda s: len(s.payload))
        self._advance()

    def _advance(self):
        moved = True
        while moved:
            moved = False
            for seq in sorted(self.waiting):
                behind = (self.next - seq) % 2**32
                if behind >= 2**31:
                    continue  # still ahead
                segment = self.waiting.pop(seq)
                fresh = segment.payload[behind:]
                if fresh:
                    self.data += fresh
                    self.next = (self.next + len(fresh)) % 2**32
                    self.arrivals.append((len(self.data), segment.packet))
                moved = True
                break

    def packet_at(self, offset):
        """The packet that brought the byte at `offset`."""
        return next((packet for end, packet in self.arrivals if offset < end), None)

    @property
    def last_time(self):
        return self.arrivals[-1][1].time if self.arrivals else 0


class Connection:
    """A TCP connection: `client` opened it."""

    def __init__(self, client, server, time):
        self.client = client
        self.server = server
        self.time = time
        self.packets = []
        self.streams = {client: Stream(), server: Stream()}

    @property
    def has_gap(self):
        return any(stream.waiting for stream in self.streams.values())

    @property
    def has_bytes(self):
        return any(stream.data for stream in self.streams.values())


def _is_new(segment, connection):
    """Whether a first SYN follows on an earlier connection between the same ends; a repeated SYN does not count."""
    if not segment.flags & SYN or segment.flags & ACK:
        return False
    return connection.has_bytes or connection.streams[segment.source].next != (segment.seq + 1) % 2**32


def connections_of(packets):
    """The TCP connections in a capture, in the order in which they were opened."""
    found, current = [], {}
    for packet in packets:
        segment = segment_of(packet)
        if segment is None:
            continue
        key = frozenset((segment.source, segment.target))
        if key not in current or _is_new(segment, current[key]):
            connection = Connection(segment.source, segment.target, packet.time)
            current[key] = connection
            found.append(connection)
        connection = current[key]
        connection.packets.append(packet)
        connection.streams[segment.source].take(segment)
    return found
