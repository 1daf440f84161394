# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""curl as a client: one process, all connections of the plan in parallel."""

import hashlib
import json

from tlsmatrix.compare import Side, read_log
from tlsmatrix.fronts import program
from tlsmatrix.processes import Failure
from tlsmatrix.rows import BLOCKING, compare_sides
from tlsmatrix.workshop import Workshop


def write_configuration(workshop: Workshop, port: int) -> None:
    pool = workshop.pool.read_bytes()
    parts: list[str] = []
    for index, line in enumerate(workshop.plan.read_text(encoding="ascii").splitlines()):
        _, method, target, body_bytes, seed = line.split("\t")
        options = ["insecure", "silent", "show-error", "fail", "http1.1", f'url = "https://127.0.0.1:{port}{target}"',
                   f'output = "{workshop.folder}/answer-{index}"',
                   rf'write-out = "{{\"target\": \"{target}\", \"index\": {index}, \"client_port\": %{{local_port}}}}\n"']
        if method != "GET":
            body = workshop.folder / f"request-{index}"
            body.write_bytes(pool[int(seed):int(seed) + int(body_bytes)])
            options += [f'data-binary = "@{body}"', f'request = "{method}"', 'header = "Expect:"']
        parts.append("\n".join(options))
    (workshop.folder / "curl.config").write_text("\nnext\n".join(parts) + "\n", encoding="ascii")


def write_client_log(workshop: Workshop) -> None:
    """What curl says of itself (its port) and left behind (the answers); the rest is the server's log."""
    said = {line["target"]: line for line in map(
        json.loads, (workshop.folder / "recorder.out").read_text(encoding="ascii").splitlines())}
    with open(workshop.client_log, "w", encoding="utf-8") as client:
        for target, line in read_log(workshop.server_log).items():
            if target not in said:
                raise Failure(f"curl did not say that it got {target}")
            answer = (workshop.folder / f"answer-{said[target]['index']}").read_bytes()
            client.write(json.dumps({
                **line, "client_port": said[target]["client_port"], "response_bytes": len(answer),
                "response_sha256": hashlib.sha256(answer).hexdigest()}) + "\n")


def measure(workshop: Workshop) -> list[Side]:
    """A recorded curl in front of a server that is not."""
    with BLOCKING.server(workshop) as server:
        write_configuration(workshop, server.await_ready())
        workshop.record_command([program("curl"), "--parallel", "--parallel-max", "67", "--config",
                                 str(workshop.folder / "curl.config")])
    write_client_log(workshop)
    return compare_sides(workshop, ("client",))
