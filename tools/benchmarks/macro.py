"""The macro benchmarks: Holdfast beside nginx and a bare LevelDB loop, in one run on one machine.

Prints a table with ratios; `--record` appends one JSON line per figure to Docs/bench/."""
import argparse
import datetime
import json
import os
import platform
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

import strain  # noqa: E402
from node import (  # noqa: E402
    MIB, Nginx, Node, Process, append_line, commit_of, wrk)


class Report:
    def __init__(self, record):
        self.rows = []
        self.record = record
        self.context = {
            "date": datetime.date.today().isoformat(), "commit": commit_of(ROOT),
            "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        }

    def add(self, name, unit, value, anchor=None, anchor_name="", goal="", **more):
        ratio = value / anchor if anchor else None
        self.rows.append((name, unit, value, anchor, anchor_name, ratio, goal))
        print(format_row(self.rows[-1]), flush=True)
        if self.record:
            line = dict(self.context, figure=name, unit=unit, value=round(value, 4), **more)
            if anchor:
                line |= {"anchor": anchor_name, "anchorValue": round(anchor, 4),
                         "ratio": round(ratio, 4)}
            append_line(os.path.join(ROOT, "Docs", "bench", "macro.ndjson"), line)


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def format_row(row):
    name, unit, value, anchor, anchor_name, ratio, goal = row
    beside = f"{anchor_name} {number(anchor)}" if anchor else ""
    shown = f"{ratio:.2f}" if ratio is not None else ""
    return f"| {name} | {number(value)} {unit} | {beside} | {shown} | {goal} |"


def pairs(count, first, second):
    """Medians of two measurements taken in turn, so that a drift of the machine meets both."""
    results = [(first(), second()) for _ in range(count)]
    return (statistics.median(a for a, _ in results), statistics.median(b for _, b in results))


def make_file(path, size):
    with open("/dev/urandom", "rb") as source, open(path, "wb") as target:
        left = size
        while left > 0:
            piece = source.read(min(left, 4 * MIB))
            target.write(piece)
            left -= len(piece)
    return path


def compile_loop(folder):
    program = os.path.join(folder, "leveldb-loop")
    subprocess.run(
        ["cc", "-O2", "-o", program, os.path.join(HERE, "leveldb-loop.c"), "-lleveldb"],
        check=True)
    return program


def disk_speed(folder, size):
    """MiB/s of writing with fdatasync every 8 MiB: what the disk gives to one writer."""
    piece = os.urandom(8 * MIB)
    path = os.path.join(folder, "disk")
    started = time.monotonic()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for _ in range(size // len(piece)):
        os.write(descriptor, piece)
        os.fdatasync(descriptor)
    os.close(descriptor)
    seconds = time.monotonic() - started
    os.unlink(path)
    return size / MIB / seconds


def bench_add(report, program, folder, size, big):
    loop = compile_loop(folder)
    report.add("disk, fdatasync every 8 MiB", "MiB/s", disk_speed(folder, size))

    def bare():
        target = os.path.join(folder, "bare")
        shutil.rmtree(target, ignore_errors=True)
        result = json.loads(subprocess.run(
            [loop, target, big, str(256 * 1024)], stdout=subprocess.PIPE, check=True).stdout)
        shutil.rmtree(target)
        return result

    runs = []
    for _ in range(3):
        anchor = bare()
        node = Node(program, folder)
        written = node.server.written()
        _, wall, cpu = node.timed("add", "-Q", "--progress=false", big)
        node.run("repo", "stat")
        amplification = (node.server.written() - written) / size
        peak = node.server.own_memory_peak
        node.stop()
        runs.append((wall, cpu, anchor["seconds"], anchor["cpuSeconds"], amplification, peak))
    wall, cpu, bare_wall, bare_cpu, amplification, peak = (
        statistics.median(run[i] for run in runs) for i in range(6))
    scale = size / (1 << 30)
    report.add("add, one file, synced", "MiB/s", size / MIB / wall, size / MIB / bare_wall,
               "LevelDB loop", ">= 0.8", memoryPeakMiB=round(peak))
    report.add("add, CPU beyond the loop", "CPU-s/GiB", (cpu - bare_cpu) / scale, goal="<= 1.5",
               cpuSeconds=round(cpu, 2), loopCpuSeconds=round(bare_cpu, 2))
    report.add("add, bytes written per byte", "", amplification, goal="<= 2.1")


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
    starts = []
    for _ in range(5):
        node = Node(program, folder, "start-home", initialise=False)
        starts.append(node.start_seconds)
        node.stop()
    report.add("start, empty", "s", statistics.median(starts), goal="<= 0.1")
    if not blocks:
        return
    # Many small blocks: a CAR of raw leaves, written here, imported once.
    node = Node(program, folder, "start-home")
    many = make_file(os.path.join(folder, "many"), blocks * 64)
    node.run("add", "-Q", "--progress=false", "--chunker=size-64", "--raw-leaves", many)
    node.stop()
    starts = []
    for _ in range(3):
        node = Node(program, folder, "start-home", initialise=False)
        starts.append(node.start_seconds)
        node.stop()
    report.add(f"start, {blocks:,} blocks", "s", statistics.median(starts), goal="<= 0.3")


def bench_strain(report, options, folder, seconds):
    # Idle connections take descriptors here too.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    program, quick = options.program, options.quick
    strain.bench_idle(report, program, folder, 500 if quick else 5_000, seconds)
    strain.bench_listing(report, program, folder, 10_000 if quick else 1_000_000)
    strain.bench_hostile(report, program, folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=os.path.join(ROOT, ".build/release/holdfast"))
    parser.add_argument("--quick", action="store_true", help="small sizes: is everything there?")
    parser.add_argument("--record", action="store_true", help="append to Docs/bench/macro.ndjson")
    parser.add_argument("--only", default="", help="add, small, gateway, start, strain or endurance")
    parser.add_argument("--load-seconds", type=int, default=60,
                        help="how long the mixed load lasts; 3600 for the recorded figure")
    options = parser.parse_args()
    size = 64 * MIB if options.quick else 1 << 30
    seconds = 1 if options.quick else 4
    report = Report(options.record)
    folder = tempfile.mkdtemp(prefix="holdfast-bench-", dir=os.environ.get("TMPDIR", "/var/tmp"))
    print("| figure | Holdfast | beside | ratio | goal |\n|---|---|---|---|---|")
    try:
        big = make_file(os.path.join(folder, "big"), size)
        if options.only in ("", "add"):
            bench_add(report, options.program, folder, size, big)
        if options.only in ("", "small"):
            bench_small_files(report, options.program, folder, 1_000 if options.quick else 10_000)
        if options.only in ("", "gateway"):
            bench_gateway(report, options.program, folder, big, seconds)
        if options.only in ("", "start"):
            bench_start(report, options.program, folder, 10_000 if options.quick else 1_000_000)
        if options.only in ("", "strain"):
            bench_strain(report, options, folder, seconds)
        if options.only in ("", "endurance"):
            strain.bench_endurance(
                report, options.program, folder, 5 if options.quick else options.load_seconds)
    finally:
        for process in Process.started:
            process.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
