#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""What recording costs: nginx under wrk, as ratios of requests per second, and what the recorder itself takes.

Alternating runs of all modes of a scenario: nothing attached; empty programs on the very places where the recorder has its
probes, which is what the traps themselves cost on this machine, whoever attaches them; the recorder, writing to the disk;
bpftrace printing what it can of the same bytes. Medians count. Needs root.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import empty_probes  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
APPS = ROOT / "samples/apps/common"
TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_SECONDS = 0.25
NOTHING, EMPTY, RECORDER, NEIGHBOUR, LIMITED, BPFTRACE = (
    "nothing", "empty probes", "recorder", "recorder of another", "recorder --cpu-limit 5", "bpftrace")
# bpftrace 0.17 copies 200 bytes of a call at most: BPFTRACE_STRLEN.
BPFTRACE_PROGRAM = """
uprobe:LIB:SSL_read, uprobe:LIB:SSL_write /pid == PID/ { @buffer[tid] = arg1; }
uretprobe:LIB:SSL_read, uretprobe:LIB:SSL_write /pid == PID && @buffer[tid] != 0/ {
  if ((int32)retval > 0) { printf("%d %r\\n", retval, buf(@buffer[tid], retval)); }
  delete(@buffer[tid]);
}"""


@dataclasses.dataclass(frozen=True)
class Scenario:
    """One load, the modes it is run in, and the ratio that must be reached."""

    name: str
    tls: bool
    target: str
    modes: tuple
    measured: str
    against: str
    bar: float


SCENARIOS = (
    Scenario("tls-small", True, "small", (NOTHING, EMPTY, RECORDER, BPFTRACE), RECORDER, EMPTY, 0.92),
    Scenario("tls-100k", True, "100k", (NOTHING, EMPTY, RECORDER, BPFTRACE), RECORDER, EMPTY, 0.90),
    Scenario("plain-small", False, "small", (NOTHING, RECORDER), RECORDER, NOTHING, 0.72),
    Scenario("plain-100k", False, "100k", (NOTHING, RECORDER), RECORDER, NOTHING, 0.88),
    Scenario("tls-neighbour", True, "small", (NOTHING, NEIGHBOUR), NEIGHBOUR, NOTHING, 0.97),
    Scenario("cpu-limit", True, "100k", (NOTHING, LIMITED), LIMITED, NOTHING, 0.0),
)


class Usage:
    """CPU time and memory of a recorder while it is under load; what it takes to start is left out."""

    def __init__(self, pid):
        self.pid = pid
        self.pss_kib = self.rss_kib = 0
        self.begin = self.cpu_seconds()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def watch(self):
        while not self.ended.wait(SAMPLE_SECONDS):
            rollup = pathlib.Path(f"/proc/{self.pid}/smaps_rollup").read_text()
            self.pss_kib = max(self.pss_kib, int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE).group(1)))
            self.rss_kib = max(self.rss_kib, int(re.search(r"^Rss:\s+(\d+)", rollup, re.MULTILINE).group(1)))

    def stop(self):
        self.ended.set()
        self.thread.join()
        self.cpu = self.cpu_seconds() - self.begin


@contextlib.contextmanager
def recording(pid, folder, *options):
    """Records a process; afterwards what was given has the summary and the usage."""
    capture = folder / "bench.tape"
    capture.unlink(missing_ok=True)
    seen = {}
    process = subprocess.Popen(
        [ROOT / "bin/recorder", "record", "-o", capture, "--pid", str(pid), "--stats-format", "json", *options],
        stderr=subprocess.PIPE, text=True)
    try:
        for line in process.stderr:
            if line.startswith("recording"):
                break
        else:
            raise RuntimeError("the recorder did not start")
        usage = Usage(process.pid)
        try:
            yield seen
        finally:
            usage.stop()
    finally:
        process.terminate()
        lines = process.stderr.read().strip().splitlines()
        process.wait()
    seen.update(json.loads(lines[-1]), cpu_s=usage.cpu, pss_mib=usage.pss_kib / 1024, rss_mib=usage.rss_kib / 1024)


@contextlib.contextmanager
def bpftrace(pid):
    program = BPFTRACE_PROGRAM.replace("LIB", libssl_of(pid)).replace("PID", str(pid))
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            ["bpftrace", "-e", program], stdout=output, stderr=subprocess.DEVNULL,
            env=dict(os.environ, BPFTRACE_STRLEN="200"))
        try:
            threading.Event().wait(5)  # it says that it attaches, not that it has
            if process.poll() is not None:
                raise RuntimeError("bpftrace did not start")
            yield {}
        finally:
            process.terminate()
            process.wait()
        if output.seek(0, os.SEEK_END) < 1000:
            raise RuntimeError("bpftrace printed nothing")


def libssl_of(pid):
    for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
        if "libssl" in line:
            return line.split()[-1]
    raise RuntimeError(f"process {pid} has not loaded libssl")


class Bench:
    """Two nginx of the same kind: one that is loaded, and one beside it."""

    def __init__(self, folder, scenario, other):
        self.folder, self.scenario, self.other = folder, scenario, other
        self.port, self.worker = other["loaded"]
        self.places = None

    def attached(self, mode):
        if mode == EMPTY:
            return self.empty()
        if mode == RECORDER:
            return recording(self.worker, self.folder)
        if mode == NEIGHBOUR:
            return recording(self.other["idle"][1], self.folder)
        if mode == LIMITED:
            return recording(self.worker, self.folder, "--cpu-limit", "5")
        return bpftrace(self.worker) if mode == BPFTRACE else contextlib.nullcontext({})

    @contextlib.contextmanager
    def empty(self):
        if self.places is None:
            with recording(self.worker, self.folder):
                self.places = empty_probes.places_of(self.worker)
            if not self.places:
                raise RuntimeError("the kernel does not say where the recorder's probes are (6.8 does)")
        with empty_probes.attached(self.places):
            yield {}


def requests_per_second(scheme, port, target, seconds):
    output = subprocess.run(
        ["wrk", "-t", "1", "-c", "32", "-d", f"{seconds}s", f"{scheme}://127.0.0.1:{port}/{target}"],
        check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(output)
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", output).group(1))


@contextlib.contextmanager
def nginx(folder, tls):
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "100k").write_bytes(b'{"id":17,"customer":"ada"}\n' * 3800)
    process = subprocess.Popen(
        [sys.executable, APPS / "nginx_front.py", "--template",
         ROOT / f"samples/bench/nginx{'' if tls else '-plain'}.conf.in", "--upstream", "0", "--prefix", folder],
        stdout=subprocess.PIPE, text=True)
    try:
        port = int(process.stdout.readline().removeprefix("ready "))
        requests_per_second("https" if tls else "http", port, "small", 1)
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield port, int(children[0])
    finally:
        process.terminate()
        process.wait()


def cost(seen):
    """One line about the last recording."""
    gigabytes, millions = seen["payload_bytes"] / 1e9, seen["events"] / 1e6
    return (
        f"{seen['events']} events, {gigabytes:.2f} GB, lost {seen['lost_events']} events {seen['lost_bytes']} bytes; "
        f"recorder's CPU {seen['cpu_s']:.2f} s" + (f" ({seen['cpu_s'] / gigabytes:.2f} s/GB" if gigabytes > 0.001 else " (")
        + (f", {seen['cpu_s'] / millions:.2f} s per million events)" if millions > 0.001 else ")")
        + f"; peak PSS {seen['pss_mib']:.0f} MiB, RSS {seen['rss_mib']:.0f} MiB")


def run(scenario, bench, runs, seconds):
    """Prints the ratios; returns whether the bar was reached."""
    scheme = "https" if scenario.tls else "http"
    modes = [mode for mode in scenario.modes if mode != BPFTRACE or shutil.which("bpftrace")]
    rates = {mode: [] for mode in modes}
    seen = {}
    for _ in range(runs):
        for mode in modes:
            with bench.attached(mode) as result:
                rates[mode].append(requests_per_second(scheme, bench.port, scenario.target, seconds))
            seen = result or seen
    medians = {mode: statistics.median(each) for mode, each in rates.items()}
    ratios = ", ".join(f"{mode} {medians[mode] / medians[NOTHING]:.3f}" for mode in modes[1:])
    reached = medians[scenario.measured] / medians[scenario.against]
    print(f"{scenario.name}: {medians[NOTHING]:.0f} requests/s; of that: {ratios}; {scenario.measured} against "
          f"{scenario.against} {reached:.3f} (at least {scenario.bar:.2f}: {'yes' if reached >= scenario.bar else 'NO'})")
    print(f"  {cost(seen)}", flush=True)
    if scenario.measured == LIMITED:
        print(f"  {100 * seen['cpu_s'] / seconds:.1f} % of a CPU under load, payload left out for {seen['shed_ms'] / 1000:.1f} s")
    return reached >= scenario.bar


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, help="runs of each mode (5; short: 3)")
    parser.add_argument("--seconds", type=int, help="length of a run (4; short: 2)")
    parser.add_argument("--short", action="store_true", help="a first impression in two minutes")
    parser.add_argument("--scenario", action="append", choices=[each.name for each in SCENARIOS], help="only this one")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        print("recorder_overhead: attaching probes needs root", file=sys.stderr)
        return 4
    runs = arguments.runs or (3 if arguments.short else 5)
    seconds = arguments.seconds or (2 if arguments.short else 4)
    print(f"medians of {runs} alternating runs of {seconds} s; 1.0 is nginx with nothing attached")

    missed = 0
    for scenario in SCENARIOS:
        if arguments.scenario and scenario.name not in arguments.scenario:
            continue
        with tempfile.TemporaryDirectory(prefix="tapedeck-bench") as name:
            folder = pathlib.Path(name)
            folder.chmod(0o755)
            with nginx(folder / "loaded", scenario.tls) as loaded, nginx(folder / "idle", scenario.tls) as idle:
                bench = Bench(folder, scenario, {"loaded": loaded, "idle": idle})
                missed += not run(scenario, bench, runs, seconds * (4 if scenario.measured == LIMITED else 1))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
