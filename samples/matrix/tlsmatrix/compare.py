# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Compares the exchanges of a capture with what client and server logged."""

import collections
import dataclasses
import json
import pathlib
from typing import Any, Iterable, Mapping, NamedTuple

Line = dict[str, Any]

DIGESTS = ("method", "request_bytes", "request_sha256", "response_bytes", "response_sha256")
NAMED = 5  # differences that are told in full


@dataclasses.dataclass
class Side:
    """How one recorded side of a row came out."""

    role: str
    expected: int = 0
    exact: int = 0
    right_links: int = 0
    missing_links: int = 0
    wrong_links: int = 0
    problems: list[str] = dataclasses.field(default_factory=list)

    @property
    def bytes_ok(self) -> bool:
        return self.exact == self.expected > 0 and not self.problems

    @property
    def links_ok(self) -> bool:
        return self.right_links == self.expected > 0 and self.wrong_links == 0


class Ports(NamedTuple):
    client: int
    server: int


def read_log(path: pathlib.Path) -> dict[str, Line]:
    """The lines of a peer's log by target; a target that stands there twice is a fault of the workload."""
    lines: dict[str, Line] = {}
    for text in path.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        if lines.setdefault(line["target"], line) is not line:
            raise ValueError(f"{path}: {line['target']} was logged twice")
    return lines


def logs_differ(client: Mapping[str, Line], server: Mapping[str, Line]) -> list[str]:
    """Where what one side sent is not what the other side received: then somebody harmed the traffic."""
    problems = [f"{target}: logged by one side only" for target in sorted(client.keys() ^ server.keys())]
    for target in sorted(client.keys() & server.keys()):
        for name in DIGESTS:
            if client[target][name] != server[target][name]:
                problems.append(f"{target}: {name} differs between client and server")
    return problems


def compare(role: str, exchanges: Iterable[Line], truth: Mapping[str, Line], ports: Mapping[str, Ports]) -> Side:
    """Every exchange of the truth once, whole, with the right bytes, on the right socket."""
    side = Side(role, expected=len(truth))
    seen: collections.Counter[str] = collections.Counter()
    for exchange in exchanges:
        target = str((exchange["request"] or {}).get("target"))
        if target not in truth:
            side.problems.append(f"an exchange that nobody sent: {target}, {exchange['completeness']}")
            continue
        seen[target] += 1
        differences = list(differing(exchange, truth[target]))
        if differences:
            side.problems.append(f"{target}: {', '.join(differences)}")
        elif seen[target] == 1:
            side.exact += 1
        check_link(side, exchange, target, ports[target])
    side.problems += [f"{target}: not in the capture" for target in sorted(truth.keys() - seen.keys())]
    side.problems += [f"{target}: {count} times in the capture" for target, count in seen.items() if count > 1]
    if len(side.problems) > NAMED:
        side.problems[NAMED:] = [f"and {len(side.problems) - NAMED} more"]
    return side


def differing(exchange: Line, truth: Line) -> Iterable[str]:
    if exchange["completeness"] != "complete":
        yield exchange["completeness"]
    if exchange["request"]["method"] != truth["method"]:
        yield f"method {exchange['request']['method']}"
    for name in ("request", "response"):
        message = exchange[name]
        if message is None:
            yield f"no {name}"
            continue
        if message["body_bytes"] != truth[f"{name}_bytes"]:
            yield f"{name} of {message['body_bytes']} bytes instead of {truth[f'{name}_bytes']}"
        elif message["body_sha256"] != truth[f"{name}_sha256"]:
            yield f"{name} has other bytes"


def check_link(side: Side, exchange: Line, target: str, ports: Ports) -> None:
    found = (exchange["client"]["port"], exchange["server"]["port"])
    if found == ports:
        side.right_links += 1
    elif found == (None, None):
        side.missing_links += 1
    else:
        side.wrong_links += 1
        side.problems.append(f"{target}: linked to ports {found} instead of {tuple(ports)} by {exchange['link']}")
