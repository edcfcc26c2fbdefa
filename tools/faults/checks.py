"""What a node has to hold and say after a trial, when nothing fails any more."""
import itertools
import json
import re
import time

from client import message_of
from content import Recipe, raw_name
from model import MAYBE, NO, YES

# A store that has to be reopened takes writes again a second later.
WRITE_SECONDS = 5
WRITES = 20
WRITES_SECONDS = 10
# So much is wrong that no more of it needs to be looked for.
WRONG_MAX = 10


class Checks:
    def __init__(self, program, model, may_condemn):
        self.program, self.model = program, model
        self.client = program.client()
        self.may_condemn = may_condemn
        # CIDs with their bytes: in quarantine, and in a table that lacks them.
        self.condemned, self.unreadable = [], []
        self.refusal = ""

    def run(self):
        listed = self.check_list()
        self.check_blocks(listed)
        self.check_pins()
        self.check_figures(listed)
        self.check_verify()
        self.check_quarantine()
        self.check_writes()

    def ask(self, command, *arguments, **options):
        status, body = self.client.call(command, *arguments, **options)
        if status != 200:
            if not self.model.cannot_be_read(message_of(body)):
                self.model.note(f"{command} fails: {message_of(body)}")
            return []
        return [json.loads(line) for line in body.splitlines() if line.strip()]

    def check_list(self):
        listed = {line["Ref"] for line in self.ask("refs/local") if line.get("Ref")}
        for name in sorted(self.model.names(YES) - listed):
            self.model.note(f"an acknowledged block is not listed: {name}")
        for name in sorted(listed - self.model.names(YES, MAYBE)):
            state = "a removed block" if name in self.model.names(NO) else "what nobody stored"
            # That it was removed may have stood in the damaged part: decision 16.
            if state == "a removed block" and self.model.damaged:
                continue
            self.model.note(f"{state} is listed: {name}")
        return listed

    def check_blocks(self, listed):
        for item in self.model.items:
            if item.stored == NO:
                status, _ = self.client.call("block/get", [item.cid])
                if status == 200 and not self.model.damaged:
                    self.model.note(f"a removed block is served: {item.cid}")
                continue
            for (cid, data), name in zip(item.recipe.parts(), item.names):
                if item.stored == YES or name in listed:
                    self.check_block(cid, data)

    def check_block(self, cid, data):
        status, body = self.client.call("block/get", [cid])
        if status == 200:
            if body != data:
                self.model.note(f"wrong bytes: {cid}")
            return
        error = message_of(body)
        if self.model.cannot_be_read(error):
            self.unreadable.append((cid, data))
        elif "failed its check" not in error:
            self.model.note(f"a block is not served: {cid}: {error}")
        elif self.may_condemn or cid in self.model.damaged:
            self.condemned.append((cid, data))
        else:
            self.model.note(f"a good block is condemned: {cid}")

    def check_pins(self):
        answer = self.ask("pin/ls", type="recursive")
        listed = set(answer[0].get("Keys") or {}) if answer else set()
        pinned = {item.cid for item in self.model.items if item.pinned == YES}
        possible = {item.cid for item in self.model.items if item.pinned == MAYBE}
        for cid in sorted(pinned - listed):
            self.model.note(f"an acknowledged pin is not there: {cid}")
        for cid in sorted(listed - pinned - possible):
            self.model.note(f"what is not pinned is listed as pinned: {cid}")

    def check_figures(self, listed):
        sizes = {name: len(data) for item in self.model.items
                 for name, (_, data) in zip(item.names, item.recipe.parts())}
        wanted = (len(listed), sum(sizes.get(name, 0) for name in listed))
        for answer in self.ask("repo/stat"):
            found = (answer["NumObjects"], answer["RepoSize"])
            if found != wanted:
                self.model.note(f"repo stat counts {found}, and there are {wanted}")

    def check_verify(self):
        """Both checks find what is condemned, and nothing else."""
        condemned = self.condemned + self.unreadable
        lines = self.ask("repo/verify") if not condemned else []
        found = [line["Msg"] for line in lines if "was corrupt" in line.get("Msg", "")]
        if found:
            self.model.note(f"repo verify finds {found[0]}")
        if lines and "all blocks validated" not in lines[-1].get("Msg", ""):
            self.model.note(f"repo verify ends with {lines[-1]}")
        broken = self.ask("pin/verify")
        if broken and not condemned:
            self.model.note(f"pin verify finds {broken[0]}")

    def check_quarantine(self):
        status, text = self.client.page("/readyz")
        count = re.search(r"(\d+) damaged blocks", text)
        count = int(count[1]) if count else 0
        if status != 200:
            self.model.note(f"not ready without any fault: {text.strip()}")
        if count != len({raw_name(cid) for cid, _ in self.condemned}):
            self.model.note(f"{count} blocks in quarantine, {len(self.condemned)} met there")

    def check_writes(self):
        """What is condemned is good once it is stored again; and writes work."""
        for cid, data in [*self.condemned, *self.unreadable]:
            self.store(data, "dag-pb" if cid.startswith("bafybe") else "raw")
            if len(self.model.wrong) > WRONG_MAX:
                return
        end = time.monotonic() + WRITES_SECONDS
        refused = 0
        for number in range(WRITES):
            seed = f"{number} {self.model.items[0].cid}"
            refused += bool(self.store(Recipe(seed, 500).bytes(), "raw"))
            # Once it may meet damage, which is cut out then.
            if refused > 1 or time.monotonic() > end:
                self.model.note(f"writes are refused again and again: {self.refusal}")
                break
        # Their records go with the next write of the index.
        end = time.monotonic() + 5
        while self.condemned and "damaged blocks" in self.client.page("/readyz")[1]:
            if time.monotonic() > end:
                return self.model.note("blocks that were stored again are in quarantine still")
            time.sleep(0.1)

    def store(self, data, codec):
        """Stores a block; returns how often that was refused before."""
        end = time.monotonic() + WRITE_SECONDS
        for refusals in itertools.count():
            status, body = self.client.call("block/put", body=data, cid_codec=codec,
                                            allow_big_block="true")
            if status == 200:
                self.check_block_again(json.loads(body)["Key"], data)
                return refusals
            self.refusal = message_of(body)
            if time.monotonic() > end:
                self.model.note(f"a block cannot be stored: {self.refusal}")
                return refusals
            time.sleep(0.2)

    def check_block_again(self, cid, data):
        status, body = self.client.call("block/get", [cid])
        if status != 200 or body != data:
            self.model.note(f"a block that was just stored is not served: {cid}")
