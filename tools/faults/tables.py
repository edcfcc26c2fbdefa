"""Damage to table files, and putting them right again."""
import glob
import os
import time

from client import message_of


class Damage:
    """Changes one table: of `blocks/` one in which blocks are that were acknowledged."""

    # How often the blocks beside a damaged one are read: looks that find nothing in a newer table
    # have LevelDB compact it with the damaged one.
    ROUNDS = 4

    def __init__(self, kind, home, model, choose):
        self.kind, self.home, self.model, self.choose = kind, home, model, choose

    def before(self):
        """What is done while no node runs."""
        if self.kind == "bus":
            return
        if self.kind == "index":
            return self.flip_index()
        self.choose_table()
        if self.kind == "flip":
            # Not a byte of the table's own structures: this one block alone is damaged.
            data = bytearray(self.original)
            at = self.original.index(self.victim.recipe.bytes()) + self.victim.recipe.size // 2
            data[at] ^= 0x40
            self.write(data)
            self.model.damaged.update([self.victim.cid, *self.victim.names])
        else:
            self.write(self.original[:len(self.original) // 2])
            self.note_all()

    def flip_index(self):
        """Nothing of it may be believed, and nothing that is answered may be wrong."""
        tables = glob.glob(self.home + "/meta/*.ldb")
        self.path = max(tables, key=os.path.getsize)
        with open(self.path, "rb") as file:
            self.original = file.read()
        data = bytearray(self.original)
        # All but the footer, which alone makes the table one.
        data[self.choose.randrange(len(data) - 48)] ^= 1 << self.choose.randrange(8)
        self.changed = bytes(data)
        self.write(data)

    def choose_table(self):
        tables = {}
        for path in sorted(glob.glob(self.home + "/blocks/*.ldb")):
            try:
                with open(path, "rb") as file:
                    data = file.read()
            except FileNotFoundError:
                # A node that runs has compacted it.
                continue
            inside = [item for item in self.model.stored()
                      if not item.recipe.is_file and item.recipe.bytes() in data]
            if inside:
                tables[path] = (data, inside)
        self.path = self.choose.choice(sorted(tables))
        self.original, self.inside = tables[self.path]
        self.victim = self.choose.choice(self.inside)

    def during(self, program):
        """What is done to a node that runs; returns whether it may end the process."""
        client = program.client()
        if self.kind == "index":
            return False
        if self.kind != "bus":
            for item in self.inside * self.ROUNDS:
                self.get(client, item)
            return False
        for _ in range(self.ROUNDS):
            self.choose_table()
            self.get(client, self.victim)
            try:
                os.truncate(self.path, 0)
                break
            except FileNotFoundError:
                continue
        else:
            return False
        self.note_all()
        for item in self.inside:
            if self.get(client, item) is None:
                break
        time.sleep(0.2)
        return True

    def after(self):
        """Gives the next node the whole table: nothing on the disk has changed then."""
        if self.kind == "index" and not self.is_unchanged():
            # It was made anew from the log, which may still have what was removed.
            return self.model.damaged.add("meta")
        if self.kind in ("bus", "index") and os.path.exists(self.path):
            self.write(self.original)

    def is_unchanged(self):
        """Whether the damaged table is still the one that was damaged."""
        try:
            with open(self.path, "rb") as file:
                return file.read() == self.changed
        except FileNotFoundError:
            return False

    def write(self, data):
        with open(self.path, "r+b") as file:
            file.write(data)
            file.truncate()

    def note_all(self):
        """Every block of which a part is in the table, the leaves of files as well. And what is
        elsewhere may be looked for in it first."""
        self.model.damaged_tables.add(os.path.basename(self.path))
        for item in self.model.items:
            for (cid, data), name in zip(item.recipe.parts(), item.names):
                if data in self.original:
                    self.model.damaged.update([cid, name])

    @staticmethod
    def get(client, item):
        """The error of a block that is asked for, "" for none, None where there is no answer."""
        try:
            status, body = client.call("block/get", [item.cid])
        except OSError:
            return None
        return "" if status == 200 else message_of(body)
