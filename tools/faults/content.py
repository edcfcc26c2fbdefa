"""Blocks and files whose bytes and CIDs follow from a seed, so that none have to be kept."""
import base64
import random

from dag import DAG_PB, RAW, cid, field, text, varint

CHUNK = 64 << 10


def file_root(leaves):
    """The dag-pb block over leaves of a file, as `add --cid-version=1` makes it."""
    sizes = [len(leaf) for leaf in leaves]
    data = b"\x08\x02\x18" + varint(sum(sizes)) + b"".join(b"\x20" + varint(n) for n in sizes)
    links = [
        field(2, field(1, cid(RAW, leaf)) + b"\x12\x00\x18" + varint(len(leaf))) for leaf in leaves]
    return b"".join(links) + field(1, data)


def raw_name(name):
    """What `refs local` calls a block: by its multihash, as if it was raw."""
    padding = "=" * (-(len(name) - 1) % 8)
    return text(b"\x01" + varint(RAW) + base64.b32decode(name[1:].upper() + padding)[2:])


class Recipe:
    """How the bytes of an item come about."""

    # More than a batch of the log takes: the node writes such a block to a table of its own.
    LARGE = (8 << 20) + 4096
    # The most children of one dag-pb node, so that one block is above all leaves.
    FILE_MAX = 100 * CHUNK

    def __init__(self, seed, size, is_file=False):
        self.seed, self.size, self.is_file = seed, size, is_file and size > CHUNK

    def bytes(self):
        return random.Random(self.seed).randbytes(self.size)

    def parts(self):
        """Every block with the CID that it is asked for by, the root last."""
        data = self.bytes()
        if not self.is_file:
            return [(text(cid(RAW, data)), data)]
        leaves = [data[at:at + CHUNK] for at in range(0, self.size, CHUNK)]
        root = file_root(leaves)
        return [(text(cid(RAW, leaf)), leaf) for leaf in leaves] + [(text(cid(DAG_PB, root)), root)]
