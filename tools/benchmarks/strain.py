"""Rows about what remains of a load: memory after hours, after hostile clients, beside idle ones."""
import http.client
import json
import os
import random
import socket
import threading
import time

import hostile
from client import call, form
from node import MIB, Node, Process, wrk


def own_memory(node, seconds=5):
    """What is held some seconds after the last client has left."""
    time.sleep(seconds)
    return node.server.own_memory_mib()


class MixedLoad:
    """Clients that add, read, export and list until a time has passed; wrong answers end the bench."""

    # Larger than every cache. What is added behind it is there already: an hour would fill 200 GiB.
    FRESH_BYTES_MAX = 8 << 30

    def __init__(self, node, seed):
        self.node = node
        self.seed = seed
        self.lock = threading.Lock()
        self.known = []
        self.fresh = 0
        self.answers = 0
        self.wrong = []

    def run(self, seconds, clients=4):
        end = time.monotonic() + seconds
        threads = [threading.Thread(target=self.work, args=(end, self.seed + number))
                   for number in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.wrong:
            raise SystemExit(f"a mixed load got wrong answers: {self.wrong[:3]}")

    def work(self, end, seed):
        choose = random.Random(seed)
        while time.monotonic() < end:
            try:
                self.step(choose)
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.wrong.append(repr(error))

    def step(self, choose):
        with self.lock:
            known = choose.choice(self.known) if self.known else None
        kind = choose.randrange(8)
        if known is None or kind == 0:
            content = known[1] if known and self.fresh > self.FRESH_BYTES_MAX else (
                choose.randbytes(choose.randrange(1, 2 * MIB)))
            body, fields = form([("f", content)])
            _, answer = call(self.node.private, "POST", "/api/v0/add?progress=false", body, fields)
            with self.lock:
                self.fresh += len(content)
                # Not more than this process wants to hold.
                if len(self.known) < 300:
                    self.known.append((json.loads(answer)["Hash"], content))
        else:
            self.read(kind, choose, *known)
        self.answers += 1

    def read(self, kind, choose, cid, content):
        start = choose.randrange(len(content))
        if kind < 4:
            fields = {"Range": f"bytes={start}-"}
            status, answer = call(self.node.public, "GET", f"/ipfs/{cid}", fields=fields)
            right = status in (200, 206) and answer == content[start:]
        elif kind == 4:
            target = f"/api/v0/cat?arg={cid}&offset={start}"
            right = call(self.node.private, "POST", target)[1] == content[start:]
        elif kind == 5:
            right = len(call(self.node.public, "GET", f"/ipfs/{cid}?format=car")[1]) > len(content)
        elif kind == 6:
            right = call(self.node.private, "POST", f"/api/v0/ls?arg={cid}")[0] == 200
        else:
            right = call(self.node.private, "POST", f"/api/v0/pin/ls?arg={cid}")[0] == 200
        if not right:
            self.wrong.append(f"{kind} {cid}")


def bench_endurance(report, program, folder, seconds):
    node = Node(program, folder, "strain-home")
    before = node.server.own_memory_mib()
    load = MixedLoad(node, seed=8)
    load.run(seconds)
    report.add(f"own memory after {seconds:,} s of mixed load", "MiB", own_memory(node), before,
               "at start", "<= 256", answers=load.answers,
               memoryPeakMiB=round(node.server.own_memory_peak))
    report.add(f"own memory during {seconds:,} s of mixed load", "MiB",
               node.server.own_memory_peak, goal="<= 256")
    node.stop()


def bench_hostile(report, program, folder):
    node = Node(program, folder, "hostile-home")
    before = node.server.own_memory_mib()
    hostile.run(node)
    report.add("own memory after the hostile script", "MiB", own_memory(node), before, "at start",
               "<= 256")
    report.add("own memory during the hostile script", "MiB", node.server.own_memory_peak,
               goal="<= 256")
    node.stop()


def bench_listing(report, program, folder, entries):
    """A folder of so many entries, all of them one file, listed as a stream."""
    node = Node(program, folder, "listing-home")
    body, fields = form((f"many/entry-{index}", b"x") for index in range(entries))
    target = "/api/v0/add?silent=false&quieter=true&progress=false&pin=false"
    _, answer = call(node.private, "POST", target, body, fields)
    root = json.loads(answer.strip().splitlines()[-1])["Hash"]
    node.stop()
    # What adding has left is another figure.
    node = Node(program, folder, "listing-home", initialise=False)
    time.sleep(1)
    node.server.own_memory_peak = before = node.server.own_memory_mib()
    started = time.monotonic()
    lines = count_lines(node, f"/api/v0/ls?stream=true&arg={root}")
    seconds = time.monotonic() - started
    if lines != entries:
        raise SystemExit(f"ls gave {lines:,} of {entries:,} entries")
    report.add(f"ls of {entries:,} entries, streamed", "per s", entries / seconds)
    report.add("ls, own memory of the node beyond its start", "MiB",
               node.server.own_memory_peak - before, goal="<= 32")
    client = Process(
        [program, "ls", "--stream", root], node.environment, os.path.join(folder, "ls.txt"))
    client.process.wait()
    report.add("ls, own memory of the command line", "MiB", client.own_memory_peak, goal="<= 32")
    node.stop()


def count_lines(node, target):
    connection = http.client.HTTPConnection(node.private.removeprefix("http://"), timeout=600)
    connection.request("POST", target)
    answer = connection.getresponse()
    count = 0
    while piece := answer.read(1 << 16):
        count += piece.count(b"\n")
    connection.close()
    return count


def bench_idle(report, program, folder, idle, seconds):
    """32 busy connections, alone and beside idle ones that come from another address."""
    node = Node(program, folder, "idle-home")
    with open(os.path.join(folder, "idle-file"), "wb") as file:
        file.write(os.urandom(4096))
    url = f"{node.public}/ipfs/" + node.run(
        "add", "-Q", "--progress=false", os.path.join(folder, "idle-file"))
    alone = wrk(url, 32, seconds)
    host, port = node.public.removeprefix("http://").split(":")
    clients = []
    for _ in range(idle):
        client = socket.socket()
        client.bind(("127.0.0.2", 0))
        client.settimeout(2)
        try:
            client.connect((host, int(port)))
        except OSError:
            pass
        clients.append(client)
    # They are idle when all of them have been taken in, not while that is being done.
    time.sleep(2)
    try:
        beside = wrk(url, 32, seconds)
    except SystemExit as error:
        # To be locked out is a figure as well.
        print(error, flush=True)
        beside = 0
    report.add(f"gateway, 32 connections beside {idle:,} idle ones", "per s", beside, alone,
               "without", ">= 0.8")
    report.add(f"own memory with {idle:,} idle connections", "MiB", node.server.own_memory_mib(),
               goal="<= 256")
    for client in clients:
        client.close()
    node.stop()
