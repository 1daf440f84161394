# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Where a row works: its folder, the files that all rows share, recorder and analyzer."""

import contextlib
import json
import pathlib
import shutil
import subprocess
from typing import Iterator, Sequence

from tlsmatrix import plan
from tlsmatrix.compare import Line
from tlsmatrix.processes import Child, Failure, run

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
PEERS = REPOSITORY / "samples" / "matrix" / "peers"
PYTHON = "/usr/bin/python3"

# Enough for what three connections have under way: the matrix is about right bytes; loss has tests of its own.
RING = "256MiB"
CLIENT_SECONDS = 300


class Workshop:
    """One row's folder."""

    def __init__(self, folder: pathlib.Path, cache: pathlib.Path, shape: plan.Shape) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder = folder
        self.cache = cache
        self.pool = cache / "pool"
        self.certificate = cache / "certificate.pem"
        self.key = cache / "key.pem"
        self.plan = folder / "plan.tsv"
        self.server_log = folder / "server.ndjson"
        self.client_log = folder / "client.ndjson"
        self.capture = folder / "row.tape"
        plan.write_plan(self.plan, shape)

    @contextlib.contextmanager
    def recorder(self, *options: str) -> Iterator[Child]:
        """Records while the context lasts, and completes the capture at its end."""
        command = [str(REPOSITORY / "bin" / "recorder"), "record", "-o", str(self.capture), "--ring-size", RING,
                   "--stats-format", "json", *options]
        with Child(self.folder, "recorder", command) as child:
            child.await_line(child.errors, "recording")
            yield child
            code = child.end()
            if code != 0:
                raise Failure(f"the recorder ended with {code}: {child.tail()}")

    def record_command(self, command: Sequence[str], *options: str) -> None:
        """Records until the command ends."""
        with Child(self.folder, "recorder", [
                str(REPOSITORY / "bin" / "recorder"), "record", "-o", str(self.capture), "--ring-size", RING,
                "--stats-format", "json", *options, "--", *command]) as child:
            code = child.await_end(CLIENT_SECONDS)
            if code != 0:
                raise Failure(f"the recorded client ended with {code}: {child.tail()}")

    def lost(self) -> dict[str, Line]:
        """What the recorder says it lost, by cause."""
        for text in (self.folder / "recorder.err").read_text(encoding="utf-8").splitlines():
            if text.startswith("{"):
                losses: dict[str, Line] = json.loads(text)["losses"]
                return losses
        raise Failure("the recorder printed no summary")

    def exchanges(self) -> list[Line]:
        output = run(self.folder, "analyzer", [
            str(REPOSITORY / "bin" / "analyzer"), "exchanges", str(self.capture), "--format", "ndjson", "--bodies",
            "sha256", "--both-ends"])
        return [json.loads(line) for line in output.splitlines()]


def prepare(cache: pathlib.Path) -> None:
    """Makes what all rows share."""
    cache.mkdir(parents=True, exist_ok=True)
    plan.write_pool(cache / "pool")
    if not (cache / "certificate.pem").exists():
        # RSA: the oldest libraries here know nothing newer. Long-lived, because the folder stays.
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(cache / "key.pem"),
             "-out", str(cache / "certificate.pem")],
            check=True, stdin=subprocess.DEVNULL, capture_output=True)
        # Servers that give up root read it too; it guards nothing.
        (cache / "key.pem").chmod(0o644)
