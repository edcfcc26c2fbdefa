"""What a repository has to hold, by the answers that clients got."""
import threading

from content import Recipe, raw_name

# What is known about a block or a pin. MAYBE: a request for a change failed, or got no answer.
YES, NO, MAYBE = "yes", "no", "maybe"


class Item:
    """A block or a file: where it comes from, and what was acknowledged of it."""

    def __init__(self, recipe, is_shared=False):
        self.recipe = recipe
        # Only stored, never removed, by whatever client.
        self.is_shared = is_shared
        self.stored = self.pinned = NO
        # A request about it got no answer: it may still be carried out, at any time.
        self.is_lost = False
        parts = recipe.parts()
        self.cid = parts[-1][0]
        self.names = [raw_name(part) for part, _ in parts]


class Model:
    """All items of a repository, and what went wrong."""

    def __init__(self):
        self.items = []
        # CIDs whose bytes on the disk a trial has changed.
        self.damaged = set()
        # Names of table files that are not what they were.
        self.damaged_tables = set()
        self.wrong = []
        self.acknowledged = {}
        self.failed = {}
        self.lock = threading.Lock()

    def new(self, recipe, is_shared=False):
        item = Item(recipe, is_shared)
        with self.lock:
            self.items.append(item)
        return item

    def note(self, text):
        """Something that must not be."""
        with self.lock:
            if text not in self.wrong:
                self.wrong.append(text)

    def count(self, name, succeeded):
        with self.lock:
            counts = self.acknowledged if succeeded else self.failed
            counts[name] = counts.get(name, 0) + 1

    def cannot_be_read(self, error):
        """Whether an error is that of a table which a trial has damaged."""
        return "could not be read" in error and any(name in error for name in self.damaged_tables)

    def stored(self):
        return [item for item in self.items if item.stored == YES]

    def names(self, *states):
        """How `refs local` may call the blocks of items in these states."""
        return {name for item in self.items if item.stored in states for name in item.names}

    def copy(self):
        """Another model of the same effects, with nothing counted."""
        other = Model()
        for item in self.items:
            twin = Item.__new__(Item)
            twin.__dict__.update(item.__dict__)
            other.items.append(twin)
        return other


def small_size(choose):
    """Sizes of blocks: most are small, some need several records of LevelDB's log."""
    return choose.choice((40, 300, 3_000, 20_000, 33_000, 120_000)) + choose.randrange(500)


def recipe(choose, kind):
    seed = choose.getrandbits(60)
    if kind == "large":
        return Recipe(seed, Recipe.LARGE)
    if kind == "file":
        return Recipe(seed, choose.randrange(1_000, 600_000), is_file=True)
    return Recipe(seed, small_size(choose))
