"""The real program as a node on Unix sockets, with or without strace around it."""
import os
import signal
import subprocess
import time

from client import Client


class Program:
    """A node that was started. `prefix` is the strace around it, `library` is loaded into it."""

    def __init__(self, binary, folder, name, prefix=(), library=None):
        self.binary = binary
        self.home = os.path.join(folder, "home")
        self.log_path = os.path.join(folder, name + ".log")
        self.private = os.path.join(folder, "rpc")
        self.environment = dict(
            os.environ, HOLDFAST_HOME=self.home, HOLDFAST_LISTEN_DRAIN_TIMEOUT="1s",
            # Blocks come from the tables, not from memory.
            HOLDFAST_STORE_CACHE_SIZE="0", HOLDFAST_LOG_FORMAT="json", SWIFT_BACKTRACE="enable=no")
        # Only the node is to have it, not strace.
        loading = ["env", f"LD_PRELOAD={library}"] if library else []
        public = os.path.join(folder, "gateway")
        command = [*prefix, *loading, binary, "serve", "--public", "unix:" + public, "--private",
                   "unix:" + self.private]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.has_prefix = bool(prefix)
        self.tracer = None

    @staticmethod
    def make(binary, folder):
        """An empty repository."""
        subprocess.run([binary, "init", "--home", os.path.join(folder, "home")], check=True,
                       stdout=subprocess.DEVNULL)

    def client(self):
        return Client(self.private)

    def is_running(self):
        return self.process.poll() is None

    def wait_until_asked(self, seconds):
        """Waits until it says whether it is ready: "ready", "not ready: ...", "ended", "silent"."""
        client, end = self.client(), time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                status, text = client.page("/readyz")
                if status == 200 or "starting" not in text:
                    return text.splitlines()[0]
            except OSError:
                if not self.is_running():
                    return "ended"
            time.sleep(0.01)
        return "silent"

    def trace(self, strace):
        """Has strace take hold of the node that runs; returns whether it has."""
        with open(self.log_path, "ab") as log:
            self.tracer = subprocess.Popen(
                [*strace, "-p", str(self.process.pid)], stdout=log, stderr=log)
        end = time.monotonic() + 10
        while time.monotonic() < end and self.tracer.poll() is None:
            if all(" 0" not in line for line in self.tracers()):
                return True
            time.sleep(0.01)
        return False

    def tracers(self):
        """Of each thread the line that says who traces it."""
        folder = f"/proc/{self.process.pid}/task"
        for thread in os.listdir(folder):
            with open(f"{folder}/{thread}/status") as file:
                yield next(line.replace("\t", " ") for line in file if line.startswith("TracerPid"))

    def node_process(self):
        """The node's own number: with a command around it, that of its child."""
        if not self.has_prefix:
            return self.process.pid
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
            numbers = file.read().split()
        return int(numbers[0]) if numbers else None

    def send_signal(self, number):
        try:
            process = self.node_process()
            if process is not None:
                os.kill(process, number)
        except (OSError, ValueError):
            pass

    def wait(self, seconds):
        """The exit code, negative for a signal; None if it does not end by itself."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self):
        self.send_signal(signal.SIGKILL)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.tracer is not None:
            # It ends with what it traces.
            try:
                self.tracer.wait(5)
            except subprocess.TimeoutExpired:
                self.tracer.kill()
                self.tracer.wait()

    def run(self, *arguments):
        """A command of the program: exit code and what it printed."""
        done = subprocess.run(
            [self.binary, *arguments], env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=20)
        return done.returncode, done.stdout.decode(errors="replace")

    def log(self):
        with open(self.log_path, errors="replace") as file:
            return file.read()
