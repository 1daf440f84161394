# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""What a row is, and how one runs."""

import dataclasses
import time
from typing import Callable, Mapping, Sequence

from tlsmatrix import compare
from tlsmatrix.compare import Line, Ports, Side
from tlsmatrix.processes import Child, Failure, run
from tlsmatrix.workshop import CLIENT_SECONDS, PEERS, PYTHON, Workshop


@dataclasses.dataclass
class Outcome:
    """What came of a row."""

    sides: list[Side] = dataclasses.field(default_factory=list)
    problems: list[str] = dataclasses.field(default_factory=list)
    seconds: float = 0

    @property
    def ok(self) -> bool:
        return bool(self.sides) and not self.problems and all(side.bytes_ok and side.links_ok for side in self.sides)


@dataclasses.dataclass(frozen=True)
class Row:
    """One TLS stack."""

    name: str  # on the command line
    stack: str  # in the table
    library: str  # in the table: whose version, and how it is linked
    measure: Callable[[Workshop], list[Side]]
    short: bool = False  # part of the short form
    memory_bios: bool = False  # links are proven by ciphertext alone: many connections in the short form too

    def run(self, workshop: Workshop) -> Outcome:
        started = time.monotonic()
        outcome = Outcome()
        try:
            outcome.sides = self.measure(workshop)
            # A probe that may have been missed has no bytes and no place: whether it had any is what is compared.
            outcome.problems = [f"lost by {cause}: {loss}" for cause, loss in workshop.lost().items()
                                if loss["bytes"] or (loss["events"] and cause != "probe_missed")]
        except (Failure, OSError, ValueError) as failure:
            outcome.problems.append(str(failure))
        outcome.seconds = time.monotonic() - started
        return outcome


@dataclasses.dataclass(frozen=True)
class Peer:
    """A program that is server or client by its first argument, as those in peers/."""

    command: Sequence[str]
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def server(self, workshop: Workshop, *, tls: bool = True) -> Child:
        certificate = [str(workshop.certificate), str(workshop.key)] if tls else []
        return Child(workshop.folder, "server",
                     [*self.command, "server", str(workshop.pool), str(workshop.server_log), *certificate],
                     environment=self.environment)

    def client(self, workshop: Workshop, port: int) -> list[str]:
        assignments = [f"{name}={value}" for name, value in self.environment.items()]
        return [*(["/usr/bin/env", *assignments] if assignments else []), *self.command, "client", str(workshop.pool),
                str(workshop.client_log), str(workshop.plan), str(port)]


BLOCKING = Peer([PYTHON, str(PEERS / "blocking_peer.py")])


def both_sides(peer: Callable[[Workshop], Peer]) -> Callable[[Workshop], list[Side]]:
    """A stack that is both server and client: both processes are recorded."""

    def measure(workshop: Workshop) -> list[Side]:
        made = peer(workshop)
        with made.server(workshop) as server:
            port = server.await_ready()
            workshop.record_command(made.client(workshop, port), "--pid", str(server.pid))
        return compare_sides(workshop, ("server", "client"))

    return measure


def front(start: Callable[[Workshop, int], Child], *options: str) -> Callable[[Workshop], list[Side]]:
    """A stack in front of a plain HTTP server: the front is recorded, client and upstream are not."""

    def measure(workshop: Workshop) -> list[Side]:
        with BLOCKING.server(workshop, tls=False) as upstream, start(workshop, upstream.await_ready()) as stack:
            port = stack.await_ready()
            selection = options or ("--pid", str(stack.pid), "--tree")
            with workshop.recorder(*selection):
                run(workshop.folder, "client", BLOCKING.client(workshop, port), seconds=CLIENT_SECONDS)
        return compare_sides(workshop, ("server",))

    return measure


def compare_sides(workshop: Workshop, roles: Sequence[str]) -> list[Side]:
    """Compares what was recorded of each role with both logs."""
    client, server = compare.read_log(workshop.client_log), compare.read_log(workshop.server_log)
    harmed = compare.logs_differ(client, server)
    if harmed:
        raise Failure(f"client and server logged different traffic: {'; '.join(harmed[:3])}")
    # The client's view of the ends: a server behind a front knows the front's only.
    ports = {target: Ports(line["client_port"], line["server_port"]) for target, line in client.items()}
    exchanges = [exchange for exchange in workshop.exchanges() if exchange["scheme"] == "https"]
    truths: dict[str, Mapping[str, Line]] = {"server": server, "client": client}
    return [compare.compare(role, [exchange for exchange in exchanges if exchange["role"] == role], truths[role], ports)
            for role in roles]
