"""What every SIP and MSRP message must have and tshark does not look for. Each function returns sentences."""

import re

_COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type"}
_DIALOG_FORMING = ("INVITE", "SUBSCRIBE", "REFER")


def _head(message):
    """(first line, [(name in lower case, value)], body), header lines unfolded."""
    head, _, body = message.partition(b"\r\n\r\n")
    lines = re.sub(r"\r\n[ \t]+", " ", head.decode(errors="replace")).split("\r\n")
    pairs = [line.partition(":") for line in lines[1:]]
    return lines[0], [(name.strip().lower(), value.strip()) for name, _, value in pairs], body


def sip_faults(message, kind):
    """RFC 3261 §8.1.1, §8.2.6, §20: headers that must be there and fit each other."""
    first, pairs, body = _head(message)
    headers = {}
    for name, value in pairs:
        headers.setdefault(_COMPACT.get(name, name), value)
    wanted = ["via", "from", "to", "call-id", "cseq"]
    method = first.split(" ", 1)[0]
    if kind == "request":
        wanted += ["max-forwards"] + (["contact"] if method in _DIALOG_FORMING else [])
    faults = [f"no {name}" for name in wanted if not headers.get(name)]
    cseq = re.fullmatch(r"([0-9]{1,10}) +([A-Z]+)", headers.get("cseq", ""))
    if not cseq or int(cseq.group(1)) >= 2**31:
        faults.append(f"CSeq is {headers.get('cseq')!r}")
    elif kind == "request" and cseq.group(2) != method:
        faults.append(f"CSeq names {cseq.group(2)} in {method}")
    if not re.match(r"SIP/2\.0/[A-Z]+ +[^;]+;.*branch=z9hG4bK[^;,]", headers.get("via", "")):
        faults.append(f"Via is {headers.get('via')!r}")
    if ";tag=" not in headers.get("from", ""):
        faults.append("no tag in From")
    if kind == "response" and not first.startswith("SIP/2.0 100") and ";tag=" not in headers.get("to", ""):
        faults.append("no tag in To")
    if body and not headers.get("content-type"):
        faults.append("a body without Content-Type")
    return faults


_IDENT = r"[A-Za-z0-9][A-Za-z0-9.+%=-]{3,31}"
_URI = r"msrps?://[^ ;/]+(?:/[^ ;]+)?;tcp(?:;[^ ]+)?"


def msrp_faults(message, kind):
    """RFC 4975 §9: the order of the paths, the headers of each method, the length that Byte-Range tells."""
    start, rest = message.split(b"\r\n", 1)
    word = start.split(b" ")[1]
    tail = len(b"-------" + word + b"$\r\n")
    content = message[:-tail]
    first, pairs, body = _head(content)
    names = [name for name, _ in pairs if name]
    headers = dict(pairs)
    faults = []
    if not re.fullmatch(_IDENT, word.decode()):
        faults.append(f"transaction identifier {word.decode()!r}")
    if names[:2] != ["to-path", "from-path"]:
        faults.append(f"the first headers are {names[:2]}, not To-Path and From-Path")
    for name in ("to-path", "from-path"):
        if not re.fullmatch(f"{_URI}(?: {_URI})*", headers.get(name, "")):
            faults.append(f"{name} is {headers.get(name)!r}")
    if kind == "request":
        method = first.split(" ")[2]
        flag = message[-3:-2]
        faults += _msrp_request_faults(method, headers, names, body, b"\r\n\r\n" in content, flag)
    elif b"\r\n\r\n" in content:
        faults.append("a response with a body")
    return faults


def _msrp_request_faults(method, headers, names, body, has_body, flag):
    faults = []
    if method in ("SEND", "REPORT") and not re.fullmatch(_IDENT, headers.get("message-id", "")):
        faults.append(f"Message-ID is {headers.get('message-id')!r}")
    if method == "REPORT" and not re.match(r"000 [0-9]{3}( |$)", headers.get("status", "")):
        faults.append(f"Status of a REPORT is {headers.get('status')!r}")
    byte_range = headers.get("byte-range")
    parts = re.fullmatch(r"([0-9]+)-([0-9]+|\*)/([0-9]+|\*)", byte_range or "1-*/*")
    if parts is None:
        faults.append(f"Byte-Range is {byte_range!r}")
    if has_body:
        if names[-1:] != ["content-type"]:
            faults.append("Content-Type is not the last header before the body")
        length = len(body) - len(b"\r\n")  # the line break that belongs to the end-line
        if parts and parts.group(2) != "*" and flag == b"$" and int(parts.group(2)) - int(parts.group(1)) + 1 != length:
            faults.append(f"Byte-Range {byte_range} and {length} bytes of body")
    return faults


FAULTS = {"sip": sip_faults, "msrp": msrp_faults}
