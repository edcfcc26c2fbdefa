"""The macro benchmarks: Holdfast beside nginx and a bare LevelDB loop, in one run on one machine.

Prints a table with ratios; `--record` appends one JSON line per figure to Docs/bench/."""
import argparse
import functools
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(1, os.path.join(ROOT, "tools", "formats"))
sys.dont_write_bytecode = True

import growth  # noqa: E402
import pins  # noqa: E402
import removal  # noqa: E402
import scrub  # noqa: E402
import strain  # noqa: E402
from adds import Adds  # noqa: E402
from anchors import pairs  # noqa: E402
from node import MIB, Nginx, Node, Process, wrk  # noqa: E402
from report import Report  # noqa: E402
from samples import make_file, store_many  # noqa: E402


def bench_small_files(report, program, folder, count):
    tree = os.path.join(folder, "small")
    for index in range(count):
        parent = os.path.join(tree, f"{index % 100:02}")
        os.makedirs(parent, exist_ok=True)
        with open(os.path.join(parent, f"{index}"), "wb") as file:
            file.write(os.urandom(4096))
    rates = []
    for _ in range(3):
        node = Node(program, folder)
        _, wall, _ = node.timed("add", "-r", "-Q", "--progress=false", tree)
        rates.append(count / wall)
        node.stop()
    report.add(f"add, {count:,} files of 4 KiB", "files/s", statistics.median(rates),
               goal=">= 10,000")


def bench_gateway(report, program, folder, big, seconds):
    nginx = Nginx(folder, os.path.join(HERE, "nginx.conf"))
    node = Node(program, folder)
    files = nginx.files
    make_file(os.path.join(files, "16m"), 16 * MIB)
    make_file(os.path.join(files, "block"), 256 * 1024)
    make_file(os.path.join(files, "4k"), 4096)
    os.makedirs(os.path.join(files, "deep/a/b"))
    make_file(os.path.join(files, "deep/a/b/4k"), 4096)
    os.link(big, os.path.join(files, "1g"))

    def add(name, *options):
        return node.run("add", "-Q", "--progress=false", *options, os.path.join(files, name))

    block = add("block", "--raw-leaves", "--cid-version=1")
    rows = [
        ("16 MiB file", f"/ipfs/{add('16m')}", "/16m", (1.0, 1.0)),
        ("raw 256 KiB block", f"/ipfs/{block}?format=raw", "/block", (1.0, 1.0)),
        ("4 KiB file", f"/ipfs/{add('4k')}", "/4k", (0.9, 0.6)),
        ("4 KiB file, two folders deep", f"/ipfs/{add('deep', '-r')}/a/b/4k", "/deep/a/b/4k",
         (0.8, 0.5)),
    ]
    for name, path, plain, goals in rows:
        for connections, goal in zip((1, 32), goals):
            ours, theirs = pairs(
                3, lambda: wrk(node.public + path, connections, seconds),
                lambda: wrk(nginx.url + plain, connections, seconds))
            report.add(f"gateway, {name}, {connections} connections", "per s", ours, theirs,
                       "nginx", f">= {goal}")
    root = add("1g")
    size = os.path.getsize(big)

    def fetch(url):
        started = time.monotonic()
        subprocess.run(["curl", "-sS", "-o", "/dev/null", url], check=True)
        return size / MIB / (time.monotonic() - started)

    ours, theirs = pairs(3, lambda: fetch(f"{node.public}/ipfs/{root}"),
                         lambda: fetch(nginx.url + "/1g"))
    report.add("gateway, 1 GiB by one curl", "MiB/s", ours, theirs, "nginx", ">= 1.0")
    bench_streams(report, node, root, size, folder)
    bench_slow_readers(report, node, root)
    time.sleep(3)
    report.add("own memory after the load", "MiB", node.server.own_memory_mib(), goal="<= 160",
               residentMiB=round(node.server.memory_mib()))
    report.add("own memory at its highest", "MiB", node.server.own_memory_peak, goal="<= 256")
    node.stop()
    nginx.stop()
    os.unlink(os.path.join(files, "1g"))


def bench_streams(report, node, root, size, folder):
    def stream(url):
        started = time.monotonic()
        subprocess.run(["curl", "-sS", "-X", "POST", "-o", "/dev/null", url], check=True)
        return size / MIB / (time.monotonic() - started)

    cat = statistics.median(stream(f"{node.private}/api/v0/cat?arg={root}") for _ in range(3))
    report.add("cat over the RPC, 1 GiB", "MiB/s", cat, goal=">= 1,000")
    export = statistics.median(
        stream(f"{node.private}/api/v0/dag/export?arg={root}") for _ in range(3))
    report.add("CAR export, 1 GiB", "MiB/s", export, goal=">= 1,200")
    car = os.path.join(folder, "export.car")
    with open(car, "wb") as file:
        node.run("dag", "export", "--progress=false", root, stdout=file)
    rates = []
    for _ in range(3):
        target = Node(node.program, folder, "import-home")
        _, wall, _ = target.timed("dag", "import", car)
        rates.append(size / MIB / wall)
        target.stop()
    report.add("CAR import, 1 GiB, synced", "MiB/s", statistics.median(rates), goal=">= 400")
    os.unlink(car)


def bench_slow_readers(report, node, root, count=200):
    """Clients that ask for a large file and then hardly read."""
    host, port = node.public.removeprefix("http://").split(":")
    clients = []
    for _ in range(count):
        client = socket.create_connection((host, int(port)))
        client.sendall(f"GET /ipfs/{root} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        clients.append(client)
    for client in clients:
        client.recv(1024)
    time.sleep(2)
    report.add(f"own memory with {count} slow readers", "MiB", node.server.own_memory_mib(),
               goal="<= 256", residentMiB=round(node.server.memory_mib()))
    for client in clients:
        client.close()


def bench_start(report, program, folder, blocks):
    node = Node(program, folder, "start-home")
    node.stop()
    report.add("start, empty", "s", starts(program, folder, 5), goal="<= 0.1")
    if not blocks:
        return
    node = Node(program, folder, "start-home")
    store_many(node, folder, blocks)
    node.stop()
    report.add(f"start, {blocks:,} blocks", "s", starts(program, folder, 3), goal="<= 0.3")


def starts(program, folder, count):
    """Seconds that a start takes, the one in the middle of so many."""
    seconds = []
    for _ in range(count):
        node = Node(program, folder, "start-home", initialise=False)
        seconds.append(node.start_seconds)
        node.stop()
    return statistics.median(seconds)


def bench_strain(report, options, folder, seconds):
    # Idle connections take descriptors here too.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    program, quick = options.program, options.quick
    strain.bench_idle(report, program, folder, 500 if quick else 5_000, seconds)
    strain.bench_listing(report, program, folder, 10_000 if quick else 1_000_000)
    strain.bench_hostile(report, program, folder)


def parts(report, options, folder):
    """What is measured, by the name that `--only` takes, in the order of a whole run."""
    program, quick = options.program, options.quick
    seconds = 1 if quick else 4

    @functools.cache
    def big():
        return make_file(os.path.join(folder, "big"), 64 * MIB if quick else 1 << 30)

    @functools.cache
    def adds():
        return Adds(program, folder, big())

    return {
        "add": lambda: adds().bench_speed(report),
        "cpu": lambda: adds().bench_cpu(report),
        "small": lambda: bench_small_files(report, program, folder, 1_000 if quick else 10_000),
        "gateway": lambda: bench_gateway(report, program, folder, big(), seconds),
        "start": lambda: bench_start(report, program, folder, 10_000 if quick else 1_000_000),
        "remove": lambda: removal.bench_removal(
            report, program, folder, 1_000 if quick else 100_000),
        "pins": lambda: pins.bench_pins(report, program, folder, seconds),
        "scrub": lambda: scrub.bench_scrub(report, program, folder, seconds),
        "strain": lambda: bench_strain(report, options, folder, seconds),
        "endurance": lambda: strain.bench_endurance(
            report, program, folder, 5 if quick else options.load_seconds),
        "growth": lambda: growth.bench_growth(
            report, program, folder, 10_000 if quick else options.growth_blocks),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=os.path.join(ROOT, ".build/release/holdfast"))
    parser.add_argument("--quick", action="store_true", help="small sizes: is everything there?")
    parser.add_argument("--record", action="store_true", help="append to Docs/bench/macro.ndjson")
    parser.add_argument("--only", default="", metavar="NAME",
                        help="one part, as tools/bench names them")
    parser.add_argument("--load-seconds", type=int, default=60,
                        help="how long the mixed load lasts; 3600 for the recorded figure")
    parser.add_argument("--growth-blocks", type=int, default=10_000_000,
                        help="how many the large store of `growth` has; 2.5 GB for each million")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="holdfast-bench-", dir=os.environ.get("TMPDIR", "/var/tmp"))
    try:
        named = parts(Report(options.record), options, folder)
        if options.only and options.only not in named:
            raise SystemExit(f"no part is called {options.only}: there are {', '.join(named)}")
        for name, run in named.items():
            if options.only in ("", name):
                run()
    finally:
        for process in Process.started:
            process.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
