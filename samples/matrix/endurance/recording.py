# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""A running recorder, seen from outside: what it holds in the kernel, its descriptors and its memory."""

import json
import os
import pathlib
import re
import subprocess
from typing import Any

from tlsmatrix.processes import Child, Failure
from tlsmatrix.workshop import REPOSITORY

KINDS = {"prog": "prog_id", "map": "map_id", "link": "link_id"}  # bpftool's names, and those of /proc/PID/fdinfo

# Maps that hold something for each thread, session, socket or process: what must go when these do.
WATCHED = ("calls_in_flight", "tls_sessions", "sockets", "targets", "unsent_ends")


def start(folder: pathlib.Path, name: str, *options: str) -> Child:
    """Starts a recording into FOLDER/NAME.tape and returns when everything is attached."""
    child = Child(folder, name, [str(REPOSITORY / "bin" / "recorder"), "record", "-o", str(folder / f"{name}.tape"),
                                 "--stats-format", "json", *options])
    try:
        child.await_line(child.errors, "recording")
    except Failure:
        child.end()
        raise
    return child


def finish(child: Child) -> dict[str, Any]:
    """Ends a recording as a user does and returns its summary."""
    code = child.end()
    if code != 0:
        raise Failure(f"the recorder ended with {code}: {child.tail()}")
    for line in child.errors.read_text(encoding="utf-8").splitlines():
        if line.startswith("{"):
            summary: dict[str, Any] = json.loads(line)
            return summary
    raise Failure("the recorder printed no summary")


def exchanges(folder: pathlib.Path, capture: pathlib.Path) -> list[dict[str, Any]]:
    """All exchanges, each side's own; 1 says that some are not whole, which the caller looks at."""
    output = folder / "exchanges.ndjson"
    with open(output, "wb") as out:
        code = subprocess.run(
            [str(REPOSITORY / "bin" / "analyzer"), "exchanges", str(capture), "--format", "ndjson", "--bodies", "sha256",
             "--both-ends"], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, check=False).returncode
    if code not in (0, 1):
        raise Failure(f"the analyzer ended with {code}")
    with open(output, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def bpftool(*arguments: str) -> Any:
    found = subprocess.run(["bpftool", "-j", *arguments], capture_output=True, text=True, check=False,
                           env={**os.environ, "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"})
    if found.returncode != 0:
        raise Failure(f"bpftool {' '.join(arguments)}: {found.stdout or found.stderr}")
    return json.loads(found.stdout)


def held(pid: int) -> dict[str, set[int]]:
    """The ids of the programs, maps and links that a process holds descriptors of."""
    ids: dict[str, set[int]] = {kind: set() for kind in KINDS}
    for info in pathlib.Path(f"/proc/{pid}/fdinfo").iterdir():
        try:
            text = info.read_text()
        except FileNotFoundError:
            continue  # closed since it was listed
        kind = next((kind for kind in ("link", "prog", "map") if f"{KINDS[kind]}:" in text), None)
        if kind:
            match = re.search(rf"^{KINDS[kind]}:\s*(\d+)", text, re.MULTILINE)
            if match:
                ids[kind].add(int(match[1]))
    return ids


def left_of(ids: dict[str, set[int]], pid: int) -> dict[str, set[int]]:
    """Which of these are still in the kernel, and which perf probes are listed for a process."""
    left = {kind: ids[kind] & {entry["id"] for entry in bpftool(kind, "show")} for kind in KINDS}
    left["perf"] = {entry["prog_id"] for entry in bpftool("perf", "list") if entry["pid"] == pid}
    return {kind: found for kind, found in left.items() if found}


def map_entries(pid: int) -> dict[str, int]:
    """How many entries the watched maps of a recorder have."""
    ours = held(pid)["map"]
    counts: dict[str, int] = {}
    for entry in bpftool("map", "show"):
        if entry["id"] in ours and entry.get("name") in WATCHED:
            counts[entry["name"]] = len(bpftool("map", "dump", "id", str(entry["id"])))
    missing = set(WATCHED) - counts.keys()
    if missing:
        raise Failure(f"no map {', '.join(sorted(missing))} in the recorder")
    return counts


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def pss_kib(pid: int) -> int:
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise Failure("no Pss in smaps_rollup")


def changed_code_bytes(pid: int, library: str) -> int:
    """Bytes of a library's code in a process that are not those of its file: breakpoints of probes."""
    changed = 0
    for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
        fields = line.split(maxsplit=5)
        if len(fields) == 6 and "x" in fields[1] and pathlib.Path(fields[5]).name.startswith(library):
            start_address, end_address = (int(part, 16) for part in fields[0].split("-"))
            length = end_address - start_address
            with open(f"/proc/{pid}/mem", "rb") as memory, open(fields[5], "rb") as file:
                memory.seek(start_address)
                file.seek(int(fields[2], 16))
                loaded, original = memory.read(length), file.read(length)
            changed += sum(a != b for a, b in zip(loaded, original))
    return changed
