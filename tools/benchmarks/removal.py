"""Rows about `block rm` of many blocks in one call, and what adds wait meanwhile."""
import os
import statistics
import subprocess
import time

import anchors
from client import Connection, upload
from node import Node
from samples import block_name, write_archive

BLOCK_BYTES = 64
# Longer than a removal takes.
ALONE_SECONDS = 1
ROUNDS = 3


class SmallAdds:
    """A client that adds one small file after the other, and notes how long each has taken."""

    def __init__(self, node):
        self.connection = Connection(node.private)

    def run(self, is_over):
        waits = []
        while not is_over():
            content = os.urandom(1024)
            started = time.monotonic()
            answer = upload(self.connection, "/api/v0/add?progress=false", content)
            waits.append(time.monotonic() - started)
            if b'"Hash"' not in answer:
                raise SystemExit(f"an add beside block rm failed: {answer[:300]}")
        return waits


def bench_removal(report, program, folder, count):
    runs = [one_removal(program, folder, count) for _ in range(ROUNDS)]
    seconds = statistics.median(run["seconds"] for run in runs)
    syncs = [wait for run in runs for wait in run["syncs"]]
    sync = statistics.mean(syncs)
    report.add(f"block rm of {count:,} blocks, one call", "ms", seconds * 1000, sync * 1000,
               "fdatasync", "<= 700")
    report.add("block rm, blocks", "per s", count / seconds, 1 / sync, "fdatasyncs")
    # The worst of all, on both sides: a median would leave out what the row is about.
    waits, alone = ([wait for run in runs for wait in run[name]] for name in ("waits", "alone"))
    report.add("add beside block rm, longest wait", "ms", max(waits) * 1000, max(alone) * 1000,
               "alone", "<= 50", adds=len(waits),
               medianMs=round(statistics.median(waits) * 1000, 3),
               medianAloneMs=round(statistics.median(alone) * 1000, 3),
               longestSyncMs=round(max(syncs) * 1000, 3))


def one_removal(program, folder, count):
    """Stores so many blocks and removes them, while another client adds."""
    node = Node(program, folder, "removal-home")
    archive = write_archive(os.path.join(folder, "removal.car"), 0, count, BLOCK_BYTES)
    node.run("dag", "import", "--pin-roots=false", archive)
    os.unlink(archive)
    names = os.path.join(folder, "removal-names")
    with open(names, "w") as file:
        file.writelines(block_name(index, BLOCK_BYTES) + "\n" for index in range(count))
    syncs = anchors.small_syncs(folder)
    adds = SmallAdds(node)
    end = time.monotonic() + ALONE_SECONDS
    alone = adds.run(lambda: time.monotonic() > end)
    answer = os.path.join(folder, "removal-answer")
    # A program of its own: in this one it would take turns with the adds.
    removal = subprocess.Popen(
        ["curl", "-sS", "-F", f"file=@{names}", "-H", "Expect:", "-o", answer, "-w",
         "%{http_code} %{time_total}", node.private + "/api/v0/block/rm"],
        stdout=subprocess.PIPE)
    waits = adds.run(lambda: removal.poll() is not None)
    status, seconds = removal.communicate()[0].decode().split()
    node.stop()
    with open(answer) as file:
        lines = file.readlines()
    failed = [line for line in lines if '"Error"' in line]
    if status != "200" or len(lines) != count or failed:
        raise SystemExit(f"block rm answered {status} with {len(lines):,} lines for {count:,} "
                         f"blocks: {''.join((failed or lines)[:1])}")
    return {"seconds": float(seconds), "waits": waits, "alone": alone, "syncs": syncs}
