"""A client that notes what was acknowledged, and what must not be answered."""
import json

from client import message_of
from model import MAYBE


class NotingClient:
    def __init__(self, program, model, may_condemn):
        self.program, self.model = program, model
        self.client = program.client()
        # Whether the disk has not given what was asked for: then a block is not served any more.
        self.may_condemn = may_condemn

    def change(self, name, item, key, value, *call, **options):
        """A request that changes something: unknown before the answer, and after a failure.
        Returns why it was refused."""
        before = getattr(item, key)
        if before != value:
            setattr(item, key, MAYBE)
        try:
            status, body = self.client.call(name, *call, **options)
        except OSError:
            item.is_lost = not item.is_shared
            self.model.count(name, False)
            return None
        error = self.refusal(status, body)
        self.model.count(name, error is None)
        if error is None:
            setattr(item, key, value)
        return error

    @staticmethod
    def refusal(status, body):
        """Why a change was refused; None if it was acknowledged."""
        if status != 200:
            return message_of(body) or f"status {status}"
        try:
            lines = [json.loads(line) for line in body.splitlines() if line.strip()]
        except ValueError:
            return "an answer that was cut off"
        if not lines:
            return "an empty answer"
        errors = [line.get("Error") or line.get("Message") for line in lines]
        return next((error for error in errors if error), None)

    # MARK: what must not be

    def look_for_absence(self, item, error):
        if not error:
            return
        if "could not find" in error or "not found" in error:
            self.model.note(f"an acknowledged block is not found: {item.cid}: {error}")
        elif ("quarantine" in error or "failed its check" in error) and not self.may_condemn:
            self.note_damage(error)

    def note_damage(self, text):
        if not any(cid in text for cid in self.model.damaged):
            self.model.note(f"a good block is condemned: {text}")
