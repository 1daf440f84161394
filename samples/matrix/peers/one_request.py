#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""A program that lives for one request: one_request.py POOL PORT METHOD TARGET BODY_BYTES SEED."""

import http.client
import sys

from peer import Pool, client_context


def main(pool: str, port: str, method: str, target: str, body_bytes: str, seed: str) -> None:
    connection = http.client.HTTPSConnection("127.0.0.1", int(port), timeout=60, context=client_context())
    body = Pool(pool).slice(int(body_bytes), int(seed)) if method != "GET" else None
    connection.request(method, target, body)
    answer = connection.getresponse().read()
    connection.close()
    if len(answer) != int(target.split("/")[2]):
        sys.exit(f"{target}: {len(answer)} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
