# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Compares a recording of socket_calls.py with what its ends say they carried, byte for byte. For run.py."""
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


def workload(python, work, cases):
    """Runs under a name of its own, so that others on the machine are not recorded."""
    folder = work + "/truth%d" % len(os.listdir(work))
    os.makedirs(folder)
    name = work + "/tapedecksockets"
    if not os.path.exists(name):
        os.symlink(python, name)
    subprocess.run([name, HERE + "/socket_calls.py", folder, *cases], check=True, timeout=100)
    with open(folder + "/truth.jsonl") as f:
        return folder, [json.loads(line) for line in f]


def read(path):
    if not os.path.exists(path):
        return b""
    with open(path, "rb") as f:
        return f.read()


def check_end(recording, folder, row, check, lossless):
    what = "%s, inode %d: " % (row["case"], row["inode"])
    mine = [r for r in recording.events if r.get("inode") == str(row["inode"])]
    shown = [r for r in mine if r["kind"] in "567"]
    check(len(shown) == 1, what + "shown %d times" % len(shown))
    generation = shown[0]["gen"]
    for key in ("role", "family", "path", "peer"):
        if key in row:
            check(shown[0][key] == str(row[key]), what + "%s is %s" % (key, shown[0][key]))
    lost_in_all = 0
    for direction in "01":
        truth = read("%s/%d-%s" % (folder, row["inode"], direction))
        name = "%s/2-%s-%s-%s" % (recording.folder, "%s", generation, direction)
        produced, lost, skipped = recording.accounts.get(("2", generation, direction), (0, 0, 0))
        here = what + "direction %s: " % direction
        check(produced == len(truth), here + "%d bytes instead of %d" % (produced, len(truth)))
        check(skipped == row["skipped"][int(direction)], here + "skipped %d" % skipped)
        check(recording.captured["2", generation, direction] + lost + skipped == produced, here + "the account")
        seen = 0
        for r in recording.events:
            if r["kind"] == "10" and r["owner"] == "2" and r["gen"] == generation and r["dir"] == direction:
                at, size = int(r["pos"]), int(r["len"])
                with open(name % r["tgid"], "rb") as f:
                    f.seek(at)
                    check(f.read(size) == truth[at:at + size], here + "wrong bytes at %d" % at)
                seen += size
                if lossless and "lost_at" in row and direction == "0":
                    check(at + size <= row["lost_at"] or at >= row["lost_at"] + row["lost"], here + "lost bytes sent")
        check(seen == recording.captured["2", generation, direction], here + "captured")
        expected = row.get("lost", 0) if direction == "0" else 0
        check(not lossless or len([r for r in mine if r["kind"] == "9"]) == 1, here + "one end")
        check(not lossless or lost == expected, here + "lost %d instead of %d" % (lost, expected))
        lost_in_all += lost
    check_descriptors(recording, row, mine, what, check)
    return lost_in_all


def check_descriptors(recording, row, mine, what, check):
    told = [(r["tgid"], r["fd"]) for r in mine if r["kind"] == "8"]
    if "dups" in row:
        check(told == [(str(row["pid"]), str(fd)) for fd in row["dups"]], what + "duplicates %s" % told)
    if "users" in row:
        check([tgid for tgid, _ in told] == [str(row["users"][1])], what + "users %s" % told)
    if "rights" in row:
        calls = [(r["tgid"], r["call"]) for r in mine if r["kind"] == "8"]
        check((str(row["rights"]), "132") in calls, what + "passed on: %s" % calls)


def run(make, work, check, python, cases=(), ring=64 << 20, lossless=True):
    recording = make(ring=ring, comms=("tapedecksockets",))
    folder, rows = workload(python, work, cases)
    recording.stop()
    lost = sum(check_end(recording, folder, row, check, lossless) for row in rows)
    check(lossless or lost > 0, "a small ring loses something")
    counted = sum(size for cause, (_, size) in recording.losses.items() if cause in (1, 3))
    check(lost == counted, "lost bytes of streams and of causes: %d, %s" % (lost, recording.losses))
    print("ok sockets: %d ends, ring of %d KiB, %d bytes lost" % (len(rows), ring >> 10, lost))
