# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""The target is never harmed: loads with a recorder that comes, goes and is killed are as without one."""

import concurrent.futures
import json
import os
import pathlib
import shutil
import signal
import threading
import time

from endurance import recording
from endurance.libraries import resolve_library
from tlsmatrix import compare
from tlsmatrix.processes import Child, Failure, run
from tlsmatrix.rows import BLOCKING, Peer
from tlsmatrix.workshop import PEERS, PYTHON, Workshop

LIBRARY = "libssl.so"
TARGET_NAME = "steady-server"
LOAD_THREADS = 2
PARALLEL = 2  # recorders at a time
KEEP_SECONDS = 0.2  # how long one stays attached
GONE_SECONDS = 20.0
NAMED = 5


def digests(path: pathlib.Path) -> dict[str, tuple[object, ...]]:
    return {target: tuple(line[name] for name in compare.DIGESTS) for target, line in compare.read_log(path).items()}


def same_load(workshop: Workshop) -> str:
    """The same requests without and with a recorder: equal digests on both sides, no error in either."""
    logs = []
    for name in ("without", "with"):
        for log in (workshop.client_log, workshop.server_log):
            log.unlink(missing_ok=True)
        with BLOCKING.server(workshop) as server:
            port = server.await_ready()
            recorder = recording.start(workshop.folder, "recorder", "--pid", str(server.pid)) if name == "with" else None
            run(workshop.folder, f"client-{name}", BLOCKING.client(workshop, port))
            if recorder:
                recording.finish(recorder)
            if server.errors.read_text():
                raise Failure(f"the server complains {name} a recorder: {server.tail()}")
        logs.append((digests(workshop.client_log), digests(workshop.server_log)))
    if logs[0] != logs[1]:
        raise Failure("digests with a recorder differ from those without")
    return f"{len(logs[0][0])} requests without and with a recorder: equal digests, no error"


def private_server(workshop: Workshop) -> Peer:
    """The blocking peer under a name of its own, with a library of its own: other recorders leave both alone."""
    program = workshop.folder / TARGET_NAME
    shutil.copyfile(pathlib.Path(PYTHON).resolve(), program)
    program.chmod(0o755)
    library = pathlib.Path(resolve_library("libssl.so.3"))
    shutil.copyfile(library, workshop.folder / library.name)
    return Peer([str(program), *BLOCKING.command[1:]], {"LD_LIBRARY_PATH": str(workshop.folder)})


class SteadyLoad:
    """A server and a client that goes on until the context ends; then nothing may have failed."""

    def __init__(self, workshop: Workshop) -> None:
        self.server = private_server(workshop).server(workshop)
        port = self.server.await_ready()
        self.client = Child(workshop.folder, "steady", [
            PYTHON, str(PEERS / "steady_client.py"), str(workshop.pool), str(port), str(LOAD_THREADS)])
        self.requests = 0

    def __enter__(self) -> "SteadyLoad":
        self.client.await_ready()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        code = self.client.end()
        alive = self.server.process.poll() is None
        self.server.end()
        if kind is not None:
            return
        if code != 0 or not alive:
            raise Failure(f"the load ended with {code}: {self.client.tail()}; server {'alive' if alive else 'dead'}")
        result = json.loads(self.client.output.read_text().splitlines()[-1])
        self.requests = result["requests"]
        if result["errors"] or not self.requests or self.server.errors.read_text():
            raise Failure(f"the load was harmed: {result} {self.server.tail()}")


def attach_and_detach(workshop: Workshop, times: int) -> str:
    """Recorders come and go under load, by process and by name in turn; the code is as before afterwards."""
    changed = threading.Event()

    def once(number: int) -> None:
        name = f"recorder-{number}"
        selection = ("--pid", str(load.server.pid)) if number % 2 else ("--comm", TARGET_NAME)
        recorder = recording.start(workshop.folder, name, *selection)
        time.sleep(KEEP_SECONDS)
        if recording.changed_code_bytes(load.server.pid, LIBRARY):
            changed.set()
        recording.finish(recorder)
        for file in workshop.folder.glob(f"{name}.*"):
            file.unlink()

    with SteadyLoad(workshop) as load:
        with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
            for done in [pool.submit(once, number) for number in range(times)]:
                done.result()
        if not changed.is_set():
            raise Failure("no recorder ever changed the code: this test would not see one left behind")
        await_original_code(load.server.pid)
    return f"{times} attached and detached under {load.requests} requests: no error, code as before"


def await_original_code(pid: int) -> None:
    deadline = time.monotonic() + GONE_SECONDS
    while changed := recording.changed_code_bytes(pid, LIBRARY):
        if time.monotonic() > deadline:
            raise Failure(f"{changed} bytes of {LIBRARY} are still changed in the target")
        time.sleep(0.1)


def kill(workshop: Workshop) -> str:
    """SIGKILL under load: programs, maps, links and breakpoints are gone, and the load did not notice."""
    with SteadyLoad(workshop) as load:
        recorder = recording.start(workshop.folder, "recorder", "--pid", str(load.server.pid))
        ids = recording.held(recorder.pid)
        if not ids["prog"] or not ids["map"] or not recording.changed_code_bytes(load.server.pid, LIBRARY):
            raise Failure(f"this recorder held nothing that could be left: {ids}")
        os.kill(recorder.pid, signal.SIGKILL)
        recorder.process.wait()
        deadline = time.monotonic() + GONE_SECONDS
        while left := recording.left_of(ids, recorder.pid):
            if time.monotonic() > deadline:
                raise Failure(f"left in the kernel {GONE_SECONDS:.0f} s after SIGKILL: {left}")
            time.sleep(0.1)
        await_original_code(load.server.pid)
        time.sleep(KEEP_SECONDS)
    held = ", ".join(f"{len(found)} {kind}s" for kind, found in ids.items())
    return f"killed under {load.requests} requests: nothing left of {held}, code as before, no error"
