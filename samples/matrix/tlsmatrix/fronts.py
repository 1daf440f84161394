# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Servers that put TLS in front of another: a configuration from fronts/ and a command."""

import pathlib
import shutil
import socket
import time
from typing import Callable, Sequence

from tlsmatrix.processes import START_SECONDS, Child, Failure
from tlsmatrix.workshop import REPOSITORY, Workshop

TEMPLATES = REPOSITORY / "samples" / "matrix" / "fronts"
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def program(name: str) -> str:
    found = shutil.which(name, path=SYSTEM_PATH)
    if found is None:
        raise Failure(f"{name} is not installed: .ci/install-tools matrix")
    return found


def free_port() -> int:
    """A port that was free a moment ago; none of these servers takes port 0 and says what it got."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def configured(workshop: Workshop, name: str, port: int, upstream: int) -> pathlib.Path:
    """Writes the configuration with its places filled in."""
    pair = workshop.folder / "pair.pem"
    pair.write_text(workshop.certificate.read_text() + workshop.key.read_text())
    pair.chmod(0o600)
    text = (TEMPLATES / f"{name}.conf.in").read_text(encoding="utf-8")
    for place, value in {"FOLDER": workshop.folder, "PORT": port, "UPSTREAM": upstream, "PAIR": pair,
                         "CERTIFICATE": workshop.certificate, "KEY": workshop.key,
                         "MODULES": "/usr/lib/apache2/modules"}.items():
        text = text.replace(f"@{place}@", str(value))
    path = workshop.folder / f"{name}.conf"
    path.write_text(text, encoding="utf-8")
    return path


def starter(name: str, command: Callable[[pathlib.Path], Sequence[str]]) -> Callable[[Workshop, int], Child]:
    """Starts the server; `ready PORT` is appended to its output once it accepts connections."""

    def start(workshop: Workshop, upstream: int) -> Child:
        port = free_port()
        child = Child(workshop.folder, name, command(configured(workshop, name, port, upstream)))
        await_listening(child, port)
        with open(child.output, "a", encoding="ascii") as output:
            output.write(f"\nready {port}\n")
        return child

    return start


def await_listening(child: Child, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError as error:
            if child.process.poll() is not None or time.monotonic() > deadline:
                child.end()
                raise Failure(f"{child.name} does not listen: {child.tail()}") from error
            time.sleep(0.02)


NGINX = starter("nginx", lambda file: [program("nginx"), "-p", str(file.parent), "-c", str(file), "-e",
                                       str(file.parent / "nginx.log")])
APACHE = starter("apache", lambda file: [program("apache2"), "-D", "FOREGROUND", "-f", str(file)])
HAPROXY = starter("haproxy", lambda file: [program("haproxy"), "-db", "-f", str(file)])
STUNNEL = starter("stunnel", lambda file: [program("stunnel4"), str(file)])
