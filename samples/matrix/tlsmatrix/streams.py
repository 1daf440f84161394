# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Raw TLS streams of a capture, for what is no HTTP: read with the second reader, compared with what a client kept."""

import collections
import dataclasses
import hashlib
import json
import pathlib

from tlsmatrix.compare import Line, Side
from tlsmatrix.processes import run
from tlsmatrix.workshop import REPOSITORY

Key = tuple[int, int]  # process, generation of the session


@dataclasses.dataclass
class Session:
    """What a capture says of one TLS session."""

    comm: str
    data: dict[str, list[Line]] = dataclasses.field(default_factory=lambda: collections.defaultdict(list))
    ports: set[int] = dataclasses.field(default_factory=set)

    def agrees(self, direction: str, truth: bytes) -> bool:
        """Whether each event's bytes are those of its place in these."""
        return all(event["payload_sha256"] == hashlib.sha256(
            truth[event["position"]:event["position"] + event["captured_bytes"]]).hexdigest()
            for event in self.data[direction])

    def captured_bytes(self) -> int:
        return sum(event["captured_bytes"] for events in self.data.values() for event in events)

    def carried(self, direction: str, truth: bytes) -> bool:
        """Whether the stream is these bytes: each event's digest is the one of its place, and no place is left out."""
        position = 0
        for event in sorted(self.data[direction], key=lambda event: event["position"]):
            if event["position"] != position:
                return False
            position += event["captured_bytes"]
        return position == len(truth) and self.agrees(direction, truth)


def sessions(folder: pathlib.Path, capture: pathlib.Path, kind: str = "tls") -> list[Session]:
    """The TLS sessions of a capture, or its plain connections."""
    owner = "tls_session" if kind == "tls" else "connection"
    output = run(folder, "reader", [str(REPOSITORY / "samples/reader/read_tape.py"), str(capture)])
    found: dict[Key, Session] = {}
    flows: dict[tuple[int, int], set[int]] = collections.defaultdict(set)
    bound: list[tuple[Key, tuple[int, int]]] = []
    comms: dict[int, str] = {}
    for text in output.splitlines():
        event = json.loads(text)
        kind = event.get("kind")
        if kind == "ProcessExec":
            comms[event["pid"]] = event["comm"]
        elif kind == "ProcessFork":
            comms[event["child"]["pid"]] = comms.get(event["pid"], "")
        elif kind in ("Accept", "Connect", "Existing") and event["flow"]:
            flows[connection(event)] |= {event["flow"]["local_port"], event["flow"]["remote_port"]}
        elif kind == "Data" and owner in event["stream"]:
            key = session_key(event["stream"][owner])
            session = found.setdefault(key, Session(comms.get(event["pid"], "")))
            session.data[event["stream"]["direction"]].append(event)
        elif kind == "TlsBinding" and event["connection"]:
            bound.append((session_key(event["session"]), connection(event)))
    for key, flow in bound:
        if key in found:
            found[key].ports |= flows[flow]
    return list(found.values())


def session_key(session: Line) -> Key:
    return session.get("pid", 0), session["generation"]


def connection(event: Line) -> tuple[int, int]:
    return event["connection"]["socket"], event["connection"]["generation"]


def compare_streams(role: str, recorded: list[Session], folder: pathlib.Path, server_port: int) -> Side:
    """Each connection of the client once, both directions whole, on its socket."""
    sent = sorted(folder.glob("*.sent"))
    side = Side(role, expected=len(sent))
    out, back = ("egress", "ingress") if role == "client" else ("ingress", "egress")
    for file in sent:
        requests, answers = file.read_bytes(), file.with_suffix(".received").read_bytes()
        same = [session for session in recorded if session.carried(out, requests) and session.carried(back, answers)]
        if len(same) != 1:
            side.problems.append(f"the connection from port {file.stem}: {len(same)} sessions have its bytes")
            continue
        side.exact += 1
        if same[0].ports == {int(file.stem), server_port}:
            side.right_links += 1
        elif same[0].ports:
            side.wrong_links += 1
        else:
            side.missing_links += 1
    return side
