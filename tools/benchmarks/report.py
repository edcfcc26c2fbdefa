"""The table of figures, and the lines that are kept of it."""
import datetime
import json
import os
import platform
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Report:
    """Prints a row as soon as there is one."""

    def __init__(self, record, ours="Holdfast"):
        self.record = record
        self.context = {
            "date": datetime.date.today().isoformat(), "commit": commit_of(ROOT),
            "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        }
        print(f"| figure | {ours} | beside | ratio | goal |\n|---|---|---|---|---|", flush=True)

    def add(self, name, unit, value, anchor=None, anchor_name="", goal="", **more):
        ratio = value / anchor if anchor else None
        print(format_row(name, unit, value, anchor, anchor_name, ratio, goal), flush=True)
        if self.record:
            line = dict(self.context, figure=name, unit=unit, value=round(value, 4), **more)
            if anchor:
                line |= {"anchor": anchor_name, "anchorValue": round(anchor, 4),
                         "ratio": round(ratio, 4)}
            with open(os.path.join(ROOT, "Docs", "bench", "macro.ndjson"), "a") as file:
                file.write(json.dumps(line) + "\n")


def number(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def format_row(name, unit, value, anchor, anchor_name, ratio, goal):
    beside = f"{anchor_name} {number(anchor)}" if anchor else ""
    shown = f"{ratio:.2f}" if ratio is not None else ""
    return f"| {name} | {number(value)} {unit} | {beside} | {shown} | {goal} |"


def commit_of(root):
    done = subprocess.run(
        ["git", "-C", root, "rev-parse", "--short", "HEAD"], stdout=subprocess.PIPE)
    return done.stdout.decode().strip() or "unknown"
