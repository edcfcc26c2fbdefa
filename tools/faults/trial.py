"""One trial: a node with a fault under load, then the same repository without one."""
import os
import random
import shutil
import signal
import time

from checks import Checks
from fault import Fault, times_met
from health import Health
from model import Model, recipe
from program import Program
from tables import Damage
from work import work

START_SECONDS = 30
# A second for requests, five more and one for the log before the process ends without them.
STOP_SECONDS = 9
WORK_SECONDS = 2.0
STEPS = 30
# What a line tells of a trial that failed; often one loss is met again and again.
WRONG_MAX = 4


def make_history(binary, folder):
    """A repository with tables in both databases, and what was acknowledged of it."""
    model, choose = Model(), random.Random("history")
    for _ in range(4):
        model.new(recipe(choose, "block"), is_shared=True)
    Program.make(binary, folder)
    for number in range(4):
        program = Program(binary, folder, f"history-{number}")
        if program.wait_until_asked(START_SECONDS) != "ready":
            raise SystemExit(f"no repository could be made: see {program.log_path}")
        # One client, so that every run begins with the same.
        work(program, model, number, steps=60, seconds=20, clients=1)
        program.send_signal(signal.SIGKILL if number % 2 else signal.SIGTERM)
        program.wait(STOP_SECONDS)
    if model.wrong:
        raise SystemExit(f"without any fault: {model.wrong}")
    return model


class Trial:
    def __init__(self, options, seed, folder, history, model):
        self.options, self.seed, self.folder = options, seed, folder
        self.history = history
        self.model = model.copy()
        self.fault = Fault(seed, options.lie)
        self.choose = random.Random(f"trial {seed}")
        self.condemned = self.met = 0
        self.start = self.end = ""
        self.was_killed = False

    def run(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        shutil.copytree(self.history + "/home", self.folder + "/home")
        home = os.path.realpath(self.folder + "/home")
        damage = None
        if self.fault.damage:
            damage = Damage(self.fault.damage, home, self.model, self.choose)
            damage.before()
        for number in range(self.fault.rounds):
            self.round(number, home, damage)
        if damage:
            damage.after()
        self.sound(Program(self.options.program, self.folder, "sound"))
        return not self.model.wrong

    # MARK: with the fault

    def round(self, number, home, damage):
        trace = f"{self.folder}/trace-{number}"
        strace = [] if damage else self.fault.strace(home, trace)
        library = self.history + "/pread.so" if self.fault.call == "pread64" else None
        prefix = strace if self.fault.is_early else []
        program = Program(self.options.program, self.folder, f"failing-{number}", prefix, library)
        self.was_killed = False
        self.failing(program, damage, number, strace if not prefix else None)
        self.met += 1 if damage or self.was_killed else times_met(trace)

    def failing(self, program, damage, number, strace):
        try:
            self.start = program.wait_until_asked(START_SECONDS)
            may_end = False
            if strace and not program.trace(strace):
                raise RuntimeError("strace cannot take hold of the node")
            if self.start not in ("ended", "silent"):
                work(program, self.model, self.seed + number * 1_000_000, STEPS, WORK_SECONDS,
                     self.fault.may_condemn, self.options.without)
                if program.is_running():
                    Health(program, self.model, self.fault, self.choose).look()
                if damage and program.is_running():
                    may_end = damage.during(program)
            self.stop(program, may_end)
        finally:
            program.kill()

    def stop(self, program, may_end):
        if self.start == "silent":
            self.model.note(f"no answer within {START_SECONDS} s of the start")
        time.sleep(0.05)
        ended = not program.is_running()
        by_kill = self.fault.ends_by_kill and not ended
        if not ended:
            program.send_signal(signal.SIGKILL if by_kill else signal.SIGTERM)
        code = program.wait(STOP_SECONDS)
        log = program.log()
        self.end = f"exit {code}"
        if code is None:
            self.model.note(f"does not stop within {STOP_SECONDS} s of SIGTERM")
        elif code == -signal.SIGKILL and (by_kill or self.fault.kills):
            self.end = "killed"
            self.was_killed = ended
        elif not ended and code == 0:
            self.end = "stopped"
        elif self.start == "ended" and code == 1 and "Error: " in log:
            self.end = "refused to start"
        elif may_end and code == 1 and "holdfast: bus error" in log:
            self.end = "bus error"
        else:
            how = "by itself" if ended else "after SIGTERM"
            self.model.note(f"the process ended {how} with {code}")

    # MARK: without it

    def sound(self, program):
        try:
            said = program.wait_until_asked(START_SECONDS)
            if said != "ready":
                lines = program.log().splitlines()
                self.model.note(f"does not start again: {said}: {lines[-1] if lines else ''}")
                return
            checks = Checks(program, self.model, self.fault.may_condemn)
            try:
                checks.run()
            except OSError as error:
                self.model.note(f"no answer without any fault: {error}")
            self.condemned = len(checks.condemned) + len(checks.unreadable)
            program.send_signal(signal.SIGTERM)
            code = program.wait(STOP_SECONDS)
            if code != 0:
                self.model.note(f"ends with {code} after SIGTERM without any fault")
            left = os.listdir(program.home + "/spool")
            if left:
                self.model.note(f"left in spool/: {left}")
        finally:
            program.kill()

    # MARK: what is printed

    def line(self):
        model = self.model
        counts = " ".join(f"{name}:{count}"
                          for name, count in sorted(model.acknowledged.items()))
        verdict = "ok"
        if model.wrong:
            verdict = "FAILED: " + "; ".join(model.wrong[:WRONG_MAX])
            if len(model.wrong) > WRONG_MAX:
                verdict += f"; and {len(model.wrong) - WRONG_MAX} more"
        return (f"{self.seed} {self.fault.text}, met {self.met}, {self.start}, {self.end}, "
                f"acknowledged {counts or 'nothing'}, failed {sum(model.failed.values())}, "
                f"condemned {self.condemned}: {verdict}")
