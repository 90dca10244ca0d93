"""Cuts byte streams into SIP and MSRP messages, on its own terms: it shares nothing with cpmcheck's parsers."""

import re
from collections import namedtuple

# kind: "request" or "response"; name: the method, or the status code as text; start and end: offsets in the stream.
Message = namedtuple("Message", "kind name start end")


class FramingError(ValueError):
    """The stream cannot be cut at this offset."""

    def __init__(self, offset, text):
        super().__init__(f"{text} (at byte {offset} of the stream)")
        self.offset = offset


_SIP_REQUEST = re.compile(rb"([A-Z0-9.!%*_+`'~-]+) \S+ SIP/2\.0$")
_SIP_RESPONSE = re.compile(rb"SIP/2\.0 ([1-6][0-9][0-9]) ")
_LENGTH = re.compile(rb"^(?:content-length|l)[ \t]*:[ \t\r\n]*([0-9]+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


def sip_messages(stream):
    """All complete SIP messages in `stream` (RFC 3261 §18.3); keep-alives between them are skipped."""
    messages = []
    position = 0
    while True:
        while stream[position : position + 2] == b"\r\n":
            position += 2
        head_end = stream.find(b"\r\n\r\n", position)
        if head_end < 0:
            return messages
        head = stream[position : head_end + 2]
        length = _LENGTH.search(head)
        if length is None:
            raise FramingError(position, "a SIP message without Content-Length")
        end = head_end + 4 + int(length.group(1))
        if end > len(stream):
            return messages
        messages.append(Message(*_sip_start(head.split(b"\r\n", 1)[0], position), position, end))
        position = end


def _sip_start(line, position):
    found = _SIP_RESPONSE.match(line)
    if found:
        return "response", found.group(1).decode()
    found = _SIP_REQUEST.match(line)
    if found:
        return "request", found.group(1).decode()
    raise FramingError(position, f"not the first line of a SIP message: {line[:80]!r}")


_MSRP_START = re.compile(rb"MSRP ([A-Za-z0-9.+%=-]{1,64}) (?:([0-9]{3})(?: [^\r\n]*)?|([A-Z]+))\r\n")


def msrp_messages(stream):
    """All complete MSRP messages in `stream` (RFC 4975 §7.1), each up to its own end-line."""
    messages = []
    position = 0
    while position < len(stream):
        line_end = stream.find(b"\r\n", position)
        if line_end < 0:
            return messages
        start = _MSRP_START.match(stream, position)
        if start is None:
            raise FramingError(position, f"not the first line of an MSRP message: {stream[position:position + 80]!r}")
        end_line = re.compile(rb"\r\n-------" + re.escape(start.group(1)) + rb"[$+#]\r\n")
        end = end_line.search(stream, line_end)
        if end is None:
            return messages
        kind = "response" if start.group(2) else "request"
        messages.append(Message(kind, (start.group(2) or start.group(3)).decode(), position, end.end()))
        position = end.end()
    return messages


FRAMERS = {"sip": sip_messages, "msrp": msrp_messages}
