"""What figures stand beside: loops that do what has to be done, and nothing else."""
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import time

from node import MIB

HERE = os.path.dirname(os.path.abspath(__file__))
# A block and a batch, as the store has them.
PIECE_BYTES, BATCH_BYTES = 256 << 10, 8 << 20


def pairs(count, first, second):
    """Medians of two measurements taken in turn, so that a drift of the machine meets both."""
    results = [(first(), second()) for _ in range(count)]
    return (statistics.median(a for a, _ in results), statistics.median(b for _, b in results))


def synced_writes(folder, piece, count):
    """Seconds that each of so many writes to one file takes, with fdatasync behind it."""
    path = os.path.join(folder, "disk")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    waits = []
    for _ in range(count):
        started = time.monotonic()
        os.write(descriptor, piece)
        os.fdatasync(descriptor)
        waits.append(time.monotonic() - started)
    os.close(descriptor)
    os.unlink(path)
    return waits


def disk_speed(folder, size):
    """MiB/s of writing with fdatasync every 8 MiB: what the disk gives to one writer."""
    return size / MIB / sum(synced_writes(folder, os.urandom(BATCH_BYTES), size // BATCH_BYTES))


def small_syncs(folder, count=1000):
    """Seconds that each of so many small writes takes: what the disk gives to one who waits."""
    return synced_writes(folder, os.urandom(256), count)


def sync_rate(folder):
    """Small writes per second, each of them synced."""
    waits = small_syncs(folder)
    return len(waits) / sum(waits)


class HashLoop:
    """Reads a file in pieces of 256 KiB and hashes each; with a target it writes them as well,
    synced every 8 MiB. One thread, whose CPU seconds are counted."""

    def __init__(self, source, target=None):
        started, cpu = time.monotonic(), time.thread_time()
        self.byte_count = 0
        with open(source, "rb", buffering=0) as file:
            if target is None:
                self.run(file, None)
            else:
                with open(target, "wb", buffering=0) as written:
                    self.run(file, written)
                os.unlink(target)
        self.cpu = time.thread_time() - cpu
        self.seconds = time.monotonic() - started

    def run(self, file, target):
        while piece := file.read(PIECE_BYTES):
            hashlib.sha256(piece).digest()
            self.byte_count += len(piece)
            if target is not None:
                target.write(piece)
                if self.byte_count % BATCH_BYTES == 0:
                    os.fdatasync(target.fileno())


def compile_loop(folder):
    program = os.path.join(folder, "leveldb-loop")
    subprocess.run(
        ["cc", "-O2", "-o", program, os.path.join(HERE, "leveldb-loop.c"), "-lleveldb"],
        check=True)
    return program


def leveldb_loop(program, folder, source):
    """What LevelDB alone takes for the same values: wall and CPU seconds."""
    target = os.path.join(folder, "bare")
    shutil.rmtree(target, ignore_errors=True)
    result = json.loads(subprocess.run(
        [program, target, source, str(PIECE_BYTES)], stdout=subprocess.PIPE, check=True).stdout)
    shutil.rmtree(target)
    return result["seconds"], result["cpuSeconds"]
