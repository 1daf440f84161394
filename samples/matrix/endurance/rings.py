# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Captured and lost bytes together are all that were produced, whatever the ring's size."""

import json
import pathlib
import re
from collections import Counter
from typing import Any, Sequence

from endurance import recording
from tlsmatrix.processes import Failure, run
from tlsmatrix.rows import BLOCKING
from tlsmatrix.streams import sessions
from tlsmatrix.workshop import PEERS, PYTHON, REPOSITORY, Workshop

SIZES = ("128KiB", "1MiB", "32MiB")
CONNECTIONS = 3
REQUESTS = 7
BODY_BYTES = 300_000


def account(workshop: Workshop, sizes: Sequence[str]) -> str:
    """Each ring size under TLS and under plain load."""
    said = []
    for kind in ("tls", "plain"):
        for ring in sizes:
            said.append(f"{kind} {ring}: {account_one(workshop, kind, ring)}")
    if all(" + 0 lost" in text for text in said):
        raise Failure(f"nothing was lost with any ring: the load is too small to test what happens then: {said}")
    return "; ".join(said)


def account_one(workshop: Workshop, kind: str, ring: str) -> str:
    folder = workshop.folder / f"{kind}-{ring}"
    folder.mkdir()
    with BLOCKING.server(workshop, tls=kind == "tls") as server:
        port = server.await_ready()
        recorder = recording.start(folder, "recorder", "--pid", str(server.pid), "--ring-size", ring)
        run(workshop.folder, "client", [PYTHON, str(PEERS / "raw_client.py"), kind, str(workshop.pool), str(folder),
                                        str(port), str(CONNECTIONS), str(REQUESTS), str(BODY_BYTES)])
        summary = recording.finish(recorder)
    capture = folder / "recorder.tape"
    recorded = sessions(folder, capture, kind)
    captured = 0
    truths = {file: (file.read_bytes(), file.with_suffix(".received").read_bytes()) for file in folder.glob("*.sent")}
    produced = sum(len(sent) + len(received) for sent, received in truths.values())
    for session in recorded:
        # Every event's bytes are those of its place in the stream, whatever is missing around it.
        if not any(session.agrees("ingress", sent) and session.agrees("egress", received)
                   for sent, received in truths.values()):
            raise Failure(f"{kind} {ring}: a stream with bytes that nobody sent there")
        captured += session.captured_bytes()
    lost = summary["lost_bytes"]
    if captured + lost != produced:
        raise Failure(f"{kind} {ring}: {captured} captured + {lost} lost are not {produced} produced")
    # Each stream once, as a session or not.
    losses = lost_in_sessions(folder, capture) | lost_without_trace(folder, capture, kind)
    stated = sum((egress + ingress) * count for (egress, ingress), count in losses.items())
    if stated != lost:
        raise Failure(f"{kind} {ring}: the summary says {lost} bytes lost, the streams of the capture {stated}")
    return f"{captured} captured + {lost} lost = {produced}"


def lost_in_sessions(folder: pathlib.Path, capture: pathlib.Path) -> Counter[tuple[int, int]]:
    """What the analyzer finds missing of each session, sent and received, by positions and by the ends of streams."""
    output = run(folder, "sessions", [str(REPOSITORY / "bin" / "analyzer"), "sessions", str(capture), "--format", "ndjson"],
                 accepted=(0, 1))
    lines: list[dict[str, Any]] = [json.loads(line) for line in output.splitlines()]
    return Counter((line["accounting"]["egress"]["lost_bytes"], line["accounting"]["ingress"]["lost_bytes"]) for line in lines)


def lost_without_trace(folder: pathlib.Path, capture: pathlib.Path, kind: str) -> Counter[tuple[int, int]]:
    """What the ends of streams say of which not one byte was captured; a session only where more is known of them."""
    dump = run(folder, "dump", [str(REPOSITORY / "bin" / "analyzer"), "dump", str(capture)])
    captured = set(re.findall(r" ([ct]\d+) +pos=.* DATA ", dump))
    ends = re.findall(r" ([ct]\d+) +" + ("TLS_FREE" if kind == "tls" else "CLOSE") + r" .* lost=(\d+)\+(\d+)", dump)
    return Counter((int(egress), int(ingress)) for stream, egress, ingress in ends if stream not in captured)
