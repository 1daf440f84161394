#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Prints the differences of a replay and says whether they are the three planted regressions.

usage: check_replay.py CAPTURE REPLAY_JSON. Exits with 0 when they are, with 1 when not.
"""

import json
import os
import subprocess
import sys

ANALYZER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "bin", "analyzer")
REQUESTS = 19
PLANTED = [
    ("GET /api/me", "header", "cache-control"),
    ("GET /api/orders/17", "json", "paid"),
    ("POST /api/orders", "status", ""),
]


def text(value):
    return "(none)" if value is None else value


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8") as file:
        replay = json.load(file)
    listing = subprocess.run([ANALYZER, "exchanges", sys.argv[1], "--format", "ndjson"],
                             check=True, capture_output=True, text=True)
    requests = {}
    for line in listing.stdout.splitlines():
        exchange = json.loads(line)
        if exchange["request"] is not None:
            requests[exchange["id"]] = f"{exchange['request']['method']} {exchange['request']['target']}"

    found = []
    for difference in replay["differences"]:
        request = requests.get(difference["exchange_id"], "?")
        found.append((request, difference["kind"], difference["path"] or ""))
        print(f"{request}: {difference['path']}")
        print(f"    release 1: {text(difference['baseline'])}")
        print(f"    release 2: {text(difference['actual'])}")
    print()
    print(f"{replay['recorded']} recorded, {replay['sent']} sent, {replay['equal']} equal, "
          f"{replay['different']} different")

    def matches(one, planted):
        return (one[0], one[1]) == planted[:2] and planted[2] in one[2].lower()

    as_planted = len(found) == len(PLANTED) and all(
        any(matches(one, planted) for one in found) for planted in PLANTED)
    complete = replay["sent"] == REQUESTS and replay["different"] == len(PLANTED)
    if as_planted and complete:
        print("These are exactly the three planted regressions.")
        return 0
    print(f"NOT the three planted regressions in {REQUESTS} requests: " + "; ".join(map(" ".join, PLANTED)))
    return 1


if __name__ == "__main__":
    sys.exit(main())
