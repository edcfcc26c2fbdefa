"""What is done to a node in one trial, chosen by its seed."""
import os
import random

# Of each call: how often a thread makes it before the fault comes, at the most, from the start of
# the node and once it serves (0: it is hardly made then); and the errors.
CALLS = {
    "fdatasync": (12, 25, ("EIO", "ENOSPC")),
    "write": (20, 40, ("EIO", "ENOSPC", "EDQUOT", "EINTR")),
    "openat": (9, 3, ("EIO", "EMFILE", "ENFILE", "ENOSPC", "EACCES", "ENOMEM")),
    "rename": (1, 0, ("EIO", "ENOSPC", "EACCES")),
    "unlink": (3, 3, ("EIO", "EACCES", "EBUSY")),
    "pread64": (30, 40, ("EIO", "ENOMEM")),
    "mmap": (3, 2, ("ENOMEM", "EAGAIN")),
    "read": (8, 0, ("EIO", "ENOMEM")),
}
# By the seed in turn, so that any 20 trials in a row have all of them.
TURNS = (
    "fdatasync", "write", "openat", "rename", "unlink", "pread64", "mmap", "kill", "fdatasync",
    "write", "table", "openat", "pread64", "read", "kill", "write", "fdatasync", "mmap", "pread64",
    "table",
)
KILLED_AT = ("fdatasync", "write", "openat", "rename", "unlink")
# `flip`: a byte of one block; `cut`: the second half of the table, both while no node runs; `bus`:
# a table becomes empty under a node that has it in memory, which the system tells it by SIGBUS;
# `index`: a byte of a table of `meta/`, until the node has ended.
DAMAGES = ("flip", "cut", "bus", "index")
# Files that a database of a short trial makes.
FILES_MAX = 120
# In place of an error: one byte is said to be written, and is not.
LIE = "lie"
# A fault that comes so often at the most has to be got over.
PASSING_MAX = 4


class Fault:
    def __init__(self, seed, lies=False):
        choose = random.Random(f"fault {seed}")
        turn = TURNS[seed % len(TURNS)]
        self.damage = choose.choice(DAMAGES) if turn == "table" else None
        self.kills = turn == "kill"
        self.call = choose.choice(KILLED_AT) if self.kills else turn
        scopes = ("blocks", "meta", "both", "home")
        reads = self.call in ("pread64", "mmap", "read")
        self.scope = choose.choice(scopes[:3] if reads else scopes)
        self.error = self.when = None
        # How often it comes to each thread; None: without end.
        self.count = 1
        self.is_early = choose.random() < 0.35
        if self.damage is None:
            early, late, errors = CALLS[self.call]
            self.is_early |= late == 0
            self.error = "SIGKILL" if self.kills else choose.choice(errors)
            most = early if self.is_early else late
            if self.call == "rename":
                # One in each database, and one for each file that says where the node listens.
                most = {"blocks": 1, "meta": 1, "both": 2, "home": 4}[self.scope]
            self.choose_when(choose, most)
        # How the node is stopped, where the fault has not done it.
        self.ends_by_kill = choose.random() < 0.35
        # Nodes that have it, one after the other.
        self.rounds = 2 if self.damage is None and choose.random() < 0.3 else 1
        if lies:
            self.lie()

    def lie(self):
        """A disk that no program can see through: it says that it has written what it has not."""
        self.damage, self.kills, self.is_early = None, False, False
        self.call, self.error, self.scope, self.when = "write", LIE, "blocks", "3+3"
        self.ends_by_kill, self.count, self.rounds = True, None, 1

    def choose_when(self, choose, most):
        # The first ones most often: one thread may make few.
        first = min(int((most + 1) ** choose.random()), most)
        form = "once" if self.kills else choose.choice(("once", "few", "all", "step"))
        # It means "try again": a system that says so for good has no use for any program.
        if self.error == "EINTR" and form == "all":
            form = "step"
        if form == "once":
            self.when = f"{first}"
        elif form == "few":
            self.count = choose.randrange(2, PASSING_MAX + 1)
            self.when = f"{first}..{first + self.count - 1}"
        else:
            self.count = None
            self.when = f"{first}+" + ("" if form == "all" else str(choose.randrange(2, 10)))

    @property
    def is_passing(self):
        return self.damage is None and not self.kills and self.count is not None

    @property
    def may_condemn(self):
        """Whether blocks may be condemned although their bytes are whole: the disk itself has said
        that it does not give them."""
        return self.error == "EIO" and self.call in ("pread64", "openat")

    @property
    def kind(self):
        """One word or two for the summary, and for leaving it out."""
        if self.damage:
            return "flip an index" if self.damage == "index" else f"{self.damage} a table"
        return f"kill at {self.call}" if self.kills else self.call

    @property
    def text(self):
        if self.damage:
            return self.kind
        since = "start" if self.is_early else "serving"
        twice = ", twice" if self.rounds == 2 else ""
        return f"{self.call} {self.error} when={self.when} in {self.scope} since {since}{twice}"

    def strace(self, home, trace):
        """The command that does it, without what it is done to."""
        calls = {"unlink": "unlink,unlinkat"}.get(self.call, self.call)
        how = f"error={self.error}"
        if self.kills:
            how = "signal=SIGKILL"
        elif self.error == LIE:
            how = "retval=1"
        command = ["strace", "-f", "-qq", "-o", trace, "-e", f"trace={calls}",
                   "-e", f"inject={calls}:{how}:when={self.when}"]
        for path in self.paths(home):
            command += ["-P", path]
        # Leaves out the calls that nobody asked for. With it, signals get lost.
        return command + (["--seccomp-bpf"] if self.is_early and not self.kills else [])

    def paths(self, home):
        databases = ["blocks", "meta"] if self.scope in ("both", "home") else [self.scope]
        paths = [path for name in databases for path in database_paths(f"{home}/{name}")]
        if self.scope == "home":
            names = ("", "api", "gateway", "lock", "version", "spool", "keys", "config.json",
                     "repairing", "keys/private-key", "keys/peer-id")
            paths += [os.path.join(home, name).rstrip("/") for name in names]
        return paths


def database_paths(folder):
    """strace compares whole names, so that those of files that may come are needed."""
    numbers = [f"{number:06}" for number in range(1, FILES_MAX + 1)]
    return [folder, folder + "/CURRENT", folder + "/LOCK"] + [
        f"{folder}/{name}" for number in numbers
        for name in (f"{number}.log", f"{number}.ldb", f"{number}.dbtmp", f"MANIFEST-{number}")]


def times_met(trace):
    try:
        with open(trace, errors="replace") as file:
            return sum("(INJECTED)" in line for line in file)
    except OSError:
        return 0
