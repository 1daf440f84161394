# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""What the Python peers of the TLS matrix share: bodies, the log, the plan."""

import collections
import hashlib
import json
import ssl
import threading
from typing import NamedTuple


class Planned(NamedTuple):
    """One request: a line of the plan."""

    method: str
    target: str
    body_bytes: int
    seed: int


class Pool:
    """The bytes that every body is a slice of."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            self.data = file.read()

    def slice(self, length: int, seed: int) -> bytes:
        return self.data[seed:seed + length]

    def answer(self, target: str) -> bytes:
        """The body for a target /b/LENGTH/SEED/NUMBER."""
        _, _, length, seed, _ = target.split("/")
        return self.slice(int(length), int(seed))


class Log:
    """Appends a line for each exchange, from any thread."""

    def __init__(self, path: str) -> None:
        self.file = open(path, "a", encoding="utf-8")
        self.lock = threading.Lock()

    def write(self, method: str, target: str, request: bytes, response: bytes, client_port: int,
              server_port: int) -> None:
        line = json.dumps({
            "method": method,
            "target": target,
            "request_bytes": len(request),
            "request_sha256": hashlib.sha256(request).hexdigest(),
            "response_bytes": len(response),
            "response_sha256": hashlib.sha256(response).hexdigest(),
            "client_port": client_port,
            "server_port": server_port,
        })
        with self.lock:
            self.file.write(line + "\n")
            self.file.flush()


def read_plan(path: str) -> list[list[Planned]]:
    """The requests of each connection, in order."""
    connections: dict[str, list[Planned]] = collections.defaultdict(list)
    with open(path, encoding="ascii") as file:
        for line in file:
            connection, method, target, body_bytes, seed = line.rstrip("\n").split("\t")
            connections[connection].append(Planned(method, target, int(body_bytes), int(seed)))
    return list(connections.values())


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def client_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
