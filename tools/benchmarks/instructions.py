#!/usr/bin/env python3
"""Instructions that two binaries take for the same work: times are noisy, and these hardly are.

    tools/install-packages bench
    tools/benchmarks/instructions.py --program .build/release/holdfast --before /tmp/holdfast-before
    tools/benchmarks/instructions.py ... --only pin --blocks 100000

What a node takes for a start, for an add beyond the start, and for each block put and pin add of
many. Counted in user mode by `perf stat` where the processor tells, else by valgrind, in which a
node is some fifty times slower and has no SHA instructions: compare counts of one kind only."""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "formats"))
sys.dont_write_bytecode = True

from client import Connection, upload  # noqa: E402
from node import MIB, Node, Process  # noqa: E402
from pins import store_roots  # noqa: E402
from report import Report  # noqa: E402
from samples import block, make_file, store_many  # noqa: E402

# Nothing is to run beside what is counted.
SETTINGS = {"HOLDFAST_SCRUB_BYTES_PER_SECOND": "0"}
FILE_BYTES = 8 * MIB
# The first ones find what they need for the first time, so they are taken away from the count.
FIRST_CALLS, CALLS = 20, 300


class Perf:
    """The counter of the processor."""

    name = "perf"

    @staticmethod
    def prefix(path):
        return ["perf", "stat", "-e", "instructions:u", "-x", ",", "-o", path, "--"]

    @staticmethod
    def count(path):
        with open(path) as file:
            for line in file:
                if "instructions" in line and line[0].isdigit():
                    return int(line.split(",")[0])
        raise SystemExit(f"perf has counted nothing: see {path}")


class Callgrind:
    """A processor in software."""

    name = "callgrind"

    @staticmethod
    def prefix(path):
        return ["valgrind", "--tool=callgrind", "--quiet", "--callgrind-out-file=" + path]

    @staticmethod
    def count(path):
        with open(path) as file:
            for line in file:
                if line.startswith("totals:"):
                    return int(line.split()[1])
        raise SystemExit(f"valgrind has counted nothing: see {path}")


def choose_counter(folder):
    """perf needs a processor whose counters a guest may see."""
    path = os.path.join(folder, "probe")
    if shutil.which("perf"):
        done = subprocess.run(
            [*Perf.prefix(path), "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if done.returncode == 0:
            with open(path) as file:
                if any(line[0].isdigit() for line in file):
                    return Perf
    if shutil.which("valgrind"):
        return Callgrind
    raise SystemExit(
        "no perf that counts instructions, and no valgrind: run tools/install-packages bench")


class Binary:
    """One of the two, with repositories of its own: the formats of both may differ."""

    def __init__(self, program, counter, folder, options):
        self.program, self.counter, self.options = os.path.abspath(program), counter, options
        self.folder = folder
        os.makedirs(folder)

    def node(self, name, **more):
        return Node(self.program, self.folder, name, settings=SETTINGS, **more)

    def counted(self, name, work=None):
        """Instructions of a node from its start to its end, with some work between them."""
        path = os.path.join(self.folder, "count")
        node = self.node(name, initialise=False, prefix=self.counter.prefix(path))
        if work is not None:
            work(node)
        # By a command: a signal would reach perf, and not what it counts.
        node.run("shutdown")
        node.server.process.wait(300)
        return self.counter.count(path)

    def per_call(self, name, call, arguments):
        """Instructions of a call with one of the arguments, on a connection that is kept."""
        def work(some):
            def run(node):
                connection = Connection(node.private)
                for argument in some:
                    call(connection, argument)
            return run

        few = self.counted(name, work(arguments[:FIRST_CALLS]))
        many = self.counted(name, work(arguments[FIRST_CALLS:]))
        return (many - few) / (len(arguments) - 2 * FIRST_CALLS)

    def settle(self, name):
        """What the last node has left in its log goes into tables with the first start."""
        self.node(name, initialise=False).stop()

    # MARK: figures

    def start_empty(self):
        self.node("empty").stop()
        return self.counted("empty")

    def start_many(self):
        if not os.path.exists(os.path.join(self.folder, "many-home")):
            node = self.node("many-home")
            store_many(node, self.folder, self.options.blocks)
            node.stop()
            self.settle("many-home")
        return self.counted("many-home")

    def file(self):
        path = os.path.join(self.folder, "file")
        return path if os.path.exists(path) else make_file(path, FILE_BYTES)

    def add(self):
        self.node("add").stop()
        start = self.counted("add")
        return self.counted(
            "add", lambda node: node.run("add", "-Q", "--progress=false", self.file())) - start

    def add_client(self):
        path = os.path.join(self.folder, "count")
        node = self.node("add")
        subprocess.run(
            [*self.counter.prefix(path), self.program, "add", "-Q", "--progress=false",
             self.file()],
            env=node.environment, stdout=subprocess.DEVNULL, check=True)
        node.stop()
        return self.counter.count(path)

    def put(self):
        self.node("put").stop()
        return self.per_call(
            "put", lambda connection, content: upload(connection, "/api/v0/block/put", content),
            [block(index, 1024) for index in range(2 * FIRST_CALLS + CALLS)])

    def pin(self):
        node = self.node("pin")
        roots = store_roots(node, self.folder, 2 * FIRST_CALLS + CALLS)
        node.stop()
        self.settle("pin")
        return self.per_call("pin", pin_one, roots)


def pin_one(connection, root):
    status, answer = connection.send("POST", f"/api/v0/pin/add?arg={root}")
    if status != 200:
        raise SystemExit(f"pin add answers {status}: {answer[:300]}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the holdfast that is measured")
    parser.add_argument("--before", required=True, help="the one that stands beside it")
    parser.add_argument("--blocks", type=int, default=1_000_000, help="stored for the last row")
    parser.add_argument("--rounds", type=int, default=3, help="the count in the middle is taken")
    parser.add_argument("--record", action="store_true", help="append to Docs/bench/macro.ndjson")
    parser.add_argument("--only", default="", help="add, client, put, pin, start or many")
    options = parser.parse_args()
    rows = {
        "add": (f"add of {FILE_BYTES // MIB} MiB, the node", Binary.add),
        "client": (f"add of {FILE_BYTES // MIB} MiB, the command line", Binary.add_client),
        "put": ("block put of 1 KiB", Binary.put),
        "pin": ("pin add", Binary.pin),
        "start": ("start, empty", Binary.start_empty),
        "many": (f"start, {options.blocks:,} blocks", Binary.start_many),
    }
    if options.only and options.only not in rows:
        raise SystemExit(f"no row is called {options.only}: there are {', '.join(rows)}")
    folder = tempfile.mkdtemp(prefix="holdfast-count-", dir=os.environ.get("TMPDIR", "/var/tmp"))
    try:
        counter = choose_counter(folder)
        pair = [Binary(program, counter, os.path.join(folder, name), options)
                for name, program in (("now", options.program), ("before", options.before))]
        report = Report(options.record)
        for name, (title, run) in rows.items():
            if options.only in ("", name):
                compare(report, f"instructions, {title}", run, pair, options.rounds)
    finally:
        for process in Process.started:
            process.stop()
        shutil.rmtree(folder, ignore_errors=True)


def compare(report, title, run, pair, rounds):
    counts = [[run(binary) for binary in pair] for _ in range(rounds)]
    now, before = (statistics.median(row[index] for row in counts) for index in range(2))
    # What the middle of repeated counts is worth.
    spread = max(row[0] for row in counts) / min(row[0] for row in counts) - 1
    report.add(title, "", now, before, "before", "<= 1.0", spread=round(spread, 4),
               counter=pair[0].counter.name)


if __name__ == "__main__":
    main()
