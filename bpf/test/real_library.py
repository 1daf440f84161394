# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""The real library: peeks, early data, references; and a program that calls none of the functions that move bytes."""
import os
import socket
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


def real_calls(make, streams_of, check, work):
    program = work + "/real_calls"
    subprocess.run(["cc", "-O1", "-o", program, HERE + "/real_calls.c", "-lssl", "-lcrypto", "-lpthread"], check=True)
    recording = make(comms=("real_calls",))
    subprocess.run([program, work + "/cert.pem"], check=True)
    recording.stop()
    recording.check_accounts()
    check(not any(events for events, _ in recording.losses.values()), "losses: %s" % recording.losses)
    found = sorted((key[2], value) for key, value in streams_of(recording).items() if key[0] == "1")
    asked, answered = [b"early question.", b"question."], 2 * [b"answer."]
    check(found == [("0", v) for v in sorted(asked + answered)] + [("1", v) for v in sorted(asked + answered)],
          "streams: %s" % found)
    calls = {r["call"] for r in recording.events if r["kind"] == "10"}
    check({"8", "9"} <= calls and not {"6", "7"} & calls, "calls: %s" % calls)
    kinds = [r["kind"] for r in recording.events]
    check([kinds.count(kind) for kind in ("13", "14", "15", "17")] == [4, 4, 0, 4], "lives: %s" % kinds)
    print("ok library: early data, peeks, references")


def blind_bio(make, check, work):
    """openssl s_server -www reads and writes through BIO_f_ssl: its sessions have no data, their sockets have ciphertext."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    recording = make(comms=("openssl", "curl"))
    server = subprocess.Popen(["openssl", "s_server", "-www", "-quiet", "-accept", str(port), "-cert", work + "/cert.pem",
                               "-key", work + "/cert.pem"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        # One after the other: when the second is answered, the first session has been freed.
        for _ in range(2):
            subprocess.run(["curl", "-sko", "/dev/null", "--retry", "20", "--retry-connrefused", "--retry-delay", "1",
                            "https://127.0.0.1:%d/" % port], check=True)
    finally:
        server.kill()
        server.wait()
    recording.stop()
    mine = [r for r in recording.events if r["tgid"] == str(server.pid)]
    check(not [r for r in mine if r["kind"] in ("10", "14") and r.get("owner") != "2"], "data of a session that is not seen")
    ended = [r for r in mine if r["kind"] == "17"]
    check(ended and all(r["out"] == r["in"] == "0/0/0" for r in ended), "sessions without data: %s" % ended)
    tls = [int(r["out"].split("/")[0]) for r in mine if r["kind"] == "9" and r["protocol"] == "3"]
    check(tls and max(tls) > 1000, "ciphertext that is counted: %s" % tls)
    print("ok blind BIO: sessions without data, ciphertext counted")


def run(make, streams_of, check, work):
    real_calls(make, streams_of, check, work)
    blind_bio(make, check, work)
