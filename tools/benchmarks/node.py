"""Starts and measures the programs that the bench compares. Standard library only."""
import os
import resource
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.request

MIB = 1 << 20


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children_cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Process:
    """A server process with its CPU time, memory and written bytes read from /proc."""

    # What a run that failed half way has to stop.
    started = []

    def __init__(self, command, environment=None, log=None):
        self.log = open(log or os.devnull, "ab")
        self.process = subprocess.Popen(
            command, env=environment, stdout=self.log, stderr=self.log)

        Process.started.append(self)
        self.own_memory_peak = 0.0
        threading.Thread(target=self.watch_memory, daemon=True).start()

    def watch_memory(self):
        """Looks 20 times a second: the system keeps a highest value only of all resident pages."""
        while self.process.poll() is None:
            try:
                self.own_memory_peak = max(self.own_memory_peak, self.own_memory_mib())
            except OSError:
                return
            time.sleep(0.05)

    @property
    def pid(self):
        return self.process.pid

    def cpu(self):
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mib(self, key="VmRSS"):
        with open(f"/proc/{self.pid}/status") as file:
            for line in file:
                if line.startswith(key + ":"):
                    return int(line.split()[1]) / 1024
        return 0.0

    def own_memory_mib(self):
        """Memory that is the process's own. LevelDB maps its tables into memory, and pages of them
        that have been read count as resident although the system takes them back at will."""
        return self.memory_mib("RssAnon")

    def written(self):
        with open(f"/proc/{self.pid}/io") as file:
            for line in file:
                if line.startswith("write_bytes:"):
                    return int(line.split()[1])
        return 0

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


def wait_for(url, process, seconds=20, pause=0.001):
    """Seconds until the URL answers; fails with what the process printed."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        try:
            urllib.request.urlopen(url, timeout=1).read()
            return time.monotonic() - started
        except OSError:
            if process.process.poll() is not None:
                break
            time.sleep(pause)
    raise SystemExit(f"no answer from {url}: see {process.log.name}")


class Node:
    """A Holdfast node on a repository of its own.

    `settings` are variables of its environment; `prefix` is a command around it, which may slow it
    down a hundred times."""

    def __init__(self, program, folder, name="home", initialise=True, settings=None, prefix=()):
        self.program = program
        self.home = os.path.join(folder, name)
        self.environment = dict(os.environ, HOLDFAST_HOME=self.home, **(settings or {}))
        if initialise:
            shutil.rmtree(self.home, ignore_errors=True)
            self.run("init")
        public, private = free_port(), free_port()
        self.public = f"http://127.0.0.1:{public}"
        self.private = f"http://127.0.0.1:{private}"
        self.server = Process(
            [*prefix, program, "serve", "--public", f"127.0.0.1:{public}",
             "--private", f"127.0.0.1:{private}"],
            self.environment, os.path.join(folder, name + ".log"))
        patience = {"seconds": 300, "pause": 0.1} if prefix else {}
        self.start_seconds = wait_for(self.public + "/readyz", self.server, **patience)
        # Commands find the node by this file, which comes after the listeners.
        while not os.path.exists(self.home + "/api") and self.server.process.poll() is None:
            time.sleep(0.001)

    def run(self, *arguments, stdout=subprocess.PIPE, stdin=None):
        done = subprocess.run(
            [self.program, *arguments], env=self.environment, stdout=stdout, stdin=stdin,
            check=True)
        return done.stdout.decode().strip() if done.stdout is not None else ""

    def timed(self, *arguments, **options):
        """Runs a client command: (output, wall seconds, CPU seconds of client and node)."""
        cpu = children_cpu() + self.server.cpu()
        started = time.monotonic()
        output = self.run(*arguments, **options)
        wall = time.monotonic() - started
        return output, wall, children_cpu() + self.server.cpu() - cpu

    def stop(self):
        self.server.stop()


class Nginx:
    """nginx with the same bytes as files."""

    def __init__(self, folder, template):
        self.folder = os.path.join(folder, "nginx")
        self.files = os.path.join(self.folder, "files")
        os.makedirs(self.files, exist_ok=True)
        port = free_port()
        with open(template) as file:
            text = file.read().replace("@folder@", self.folder).replace("@port@", str(port))
        configuration = os.path.join(self.folder, "nginx.conf")
        with open(configuration, "w") as file:
            file.write(text)
        # nginx refuses to run its workers as root without a user who may read the files.
        command = ["nginx", "-c", configuration, "-e", os.path.join(self.folder, "start.log")]
        if os.geteuid() == 0:
            command += ["-g", "user root;"]
        self.server = Process(command, log=os.path.join(folder, "nginx.log"))
        self.url = f"http://127.0.0.1:{port}"
        open(os.path.join(self.files, "ready"), "w").close()
        wait_for(self.url + "/ready", self.server)

    def stop(self):
        self.server.stop()


def wrk(url, connections, seconds, script=None, arguments=()):
    """Requests per second of one wrk run; a script in Lua says what is asked for."""
    command = ["wrk", "-t", str(min(2, connections)), "-c", str(connections), "-d", f"{seconds}s",
               "--timeout", "30s", *(["-s", script] if script else []), url]
    if arguments:
        command += ["--", *arguments]
    text = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
    bad = [line for line in text.splitlines() if "Non-2xx" in line or "Socket errors" in line]
    if bad:
        raise SystemExit(f"{url}: {' '.join(bad)}")
    rate = next(line for line in text.splitlines() if line.startswith("Requests/sec:"))
    return float(rate.split()[1])
