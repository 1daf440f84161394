# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Child processes: started with their output in files, ended by their own process ids."""

import os
import pathlib
import select
import subprocess
import time
from typing import Mapping, Sequence

START_SECONDS = 60.0
END_SECONDS = 60.0  # a recorder writes what it holds first


class Failure(Exception):
    """A step of a row did not do what it should; the text is for the person who reads the table."""


class Child:
    """A process of ours; leaving the context ends it."""

    def __init__(self, folder: pathlib.Path, name: str, command: Sequence[str], *,
                 environment: Mapping[str, str] | None = None, user: str | None = None) -> None:
        self.name = name
        self.output = folder / f"{name}.out"
        self.errors = folder / f"{name}.err"
        with open(self.output, "wb") as out, open(self.errors, "wb") as err:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, user=user, cwd=folder if user is None else "/",
                env={**os.environ, **(environment or {})})

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def pid(self) -> int:
        return self.process.pid

    def await_line(self, path: pathlib.Path, prefix: str) -> str:
        """The first whole line of the file that begins so; fails when the process ends without it."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            ended = self.process.poll() is not None
            text = path.read_text(errors="replace")
            for line in text[:text.rfind("\n") + 1].splitlines():
                if line.startswith(prefix):
                    return line
            if ended or time.monotonic() > deadline:
                raise Failure(f"{self.name} {'ended' if ended else 'went on'} without \"{prefix}\": {self.tail()}")
            time.sleep(0.01)

    def await_ready(self) -> int:
        """The port of the line `ready PORT`."""
        return int(self.await_line(self.output, "ready ").split()[1])

    def await_end(self, seconds: float) -> int:
        """The exit code of a process that ends by itself."""
        # A pidfd tells the end at once, without the polling that Popen.wait falls back to.
        descriptor = os.pidfd_open(self.pid)
        try:
            if not select.select([descriptor], [], [], seconds)[0]:
                raise Failure(f"{self.name} was still running after {seconds:.0f} s: {self.tail()}")
        finally:
            os.close(descriptor)
        return self.process.wait()

    def end(self) -> int:
        """SIGTERM, and SIGKILL when that does not help."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode

    def tail(self) -> str:
        lines = (self.errors.read_text(errors="replace") or self.output.read_text(errors="replace")).splitlines()
        return " / ".join(lines[-3:])[-400:] or "no output"


def run(folder: pathlib.Path, name: str, command: Sequence[str], *, seconds: float = 120,
        environment: Mapping[str, str] | None = None, accepted: Sequence[int] = (0,)) -> str:
    """Runs a command to its end and returns its standard output."""
    with Child(folder, name, command, environment=environment) as child:
        code = child.await_end(seconds)
        if code not in accepted:
            raise Failure(f"{name} ended with {code}: {child.tail()}")
        return child.output.read_text(encoding="utf-8", errors="replace")
