# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Programs that live for one request, while every process is recorded."""

import json
import pathlib
import shutil
from typing import Any, Callable

from endurance import recording
from endurance.libraries import resolve_library
from tlsmatrix import compare
from tlsmatrix.compare import Line, Ports
from tlsmatrix.fronts import program
from tlsmatrix.processes import Child, Failure, run
from tlsmatrix.rows import BLOCKING
from tlsmatrix.workshop import PEERS, PYTHON, REPOSITORY, Workshop

SIZES = (1000, 40_000)
CLIENT_SECONDS = 60


def commands(workshop: Workshop, port: int, number: int) -> dict[str, list[str]]:
    """What curl and what Python run; the answers have even and odd numbers, so that no two targets are the same."""
    size, seed = SIZES[number % len(SIZES)], number * 31
    body = workshop.folder / "body"
    if number % 2:
        method, sent, answer = "POST", size, 100
        body.write_bytes(workshop.pool.read_bytes()[seed:seed + size])
        data = ["--data-binary", f"@{body}", "-H", "Content-Type: text/plain", "-H", "Expect:"]
    else:
        method, sent, answer, data = "GET", 0, size, []
    targets = [f"/b/{answer}/{seed}/{kind}{number}" for kind in ("c", "p")]
    return {
        targets[0]: [program("curl"), "-sk", "--fail", "-o", "/dev/null", *data, f"https://127.0.0.1:{port}{targets[0]}"],
        targets[1]: [PYTHON, str(PEERS / "one_request.py"), str(workshop.pool), str(port), method, targets[1], str(sent),
                     str(seed)],
    }


def record_clients(workshop: Workshop, times: int, environment: Callable[[int], dict[str, str]]) -> tuple[
        dict[str, int], list[Line], dict[str, Line]]:
    """Runs the clients while everything is recorded: their process ids, the exchanges seen on their side, the truth."""
    pids: dict[str, int] = {}
    with BLOCKING.server(workshop) as server:
        port = server.await_ready()
        recorder = recording.start(workshop.folder, "recorder", "--ring-size", "256MiB")
        for number in range(times):
            for target, command in commands(workshop, port, number).items():
                with Child(workshop.folder, "client", command, environment=environment(number)) as client:
                    pids[target] = client.pid
                    if client.await_end(CLIENT_SECONDS) != 0:
                        raise Failure(f"{target}: {client.tail()}")
        recording.finish(recorder)
    truth = compare.read_log(workshop.server_log)
    if truth.keys() != pids.keys():
        raise Failure("the server did not log every request")
    # Whoever else uses this machine was recorded too.
    ours = [exchange for exchange in recording.exchanges(workshop.folder, workshop.folder / "recorder.tape")
            if exchange["role"] == "client" and exchange["process"]["pid"] in pids.values()]
    return pids, ours, truth


def known_library(workshop: Workshop, times: int) -> str:
    """Each program's only request is there, whole, with the right bytes on the right socket."""
    pids, exchanges, truth = record_clients(workshop, times, lambda number: {})
    side = compare.compare("client", exchanges, truth, ports_of(truth))
    if not side.bytes_ok or not side.links_ok:
        raise Failure(f"{side.exact} of {side.expected} first requests byte-exact, {side.right_links} linked: "
                      f"{'; '.join(side.problems)}")
    return f"{side.exact} of {side.expected} first requests of curl and Python byte-exact, on the right socket"


def ports_of(truth: dict[str, Line]) -> dict[str, Ports]:
    return {target: Ports(line["client_port"], line["server_port"]) for target, line in truth.items()}


def new_library(workshop: Workshop, times: int) -> str:
    """A fresh copy of libssl for each round: recorded, or the capture says from when to when it was not."""
    original = pathlib.Path(resolve_library("libssl.so.3"))

    def fresh(number: int) -> dict[str, str]:
        folder = workshop.folder / f"library-{number}"
        if not folder.exists():
            folder.mkdir()
            shutil.copyfile(original, folder / original.name)
        return {"LD_LIBRARY_PATH": str(folder)}

    pids, exchanges, truth = record_clients(workshop, times, fresh)
    late = late_attaches(workshop)
    silent = []
    exact = 0
    for target, line in truth.items():
        mine = [exchange for exchange in exchanges if exchange["process"]["pid"] == pids[target]]
        side = compare.compare("client", mine, {target: line}, ports_of(truth))
        if side.bytes_ok:
            exact += 1
        elif pids[target] not in late:
            silent.append(f"{target}: {'; '.join(side.problems)}")
    if silent:
        raise Failure(f"{len(silent)} of {len(truth)} requests are missing and nothing says so: {'; '.join(silent[:3])}")
    return f"{exact} of {len(truth)} byte-exact, the others stated as late_attach with their window"


def late_attaches(workshop: Workshop) -> dict[int, tuple[int, int]]:
    """The windows that the capture states, by process."""
    output = run(workshop.folder, "dump", [str(REPOSITORY / "bin" / "analyzer"), "dump",
                                           str(workshop.folder / "recorder.tape"), "--format", "ndjson"], accepted=(0, 1))
    windows: dict[int, tuple[int, int]] = {}
    for text in output.splitlines():
        if '"late_attach"' in text:
            event: dict[str, Any] = json.loads(text)
            if event["enter_ns"] is not None and event["enter_ns"] <= event["exit_ns"]:
                windows[event["process"]["pid"]] = (event["enter_ns"], event["exit_ns"])
    return windows
