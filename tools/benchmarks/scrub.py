"""Rows about the scrubber: its rate when somebody waits, and what its usual pace costs others."""
import json
import os
import time

import anchors
from client import Connection
from node import MIB, Node, wrk
from samples import make_file

# What `scrub.bytesPerSecond` is by default.
PACE = 32 * MIB
OFF = {"HOLDFAST_SCRUB_BYTES_PER_SECOND": "0"}
ROUNDS = 3
PATIENCE_SECONDS = 60


class Scrub:
    """The scrubber of a node, as the RPC tells of it."""

    def __init__(self, node):
        self.connection = Connection(node.private)

    def ask(self, command):
        status, answer = self.connection.send("POST", f"/api/v0/scrub/{command}")
        if status != 200:
            raise SystemExit(f"scrub {command} answers {status}: {answer[:300]}")
        return json.loads(answer)

    def hurry(self):
        """MiB/s of a run over the whole log, from the call to its end."""
        # Runs that begin in one second cannot be told apart.
        time.sleep(1.1)
        before = self.ask("status")["LastRun"]
        started = time.monotonic()
        self.ask("now")
        while time.monotonic() - started < PATIENCE_SECONDS:
            answer = self.ask("status")
            last = answer["LastRun"]
            if answer["State"] == "failing":
                raise SystemExit(f"the scrubber fails: {answer['Error']}")
            if last and last != before and answer["Run"] is None:
                return last["CheckedBytes"] / MIB / (time.monotonic() - started)
            time.sleep(0.005)
        raise SystemExit(f"a hurried scrub has no end in {PATIENCE_SECONDS} s: {answer}")


def bench_scrub(report, program, folder, seconds):
    # So large that a run at the usual pace lasts for all turns, and so small that memory holds it.
    large = make_file(os.path.join(folder, "scrubbed"), (2 * ROUNDS + 2) * seconds * PACE)
    small = make_file(os.path.join(folder, "scrubbed-small"), 4096)
    node = Node(program, folder, "scrub-home", settings=OFF)
    node.run("add", "-Q", "--progress=false", large)
    block = node.run("add", "-Q", "--progress=false", "--chunker=size-262144", "--cid-version=1",
                     make_file(os.path.join(folder, "scrubbed-block"), 256 * 1024))
    file = node.run("add", "-Q", "--progress=false", small)
    node.stop()
    for name, target in (("4 KiB file", f"/ipfs/{file}"),
                         ("raw 256 KiB block", f"/ipfs/{block}?format=raw")):
        ours, alone = anchors.pairs(
            ROUNDS, lambda: beside_scrub(program, folder, target, seconds),
            lambda: without_scrub(program, folder, target, seconds))
        report.add(f"gateway, {name}, 32 connections beside a scrub", "per s", ours, alone,
                   "without", ">= 0.95")
    node = Node(program, folder, "scrub-home", initialise=False, settings=OFF)
    scrub = Scrub(node)
    rates = anchors.pairs(ROUNDS, scrub.hurry, lambda: hash_speed(large))
    report.add("scrub in a hurry, from memory", "MiB/s", rates[0], rates[1], "read, sha256",
               ">= 954")
    node.stop()


def hash_speed(path):
    loop = anchors.HashLoop(path)
    return loop.byte_count / MIB / loop.seconds


def beside_scrub(program, folder, target, seconds):
    """The run that the first of these begins goes on in the next one."""
    node = Node(program, folder, "scrub-home", initialise=False)
    scrub = Scrub(node)
    rate = wrk(node.public + target, 32, seconds)
    state = scrub.ask("status")["State"]
    node.stop()
    if state != "running":
        raise SystemExit(f"the scrub beside the gateway was {state}: it needs more to read")
    return rate


def without_scrub(program, folder, target, seconds):
    node = Node(program, folder, "scrub-home", initialise=False, settings=OFF)
    rate = wrk(node.public + target, 32, seconds)
    node.stop()
    return rate
