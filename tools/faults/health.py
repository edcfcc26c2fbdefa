"""Whether a node says that it cannot write, and whether it gets over it."""
import time

from client import message_of
from content import Recipe

# Reopening is tried every second, and uses up what is left of a fault that passes.
RECOVERY_SECONDS = 15


class Health:
    def __init__(self, program, model, fault, choose):
        self.program, self.model, self.fault, self.choose = program, model, fault, choose
        # One connection: each has a thread of its own, and a fault comes to each thread anew.
        self.client = program.client()

    def look(self):
        """While it cannot write it says so; a fault that passes is got over."""
        try:
            refusal = self.probe()
            if refusal and self.fault.is_passing:
                end = time.monotonic() + RECOVERY_SECONDS
                while refusal and time.monotonic() < end:
                    time.sleep(0.25)
                    refusal = self.probe()
                if refusal:
                    self.model.note(f"does not recover from what has passed: {refusal}")
        except OSError as error:
            if self.program.is_running():
                self.model.note(f"no answer while a fault lasts: {error}")

    def probe(self):
        """Tries a write: why it failed, or None. The node has to tell what keeps it from that."""
        before = self.client.page("/readyz")
        item = self.model.new(Recipe(self.choose.getrandbits(60), 500))
        item.stored = item.pinned = "maybe"
        status, body = self.client.call("block/put", body=item.recipe.bytes())
        if status == 200:
            item.stored = "yes"
            status, body = self.client.call("pin/add", [item.cid])
        after = self.client.page("/readyz")
        if status == 200:
            item.pinned = "yes"
            return None
        refusal = message_of(body)
        log = self.program.log()
        is_logged = '"level":"error"' in log or '"level":"warning"' in log
        if before[0] == 200 and after[0] == 200 and not is_logged:
            self.model.note(f"a write fails, and only its client is told: {refusal}")
        if before[0] == 503 and after[0] == 503:
            self.look_at_status()
        return refusal

    def look_at_status(self):
        code, text = self.program.run("status")
        still = self.program.client().page("/readyz")[0]
        if still == 503 and (code == 0 or "not ready" not in text):
            self.model.note(f"status ends with {code} where /readyz says 503: {text}")
        if '"level":"error"' not in self.program.log():
            self.model.note("no line of the log says why nothing is written")
