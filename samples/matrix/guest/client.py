#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Sends the requests of one case to a digest server: several connections at once, both directions, sizes from nothing
to more than any buffer has; a prime number of requests, so that nothing that comes in pairs can hide a lost one.

Checks what it receives against the server's own generator, and prints how many requests it sent.
"""

import argparse
import http.client
import pathlib
import random
import ssl
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "apps/digest-server"))
import digest_server  # noqa: E402

SIZES = (0, 1, 100, 4096, 16384, 16385, 65536, 300_000)
MODES = ("plain", "chunked", "gzip")
CONNECTIONS = 3
TIMEOUT_SECONDS = 60


def connect(arguments: argparse.Namespace) -> http.client.HTTPConnection:
    """A connection that no proxy and no certificate stands in the way of."""
    if not arguments.tls:
        return http.client.HTTPConnection("127.0.0.1", arguments.port, timeout=TIMEOUT_SECONDS)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection("127.0.0.1", arguments.port, timeout=TIMEOUT_SECONDS, context=context)


def exchange(connection: http.client.HTTPConnection, method: str, size: int, mode: str, seed: str) -> None:
    """One request and its answer, checked."""
    sent, wanted = (None, size) if method == "GET" else (random.Random(seed).randbytes(size), 100)
    headers = {"Content-Type": "application/octet-stream"} if sent is not None else {}
    chunked = sent is not None and mode == "chunked"
    body = iter([sent[:1], sent[1:]]) if chunked and len(sent) > 1 else sent
    answered = mode if method == "GET" else "plain"
    connection.request(method, f"/bytes/{wanted}?mode={answered}&seed={seed}", body, headers, encode_chunked=chunked)
    answer = connection.getresponse()
    received = answer.read()
    if answered == "gzip":
        received = digest_server.httpserver.gunzip(received)
    if answer.status != 200 or received != digest_server.pseudo_random_bytes(wanted, seed):
        raise ValueError(f"{method} {wanted} {mode}: the answer is not what the server sends")


def plan() -> list[tuple[str, int, str]]:
    """All requests: method, body size, framing."""
    return ([("GET", size, mode) for mode in MODES for size in SIZES]
            + [("POST", size, mode) for mode in ("plain", "chunked") for size in SIZES]
            + [("GET", 16385, "close")])


def send(arguments: argparse.Namespace, share: int, failures: list[BaseException]) -> None:
    """Every nth request of the plan, on one connection."""
    try:
        connection = connect(arguments)
        for number, (method, size, mode) in enumerate(plan()):
            if number % CONNECTIONS == share:
                exchange(connection, method, size, mode, f"{arguments.seed}-{number}")
        connection.close()
    except (OSError, ValueError, http.client.HTTPException) as e:
        failures.append(e)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--seed", required=True, help="makes this case's requests its own")
    arguments = parser.parse_args()
    failures: list[BaseException] = []
    threads = [threading.Thread(target=send, args=(arguments, share, failures)) for share in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for failure in failures:
        print(f"client: {failure}", file=sys.stderr)
    print(len(plan()))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
