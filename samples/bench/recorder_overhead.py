#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""What recording costs: nginx with TLS under wrk, as ratios of requests per second.

Alternating runs of three modes: nothing attached; empty probes on the calls that a recorder must see (SSL_read and
SSL_write, entry and return, counted by the kernel and nothing else); the recorder. The middle one is what the
traps themselves cost on this machine, whoever attaches them. Needs root.
"""

import argparse
import contextlib
import ctypes
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
APPS = ROOT / "samples/apps/common"
MODES = ("nothing", "empty probes", "recorder")
PROBED = ("SSL_read", "SSL_write")
# include/uapi/linux/perf_event.h: perf_event_attr up to PERF_ATTR_SIZE_VER1
ATTRIBUTE_BYTES = 72
PERF_FLAG_FD_CLOEXEC = 8
SYS_PERF_EVENT_OPEN = {"x86_64": 298, "aarch64": 241}


class PerfAttribute(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_uint32), ("size", ctypes.c_uint32), ("config", ctypes.c_uint64),
        ("sample_period", ctypes.c_uint64), ("sample_type", ctypes.c_uint64),
        ("read_format", ctypes.c_uint64), ("flags", ctypes.c_uint64),
        ("wakeup_events", ctypes.c_uint32), ("bp_type", ctypes.c_uint32),
        ("config1", ctypes.c_uint64), ("config2", ctypes.c_uint64),
    ]


@contextlib.contextmanager
def nothing(_pid, _folder):
    yield {}


@contextlib.contextmanager
def empty_probes(pid, _folder):
    """Counting perf events on entry and return of the probed functions, bound to the process."""
    library = libssl_of(pid)
    device = pathlib.Path("/sys/bus/event_source/devices/uprobe")
    probe_type = int((device / "type").read_text())
    return_bit = int(re.search(r"\d+", (device / "format/retprobe").read_text()).group())
    libc = ctypes.CDLL(None, use_errno=True)
    path = ctypes.create_string_buffer(library.encode())
    number = SYS_PERF_EVENT_OPEN[os.uname().machine]
    descriptors = []
    try:
        for offset in symbol_offsets(library):
            for config in (0, 1 << return_bit):
                attribute = PerfAttribute(
                    type=probe_type, size=ATTRIBUTE_BYTES, config=config,
                    config1=ctypes.addressof(path), config2=offset)
                descriptor = libc.syscall(
                    number, ctypes.byref(attribute), pid, -1, -1, PERF_FLAG_FD_CLOEXEC)
                if descriptor < 0:
                    code = ctypes.get_errno()
                    raise OSError(code, f"perf_event_open: {os.strerror(code)}", library)
                descriptors.append(descriptor)
        yield {}
        counts = [int.from_bytes(os.read(each, 8), "little") for each in descriptors]
        if not any(counts):
            raise RuntimeError(f"the empty probes on {library} were never hit")
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


@contextlib.contextmanager
def recorder(pid, folder):
    capture = folder / "bench.tape"
    capture.unlink(missing_ok=True)
    summary = {}
    process = subprocess.Popen(
        [ROOT / "bin/recorder", "record", "-o", capture, "--pid", str(pid), "--stats-format", "json"],
        stderr=subprocess.PIPE, text=True)
    try:
        for line in process.stderr:
            if line.startswith("recording"):
                break
        else:
            raise RuntimeError("the recorder did not start")
        yield summary
    finally:
        process.terminate()
        rest = process.stderr.read()
        process.wait()
    summary["text"] = rest.strip()
    summary["file_bytes"] = capture.stat().st_size


ATTACH = dict(zip(MODES, (nothing, empty_probes, recorder)))


def libssl_of(pid):
    for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
        if "libssl" in line:
            return line.split()[-1]
    raise RuntimeError(f"process {pid} has not loaded libssl")


def symbol_offsets(library):
    """File offsets of the probed functions; for a shared library's text they equal addresses minus the segment's shift."""
    segments = subprocess.run(
        ["readelf", "-lW", library], check=True, capture_output=True, text=True).stdout
    loads = [tuple(int(each, 16) for each in match) for match in re.findall(
        r"^\s+LOAD\s+(0x\w+)\s+(0x\w+)\s+0x\w+\s+(0x\w+)", segments, re.MULTILINE)]
    symbols = subprocess.run(
        ["readelf", "--dyn-syms", "-W", library], check=True, capture_output=True, text=True).stdout
    for name in PROBED:
        address = int(re.search(rf"([0-9a-f]{{16}}) .* FUNC .* {name}(@|$)", symbols, re.MULTILINE).group(1), 16)
        for offset, start, length in loads:
            if start <= address < start + length:
                yield address - start + offset
                break


def requests_per_second(port, target, seconds):
    output = subprocess.run(
        ["wrk", "-t", "1", "-c", "32", "-d", f"{seconds}s", f"https://127.0.0.1:{port}/{target}"],
        check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(output)
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", output).group(1))


@contextlib.contextmanager
def nginx(folder):
    (folder / "100k").write_bytes(b'{"id":17,"customer":"ada"}\n' * 3800)
    folder.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, APPS / "nginx_front.py", "--template", ROOT / "samples/bench/nginx.conf.in",
         "--upstream", "0", "--prefix", folder],
        stdout=subprocess.PIPE, text=True)
    try:
        port = int(process.stdout.readline().removeprefix("ready "))
        requests_per_second(port, "small", 1)
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield port, int(children[0])
    finally:
        process.terminate()
        process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="runs of each mode (5)")
    parser.add_argument("--seconds", type=int, default=4, help="length of a run (4)")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        print("recorder_overhead: attaching probes needs root", file=sys.stderr)
        return 4

    with tempfile.TemporaryDirectory(prefix="tapedeck-bench") as name, \
            nginx(pathlib.Path(name)) as (port, worker):
        for target in ("small", "100k"):
            rates = {mode: [] for mode in MODES}
            last = ""
            for _ in range(arguments.runs):
                for mode in MODES:
                    with ATTACH[mode](worker, pathlib.Path(name)) as summary:
                        rates[mode].append(requests_per_second(port, target, arguments.seconds))
                    last = summary.get("text", last)
            medians = {mode: statistics.median(each) for mode, each in rates.items()}
            base = medians["nothing"]
            print(f"{target}: nginx without probes {base:.0f} requests/s; with empty probes "
                  f"{medians['empty probes'] / base:.3f} of that, recorded {medians['recorder'] / base:.3f}; "
                  f"recorded against empty probes {medians['recorder'] / medians['empty probes']:.3f} "
                  f"(medians of {arguments.runs} alternating runs)", flush=True)
            print(f"  last recording: {' '.join(last.split())[:400]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
