"""Blocks, their CIDs and CARs, as scripts write them for a node that has to read them."""
import base64
import hashlib

RAW, DAG_PB, DAG_CBOR = 0x55, 0x70, 0x71


def varint(number):
    result = b""
    while number >= 0x80:
        result += bytes([number & 0x7F | 0x80])
        number >>= 7
    return result + bytes([number])


def field(number, content):
    """A field of protobuf that has a length."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def head(major, number):
    """The head of a CBOR item."""
    for kind, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 24:
            return bytes([major << 5 | number])
        if number < 1 << 8 * size:
            return bytes([major << 5 | kind]) + number.to_bytes(size, "big")
    raise ValueError(number)


def cid(codec, data):
    return b"\x01" + varint(codec) + b"\x12\x20" + hashlib.sha256(data).digest()


def text(cid_bytes):
    return "b" + base64.b32encode(cid_bytes).decode().lower().rstrip("=")


def node(links, data):
    """A dag-pb block: links are (cid, name)."""
    parts = [field(2, field(1, target) + field(2, name) + b"\x18\x01") for target, name in links]
    return b"".join(parts) + field(1, data)


def archive_head(root):
    """What a CAR of version 1 begins with."""
    link = b"\xd8\x2a" + head(2, len(root) + 1) + b"\0" + root
    header = b"\xa2\x65roots\x81" + link + b"\x67version\x01"
    return varint(len(header)) + header


def section(cid_bytes, data):
    """A block inside a CAR."""
    return varint(len(cid_bytes) + len(data)) + cid_bytes + data


class Archive:
    """Blocks on their way into a CAR."""

    def __init__(self):
        self.sections = []

    def add(self, codec, data):
        name = cid(codec, data)
        self.sections.append(section(name, data))
        return name

    def bytes(self, root):
        return archive_head(root) + b"".join(self.sections)
