"""Rows about one large file that is added: how fast, and at what cost beside bare loops."""
import functools
import os
import statistics

import anchors
from node import MIB, Node


class Adds:
    """The same file added three times to a new node, each time beside the loops."""

    def __init__(self, program, folder, source):
        self.program, self.folder, self.source = program, folder, source
        self.size = os.path.getsize(source)

    @functools.cached_property
    def medians(self):
        """Of each figure the one in the middle, taken once for rows of speed and of CPU."""
        loop = anchors.compile_loop(self.folder)
        runs = [self.run(loop) for _ in range(3)]
        return {name: statistics.median(run[name] for run in runs) for name in runs[0]}

    def run(self, loop):
        loop_wall, loop_cpu = anchors.leveldb_loop(loop, self.folder, self.source)
        plain = anchors.HashLoop(self.source, os.path.join(self.folder, "plain"))
        node = Node(self.program, self.folder)
        written, node_cpu = node.server.written(), node.server.cpu()
        _, wall, cpu = node.timed("add", "-Q", "--progress=false", self.source)
        node_cpu = node.server.cpu() - node_cpu
        node.run("repo", "stat")
        amplification = (node.server.written() - written) / self.size
        peak = node.server.own_memory_peak
        node.stop()
        return {
            "wall": wall, "cpu": cpu, "node cpu": node_cpu, "loop wall": loop_wall,
            "loop cpu": loop_cpu, "plain cpu": plain.cpu, "amplification": amplification,
            "peak": peak,
        }

    def bench_speed(self, report):
        report.add("disk, fdatasync every 8 MiB", "MiB/s",
                   anchors.disk_speed(self.folder, self.size))
        figures = self.medians
        report.add("add, one file, synced", "MiB/s", self.size / MIB / figures["wall"],
                   self.size / MIB / figures["loop wall"], "LevelDB loop", ">= 0.8",
                   memoryPeakMiB=round(figures["peak"]))
        report.add("add, bytes written per byte", "", figures["amplification"], goal="<= 2.1")

    def bench_cpu(self, report):
        """Seconds of the processors, of the command line and the node together."""
        figures, scale = self.medians, self.size / (1 << 30)
        cpu, loop_cpu, plain_cpu = figures["cpu"], figures["loop cpu"], figures["plain cpu"]
        report.add("add, CPU", "CPU-s/GiB", cpu / scale, plain_cpu / scale, "read, sha256, write",
                   nodeCpuSeconds=round(figures["node cpu"], 2),
                   clientCpuSeconds=round(cpu - figures["node cpu"], 2))
        report.add("add, CPU beyond the loop", "CPU-s/GiB", (cpu - loop_cpu) / scale,
                   goal="<= 1.2", cpuSeconds=round(cpu, 2), loopCpuSeconds=round(loop_cpu, 2))
        report.add("add, CPU beyond read, sha256, write", "CPU-s/GiB", (cpu - plain_cpu) / scale,
                   cpuSeconds=round(cpu, 2), plainCpuSeconds=round(plain_cpu, 2))
