"""Rows about a store that has become large, beside one that was empty a moment ago."""
import os
import random
import shutil
import statistics
import time

from client import Connection
from node import Node
from samples import block, block_name, write_archive

BLOCK_BYTES = 1024
# Blocks of one archive: a gigabyte on the disk beside the store.
ARCHIVE_BLOCKS_MAX = 1_000_000
ROUNDS = 3
READS = 2_000
# On the disk for each block: the log, part of it twice while tables are merged, and the index.
DISK_BYTES = 2_500


def bench_growth(report, program, folder, blocks):
    """Imports into a store of so many blocks, and in turn into an empty one."""
    check_space(folder, blocks)
    step = max(1, min(ARCHIVE_BLOCKS_MAX, blocks // 10))
    archive = os.path.join(folder, "growth.car")
    node = Node(program, folder, "large-home")
    filling = []
    for first in range(0, blocks, step):
        write_archive(archive, first, step, BLOCK_BYTES)
        filling.append(import_rate(node, archive, step))
    node.stop()
    empty, large = [], []
    for number in range(ROUNDS):
        # The other node does not run meanwhile: it would merge its tables beside this one.
        first = (len(filling) + number) * step
        write_archive(archive, first, step, BLOCK_BYTES)
        empty.append(turn(program, folder, "small-home", True, archive, step))
        large.append(turn(program, folder, "large-home", False, archive, step))
    os.unlink(archive)

    def add(name, unit, figure, beside, goal, **more):
        ours, anchor = (statistics.median(run[figure] for run in runs) for runs in (large, empty))
        report.add(f"{name}, {blocks:,} stored", unit, ours, anchor, beside, goal, **more)

    add("import of 1 KiB blocks", "blocks/s", "rate", "into an empty one", ">= 0.7",
        blocksPerImport=step, ratesWhileFilling=[round(rate) for rate in filling])
    add("own memory during import", "MiB", "memory", "into an empty one", "<= 160")
    add("start", "s", "start", "empty", "<= 0.05")
    few = read_waits(program, folder, "small-home", first, step)
    many = read_waits(program, folder, "large-home", 0, first)
    report.add(f"gateway, raw 1 KiB block at random, {blocks:,} stored", "ms",
               statistics.median(many) * 1000, statistics.median(few) * 1000, f"{step:,} stored",
               "<= 0.4", p99Ms=round(statistics.quantiles(many, n=100)[98] * 1000, 3))
    shutil.rmtree(node.home)


def check_space(folder, blocks):
    free, wanted = shutil.disk_usage(folder).free, blocks * DISK_BYTES
    if free < wanted:
        raise SystemExit(
            f"{folder} has {free >> 30} GiB free, and {blocks:,} blocks may take {wanted >> 30}: "
            "set TMPDIR to a larger disk, or --growth-blocks to a smaller number")


def import_rate(node, archive, count):
    """Blocks per second."""
    _, wall, _ = node.timed("dag", "import", "--pin-roots=false", archive)
    return count / wall


def turn(program, folder, name, initialise, archive, count):
    node = Node(program, folder, name, initialise)
    rate = import_rate(node, archive, count)
    node.stop()
    return {"rate": rate, "memory": node.server.own_memory_peak, "start": node.start_seconds}


def read_waits(program, folder, name, first, count):
    """Seconds that each of some blocks, at random, takes on one connection."""
    node = Node(program, folder, name, initialise=False)
    time.sleep(3)
    connection, choose, waits = Connection(node.public), random.Random(9), []
    for _ in range(READS):
        index = choose.randrange(first, first + count)
        target = f"/ipfs/{block_name(index, BLOCK_BYTES)}?format=raw"
        started = time.monotonic()
        status, answer = connection.send("GET", target)
        waits.append(time.monotonic() - started)
        if status != 200 or answer != block(index, BLOCK_BYTES):
            raise SystemExit(f"{target} answers {status} with {len(answer):,} bytes")
    node.stop()
    return waits
