#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""How large a capture is: beside a compressed packet capture of the same traffic.

nginx serves plain HTTP on loopback to clients with cookies, ids and varied answers, while the recorder (at nginx) and
dumpcap (on the port) look on. What dumpcap wrote is compressed by zstd as it is; the capture is left as the recorder
wrote it. Needs root, and Debian's wireshark-common (or tcpdump, whose files are smaller).
"""

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
APPS = ROOT / "samples/apps/common"
CLIENTS = 8
# What the files are that are asked for at random.
TRAFFIC = {
    "one answer of 100 B": [100],
    "300 answers of 100 B to 8 KB": [100 if number % 3 else 8_000 for number in range(300)],
    "3000 answers of 5 KB": [5_000] * 3000,
    "30 answers of 20 KB": [20_000] * 30,
}
WORDS = "order invoice customer paid total shipping address street city country note priority weekly".split()


def document(seed, length):
    """JSON that repeats itself about as much as answers of services do."""
    chosen = random.Random(seed)
    rows = []
    while sum(map(len, rows)) < length:
        rows.append(json.dumps({
            "id": hashlib.sha1(str(chosen.random()).encode()).hexdigest(), chosen.choice(WORDS): chosen.choice(WORDS),
            "total_cents": chosen.randrange(100_000), "created": f"2026-0{chosen.randrange(1, 10)}-17T09:{chosen.randrange(60):02}:00Z"}))
    return ("[" + ",\n".join(rows) + "]").encode()


@contextlib.contextmanager
def nginx(folder, lengths):
    files = folder / "files"
    files.mkdir()
    for number, length in enumerate(lengths):
        (files / f"{number}.json").write_bytes(document(number, length))
    folder.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, APPS / "nginx_front.py", "--template", ROOT / "samples/bench/nginx-plain.conf.in",
         "--upstream", "0", "--prefix", folder], stdout=subprocess.PIPE, text=True)
    try:
        port = int(process.stdout.readline().removeprefix("ready "))
        client(port, len(lengths), 1, 0)
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield port, int(children[0])
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def recorder(worker, port, capture, summary):
    process = subprocess.Popen(
        [ROOT / "bin/recorder", "record", "-o", capture, "--pid", str(worker), "--port", str(port),
         "--stats-format", "json"], stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if line.startswith("recording"):
            break
    else:
        raise RuntimeError("the recorder did not start")
    try:
        yield
    finally:
        process.terminate()
        summary.append(process.stderr.read())
        process.wait()


@contextlib.contextmanager
def packets(port, target):
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if shutil.which("dumpcap"):
        command = ["dumpcap", "-q", "-i", "lo", "-f", f"tcp port {port}", "-B", "256", "-w", target]
    elif shutil.which("tcpdump"):
        command = ["tcpdump", "-i", "lo", "-U", "-B", "262144", "-Z", "root", "-w", target, f"tcp port {port}"]
    else:
        raise RuntimeError("neither dumpcap nor tcpdump is there: install wireshark-common or tcpdump")
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not target.exists() or target.stat().st_size == 0:
        if process.poll() is not None:
            raise RuntimeError(process.stderr.read())
        time.sleep(0.05)
    time.sleep(0.5)
    try:
        yield
    finally:
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        report = process.communicate()[1]
        if "/0 (pcap" not in report and "0 packets dropped" not in report:
            print("  packets were dropped: " + " ".join(report.splitlines()[-1].split()))


def client(port, files, requests, seed):
    chosen = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    agent = f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/1{chosen.randrange(10, 40)}.0"
    session = chosen.randbytes(16).hex()
    for number in range(requests):
        connection.request("GET", f"/{chosen.randrange(files)}.json?page={number}", headers={
            "User-Agent": agent, "Cookie": f"session={session}; theme=dark", "Accept": "application/json",
            "X-Request-Id": chosen.randbytes(16).hex()})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"status {answer.status}")
    connection.close()


def compressed(path, level):
    target = path.with_suffix(f".{level}.zst")
    subprocess.run(["zstd", "-q", "-f", f"-{level}", path, "-o", target], check=True)
    return target.stat().st_size


def measure(what, lengths, requests, folder):
    capture, pcap = folder / "traffic.tape", folder / "traffic.pcapng"
    summary = []
    with nginx(folder, lengths) as (port, worker), packets(port, pcap), recorder(worker, port, capture, summary):
        threads = [threading.Thread(target=client, args=(port, len(lengths), requests // CLIENTS, seed + 1))
                   for seed in range(CLIENTS)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    lost = json.loads(summary[0].strip().splitlines()[-1])["lost_bytes"]
    size = capture.stat().st_size
    ratios = []
    for level in (1, 3):
        packed = compressed(pcap, level)
        ratios.append(f"zstd -{level} {packed >> 10} KiB | {size / packed:.2f}")
    print(f"| {what}: {requests} requests, {pcap.stat().st_size >> 20} MiB of packets | capture {size >> 10} KiB, "
          f"lost {lost} bytes | {' | '.join(ratios)} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=20_000, help="requests in all (20000)")
    parser.add_argument("--short", action="store_true", help="a tenth of the requests")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        print("capture_size: recording needs root", file=sys.stderr)
        return 4
    requests = arguments.requests // (10 if arguments.short else 1)
    for what, lengths in TRAFFIC.items():
        with tempfile.TemporaryDirectory(prefix="tapedeck-bench") as name:
            measure(what, lengths, requests, pathlib.Path(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
