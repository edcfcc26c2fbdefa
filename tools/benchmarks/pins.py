"""Rows about pins: each call pins one small root, and is synced when it is answered."""
import os

import anchors
import dag
from node import Node, wrk

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = 3
# So many roots for each second of a turn: more than can be pinned.
ROOTS_PER_SECOND = {1: 6_000, 16: 20_000}


def bench_pins(report, program, folder, seconds):
    node = Node(program, folder, "pins-home")
    total = ROUNDS * seconds * sum(ROOTS_PER_SECOND.values())
    roots = iter(store_roots(node, folder, total))
    for connections, goal in ((1, ">= 2,000"), (16, "")):
        ours, syncs = anchors.pairs(
            ROUNDS, lambda: pin(node, folder, roots, connections, seconds),
            lambda: anchors.sync_rate(folder))
        report.add(f"pin add, synced, {connections} connections", "per s", ours, syncs,
                   "fdatasyncs", goal)
    node.stop()


def store_roots(node, folder, count):
    """Folders of one entry, which no two have in common; their CIDs."""
    archive = dag.Archive()
    leaf = archive.add(dag.RAW, b"leaf")
    roots = [archive.add(dag.DAG_PB, dag.node([(leaf, b"%d" % index)], b"\x08\x01"))
             for index in range(count)]
    path = os.path.join(folder, "roots.car")
    with open(path, "wb") as file:
        file.write(archive.bytes(roots[0]))
    node.run("dag", "import", "--pin-roots=false", path)
    os.unlink(path)
    return [dag.text(root) for root in roots]


def pin(node, folder, roots, connections, seconds):
    """Pins per second of one turn, which has roots of its own."""
    count = ROOTS_PER_SECOND[connections] * seconds
    targets = os.path.join(folder, "pins")
    with open(targets, "w") as file:
        for _ in range(count):
            file.write(f"/api/v0/pin/add?arg={next(roots)}\n")
    rate = wrk(node.private, connections, seconds, os.path.join(HERE, "pins.lua"),
               [targets, str(min(2, connections))])
    # Behind the last root wrk waits for the end of its time, which makes the rate a wrong one.
    if rate * seconds > 0.9 * count:
        raise SystemExit(f"{count:,} roots are too few: raise ROOTS_PER_SECOND in pins.py")
    return rate
