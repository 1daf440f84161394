# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""TLS records as evidence: equal prefixes in sessions and on sockets say which belong together."""
import collections
import json
import os
import re
import subprocess

CONNECTIONS = 64
PAIRS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../samples/apps/memory-bio/memory_bio.py")


def holes(records):
    """Records of one stream that do not begin where the one before ends."""
    return sum(int(b["pos"]) != int(a["pos"]) + 5 + int(a["len"]) for a, b in zip(records, records[1:]))


def is_telling(record):
    """Other prefixes are alike in many connections: short records, certificates in plain text."""
    return len(record["prefix"]) == 32 and record["prefix"][:2] == "17"


def links(events):
    """(session's generation -> socket's generation), by the prefixes of both directions."""
    by_prefix = collections.defaultdict(set)
    for r in events:
        if r["kind"] == "12" and r["owner"] == "2" and is_telling(r):
            by_prefix[r["dir"], r["prefix"]].add(r["gen"])
    found = collections.defaultdict(collections.Counter)
    for r in events:
        if r["kind"] == "12" and r["owner"] == "1" and is_telling(r):
            for socket in by_prefix.get((r["dir"], r["prefix"]), ()):
                found[r["gen"]][socket] += 1
    return found


def run(make, streams_of, check, program, work):
    python = work + "/tapedeck-pairs"  # a name that no other program on the machine has
    os.symlink(program[0], python)
    recording = make(comms=(os.path.basename(python),))
    out = subprocess.run([python, program[1], *2 * [work + "/cert.pem"], str(CONNECTIONS)], check=True,
                         stdout=subprocess.PIPE, text=True)
    ports = {row["number"]: row["port"] for row in map(json.loads, out.stdout.splitlines())}
    check(len(ports) == CONNECTIONS, "the workload itself")
    recording.stop()
    recording.check_accounts()
    sockets = {r["gen"]: r for r in recording.events if r["kind"] in ("5", "6", "7")}
    found = links(recording.events)
    right = 0
    for (owner, generation, direction), content in streams_of(recording).items():
        if owner != "1":
            continue
        number = int(re.search(b"/c([0-9]{5})/", content)[1])
        linked = found.get(str(generation))
        check(linked, "session %d (%d) has no record of any socket" % (generation, number))
        check(len(linked) == 1, "records of session %d are on %d sockets" % (generation, len(linked)))
        socket = sockets[next(iter(linked))]
        check(str(ports[number]) in (socket["local"], socket["remote"]), "session %d has a wrong socket" % generation)
        right += 1
    check(right == 4 * CONNECTIONS, "streams linked: %d" % right)
    streams = collections.defaultdict(list)
    for r in recording.events:
        if r["kind"] == "12":
            streams[r["owner"], r["gen"], r["dir"]].append(r)
    broken = {key: holes(records) for key, records in streams.items() if holes(records)}
    check(not broken, "walks that lost their way: %s" % broken)
    print("ok records: %d sessions, %d records, each on its socket" % (
        2 * CONNECTIONS, sum(map(len, streams.values()))))
