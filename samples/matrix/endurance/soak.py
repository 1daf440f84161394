# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Many short processes and connections under one recorder: everything right, nothing left over."""

import shutil
import subprocess
import time

from endurance import recording
from tlsmatrix import compare
from tlsmatrix.compare import Ports
from tlsmatrix.fronts import program
from tlsmatrix.processes import Failure
from tlsmatrix.rows import BLOCKING
from tlsmatrix.workshop import Workshop

CONNECTIONS_OF_A_PROCESS = 5
PARALLEL = 4
BODY_BYTES = 1000
SETTLE_SECONDS = 30.0  # sessions of ended processes are swept every 10 s
CLIENT_SECONDS = 120
# The JVM opens what it needs in its first minute; a leak would be one for each process or connection.
SPARE_DESCRIPTORS = 10
SPARE_MEMORY_KIB = 48 << 10


def soak(workshop: Workshop, processes: int, minutes: float) -> str:
    """`processes` programs with CONNECTIONS_OF_A_PROCESS connections each, spread over the minutes."""
    # A name of its own: nobody else's curl is recorded, and each process is found by its exec.
    client = workshop.folder / "soak-client"
    shutil.copyfile(program("curl"), client)
    client.chmod(0o755)
    with BLOCKING.server(workshop) as server:
        port = server.await_ready()
        recorder = recording.start(workshop.folder, "recorder", "--comm", client.name, "--ring-size", "64MiB")
        baseline = recording.map_entries(recorder.pid)
        if any(baseline.values()):
            raise Failure(f"there are entries before anything was recorded: {baseline}")
        started = time.monotonic()
        run_batch(str(client), port, 0, PARALLEL)
        first = recording.map_entries(recorder.pid)
        descriptors = memory = 0
        for number in range(PARALLEL, processes, PARALLEL):
            run_batch(str(client), port, number, min(PARALLEL, processes - number))
            time.sleep(max(0.0, started + minutes * 60 * number / processes - time.monotonic()))
            # What it holds after a quarter is what it needs; more at the end would be a leak.
            if not descriptors and number >= processes // 4:
                descriptors, memory = recording.descriptors(recorder.pid), recording.pss_kib(recorder.pid)
        entries = settled(recorder.pid)
        grown = recording.descriptors(recorder.pid) - descriptors
        grown_kib = recording.pss_kib(recorder.pid) - memory
        summary = recording.finish(recorder)
    if any(entries.values()):
        raise Failure(f"entries left: {entries}; after the first {PARALLEL} processes there were {first}")
    if grown > SPARE_DESCRIPTORS:
        raise Failure(f"{grown} more descriptors than after a quarter")
    if grown_kib > SPARE_MEMORY_KIB:
        raise Failure(f"{grown_kib} KiB more memory than after a quarter ({memory} KiB)")
    if summary["lost_events"]:
        raise Failure(f"lost: {summary['losses']}")
    truth = compare.read_log(workshop.server_log)
    ports = {target: Ports(line["client_port"], line["server_port"]) for target, line in truth.items()}
    side = compare.compare("client", recording.exchanges(workshop.folder, workshop.folder / "recorder.tape"), truth, ports)
    if len(truth) != processes * CONNECTIONS_OF_A_PROCESS or not side.bytes_ok or not side.links_ok:
        raise Failure(f"{side.exact} of {side.expected} byte-exact, {side.right_links} linked, {side.wrong_links} wrong: "
                      f"{'; '.join(side.problems)}")
    return (f"{len(truth)} connections of {processes} processes byte-exact and rightly linked; no entry left, "
            f"{grown:+d} descriptors, {grown_kib / 1024:+.0f} MiB since a quarter; {summary['late_attaches']} late attaches stated")


def run_batch(client: str, port: int, first: int, count: int) -> None:
    running = []
    for number in range(first, first + count):
        urls = [f"https://127.0.0.1:{port}/b/{BODY_BYTES}/{number % 60000}/{number}-{turn}"
                for turn in range(CONNECTIONS_OF_A_PROCESS)]
        arguments = [part for url in urls for part in (url, "-o", "/dev/null")]
        running.append(subprocess.Popen([client, "-sk", "--fail", "-H", "Connection: close", *arguments],
                                        stdin=subprocess.DEVNULL))
    for process in running:
        if process.wait(CLIENT_SECONDS) != 0:
            raise Failure(f"a client ended with {process.returncode}")


def settled(pid: int) -> dict[str, int]:
    """The entries once the recorder has swept; those that stay are left over."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        entries = recording.map_entries(pid)
        if not any(entries.values()) or time.monotonic() > deadline:
            return entries
        time.sleep(0.5)
