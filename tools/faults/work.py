"""Clients that store, pin, remove and read, and note what was acknowledged."""
import json
import random
import threading
import time

from client import message_of
from model import MAYBE, NO, YES, recipe
from noting import NotingClient

CLIENTS = 4
STEPS = {"put": 30, "shared": 4, "file": 12, "large": 1, "pin": 13, "unpin": 9, "remove": 12,
         "get": 14, "list": 4, "verify": 1, "drop": 1}


class Work(NotingClient):
    """The work of one client: nobody else changes its items."""

    def __init__(self, program, model, items, shared, seed, may_condemn, without):
        super().__init__(program, model, may_condemn)
        self.items, self.shared_items = items, shared
        self.choose = random.Random(seed)
        self.steps = {name: often for name, often in STEPS.items() if name not in without}

    def run(self, steps, end):
        for _ in range(steps):
            if time.monotonic() > end or not self.program.is_running():
                return
            kind = self.choose.choices(list(self.steps), list(self.steps.values()))[0]
            getattr(self, kind)()

    def some(self, stored, pinned=None):
        fitting = [item for item in self.items if not item.is_lost and item.stored in stored
                   and (pinned is None or item.pinned in pinned)]
        return self.choose.choice(fitting) if fitting else None

    # MARK: steps

    def put(self, kind="block"):
        # A quarter of the time one whose fate is unknown, or that was removed, comes once more.
        item = self.some((NO, MAYBE), (NO,)) if self.choose.random() < 0.25 else None
        if item is None or item.recipe.is_file:
            item = self.model.new(recipe(self.choose, kind))
            self.items.append(item)
        self.store(item)

    def large(self):
        self.put("large")

    def store(self, item):
        self.change("block/put", item, "stored", YES, body=item.recipe.bytes(),
                    allow_big_block="true")

    def file(self):
        item = self.model.new(recipe(self.choose, "file"))
        self.items.append(item)
        item.pinned = MAYBE
        error = self.change("add", item, "stored", YES, body=item.recipe.bytes(), cid_version=1,
                            chunker="size-65536")
        if item.stored == YES and error is None:
            item.pinned = YES

    def pin(self):
        if item := self.some((YES,), (NO, MAYBE)):
            error = self.change("pin/add", item, "pinned", YES, [item.cid])
            self.look_for_absence(item, error)

    def unpin(self):
        if item := self.some((YES,), (YES,)):
            error = self.change("pin/rm", item, "pinned", NO, [item.cid])
            if error and "not pinned" in error:
                self.model.note(f"a pin that was acknowledged is not there: {item.cid}")

    def remove(self):
        item = self.some((YES,), (NO,))
        if item is None or item.recipe.is_file:
            return
        error = self.change("block/rm", item, "stored", NO, [item.cid])
        # What is below a block that cannot be read nobody can tell: that is refused.
        if error and "pinned" in error and "cannot tell whether" not in error:
            self.model.note(f"an unpinned block is said to be pinned: {item.cid}: {error}")
        self.look_for_absence(item, error)

    def get(self):
        item = self.some((YES, NO))
        if item is None or (item.recipe.is_file and item.stored == NO):
            return
        try:
            name = "cat" if item.recipe.is_file else "block/get"
            status, body = self.client.call(name, [item.cid])
        except OSError:
            return
        if item.stored == NO and status == 200 and not self.model.damaged:
            self.model.note(f"a removed block is served: {item.cid}")
        elif item.stored == YES and status == 200 and body != item.recipe.bytes():
            self.model.note(f"wrong bytes: {item.cid}, {len(body)} of {item.recipe.size}")
        elif item.stored == YES and status != 200:
            self.look_for_absence(item, message_of(body))

    def shared(self):
        if self.shared_items:
            self.store(self.choose.choice(self.shared_items))

    def list(self):
        try:
            status, body = self.client.call("pin/ls", type="recursive")
        except OSError:
            return
        if status != 200:
            return
        try:
            listed = set(json.loads(body).get("Keys") or {})
        except ValueError:
            return
        for item in self.items:
            if item.pinned == YES and item.cid not in listed:
                self.model.note(f"pin ls leaves out an acknowledged pin: {item.cid}")
            if item.pinned == NO and item.cid in listed:
                self.model.note(f"pin ls has what is not pinned: {item.cid}")

    def verify(self, what=b"failed its check", **options):
        try:
            status, body = self.client.call("repo/verify", **options)
        except OSError:
            return
        for line in body.splitlines() if status == 200 else ():
            if b"was corrupt" in line and what in line and not self.may_condemn:
                self.note_damage(line.decode(errors="replace"))

    def drop(self):
        """Removes what is damaged: not what could not be read for want of memory or descriptors."""
        if not self.may_condemn and not self.model.damaged:
            self.verify(b", removed", drop="true")


def work(program, model, seed, steps, seconds, may_condemn=False, without=(),
         clients=CLIENTS):
    """All clients at once, until each has made so many steps or the time is over."""
    shared = [item for item in model.items if item.is_shared]
    own = [item for item in model.items if not item.is_shared]
    end = time.monotonic() + seconds
    threads = []
    for number in range(clients):
        client = Work(program, model, own[number::clients], shared, seed * clients + number,
                      may_condemn, without)
        threads.append(threading.Thread(target=client.run, args=(steps, end)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
