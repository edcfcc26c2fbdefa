"""Files, blocks and archives that the bench stores."""
import os
import random

import dag
from node import MIB

# What is behind the number of a block: the store does not compress.
TAIL = random.Random(9).randbytes(64 << 10)


def make_file(path, size):
    with open("/dev/urandom", "rb") as source, open(path, "wb") as target:
        left = size
        while left > 0:
            piece = source.read(min(left, 4 * MIB))
            target.write(piece)
            left -= len(piece)
    return path


def store_many(node, folder, count):
    """Has a node store so many blocks of 64 bytes: the leaves of a file."""
    many = make_file(os.path.join(folder, "many"), count * 64)
    node.run("add", "-Q", "--progress=false", "--chunker=size-64", "--raw-leaves", many)
    os.unlink(many)


def block(index, size):
    """A raw block that no other index has."""
    return index.to_bytes(8, "big") + TAIL[:size - 8]


def block_name(index, size):
    return dag.text(dag.cid(dag.RAW, block(index, size)))


def write_archive(path, first, count, size):
    """A CAR of so many of these blocks, from the first index on. On the disk when it is there: to
    write it out is no part of what is measured next."""
    with open(path, "wb", buffering=4 * MIB) as file:
        file.write(dag.archive_head(dag.cid(dag.RAW, block(first, size))))
        for index in range(first, first + count):
            data = block(index, size)
            file.write(dag.section(dag.cid(dag.RAW, data), data))
        file.flush()
        os.fdatasync(file.fileno())
    return path
