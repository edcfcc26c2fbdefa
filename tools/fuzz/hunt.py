#!/usr/bin/env python3
"""Drives the fuzz program through the inputs of a seed, and keeps what it finds.

    hunt.py PROGRAM --count N --seed S [--first K] [--without FEATURES] [--skip TARGETS]

The program runs in a child. When that ends early, the input that it was at is tried alone, made as
small as it gets, and put into the folder under the place in the code where it ended; the run goes on
behind it. Finds at a place that is known are counted only.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

BACKTRACE = "enable=yes,interactive=no,color=no,threads=crashed,images=none,registers=none,limit=40"
# Where it is there, gdb is asked: it also knows where a thread of the pool ended.
DEBUGGER = ["gdb", "-batch", "-ex", "set debuginfod enabled off", "-ex", "run", "-ex", "bt 60", "--args"]
# What gdb says about itself.
NOISE = re.compile(r"During symbol reading|warning: |\[(New )?Thread |\[Inferior |Using host |\s*$")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Hunt:
    def __init__(self, options):
        self.options = options
        self.scratch = tempfile.mkdtemp(prefix="holdfast-hunt-")
        self.places = {}

    def environment(self, backtrace=True):
        environment = dict(os.environ, TMPDIR=self.scratch)
        environment["HOLDFAST_FUZZ_WITHOUT"] = self.options.without
        environment["HOLDFAST_FUZZ_SKIP"] = self.options.skip
        environment["HOLDFAST_FUZZ_SHOW"] = "" if backtrace is None else "1"
        environment["SWIFT_BACKTRACE"] = BACKTRACE if backtrace else "enable=no"
        return environment

    def run(self, arguments, backtrace=True, limit=None, debugger=()):
        """The exit code (None after the limit) and everything that was printed."""
        with open(self.scratch + "/output", "w+", errors="replace") as output:
            child = subprocess.Popen(
                [*debugger, self.options.program, *arguments], stdout=output, stderr=output,
                stdin=subprocess.DEVNULL, env=self.environment(backtrace))
            try:
                code = child.wait(limit)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
                code = None
            output.seek(0)
            text = "".join(line for line in output if not NOISE.match(line))
        for name in os.listdir(self.scratch):
            if name.startswith("holdfast-fuzz-"):
                shutil.rmtree(self.scratch + "/" + name, ignore_errors=True)
        return code, text

    def replay(self, target, data, backtrace=True, debugger=()):
        path = self.scratch + "/input"
        with open(path, "wb") as file:
            file.write(data)
        return self.run(["replay", target, path], backtrace, 60, debugger)

    def look(self, target, data):
        """Tries an input alone: how it ended, where, and all that can be said about it."""
        code, text = self.replay(target, data)
        if code is not None and code < 0 and shutil.which("gdb"):
            return code, *(lambda said: (place_of(code, said), said))(
                self.replay(target, data, False, DEBUGGER)[1])
        return code, place_of(code, text), text

    def hunt(self):
        options, start = self.options, time.time()
        index, end = options.first, options.first + options.count
        while index < end:
            progress = self.scratch + "/progress"
            arguments = ["seeded", str(options.seed), str(index), str(end), progress]
            code, text = self.run(arguments, backtrace=None)
            if code == 0:
                break
            with open(progress) as file:
                index = int(file.read().split()[-1])
            self.keep(index, code, text)
            index += 1
        seconds = time.time() - start
        tried = options.count
        print(f"{tried} inputs of seed {options.seed}, {tried / seconds:.0f} a second, "
              f"finds at {len(self.places)} places")
        for place, count in sorted(self.places.items()):
            print(f"  {count:6} {place}")
        return 1 if self.places else 0

    def keep(self, index, code, text):
        path = self.scratch + "/found"
        target = self.run(["input", str(self.options.seed), str(index), path])[1].strip()
        with open(path, "rb") as file:
            data = file.read()
        again, place, alone = self.look(target, data)
        if again == 0:
            place = place_of(code, text)
        self.places[place] = self.places.get(place, 0) + 1
        if self.places[place] > 1:
            return
        if again != 0:
            text, small = alone, self.smallest(target, data, again, alone)
            _, small_place, small_text = self.look(target, small)
            # What is smaller may have met another fault.
            if small_place == place:
                data, text = small, small_text
        name = re.sub(r"[^A-Za-z0-9.+]+", "-", place).strip("-")[:100]
        folder = self.options.finds + "/" + target
        os.makedirs(folder, exist_ok=True)
        found = folder + "/" + name
        with open(found, "wb") as file:
            file.write(data)
        self.run(["script", target, found, found + ".script"])
        with open(folder + "/" + name + ".log", "w") as file:
            file.write(text)
        alone = "" if again != 0 else " (not alone: only after the inputs before it)"
        print(f"input {index}: {target}, {len(data)} bytes{alone}: {place}\n  {folder}/{name}", flush=True)

    def smallest(self, target, data, code, text):
        """Cuts bytes off and sets bytes to zero for as long as it ends in the same way."""
        deadline = time.time() + self.options.smaller
        wanted = (code, place_of(code, text))

        def still(candidate):
            if time.time() > deadline:
                return False
            code, text = self.replay(target, candidate, backtrace=False)
            return code == wanted[0] and (code < 0 or place_of(code, text) == wanted[1])

        low = 0
        while low < len(data):
            middle = (low + len(data)) // 2
            if still(data[:middle]):
                data = data[:middle]
            else:
                low = middle + 1
        step = max(1, len(data) // 2)
        while step and time.time() < deadline:
            for start in range(0, len(data), step):
                zeros = bytes(len(data[start:start + step]))
                candidate = data[:start] + zeros + data[start + step:]
                if candidate != data and still(candidate):
                    data = candidate
            step //= 2
        return data.rstrip(b"\0") if still(data.rstrip(b"\0")) else data


def place_of(code, text):
    """Where in our code it ended, or what was found."""
    found = re.search(r"^finding: (.*)$", text, re.M)
    if found:
        sentence, _, line = found[1].partition(": ")
        words = line.split(" ", 1)
        command = re.match(r"/(api/v0/[a-z/]+|[a-z]+)", words[1])[0] if len(words) > 1 else ""
        return f"{sentence} {command}" if "end within" in sentence or "MiB" in sentence else sentence
    for pattern in (rf"(?:at|in) {ROOT}/Sources/(\S+?\.swift:\d+)", r"(\w+/\w+\.swift:\d+): Fatal error"):
        frames = re.findall(pattern, text)
        if frames:
            return frames[0]
    return f"exit code {code}" + (": " + text.strip().splitlines()[-1][:80] if text.strip() else "")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--without", default="", help="features of HostileFeature, with commas")
    parser.add_argument("--skip", default="", help="parts of targets, with commas")
    parser.add_argument("--smaller", type=float, default=60, help="seconds for making a find small")
    parser.add_argument("--finds", default=".build/fuzz/finds")
    hunt = Hunt(parser.parse_args())
    try:
        sys.exit(hunt.hunt())
    finally:
        shutil.rmtree(hunt.scratch, ignore_errors=True)


main()
