#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Asks a server with kernel TLS for its files and writes down, a JSON line for each, what came over the connection."""

import argparse
import hashlib
import json
import socket
import ssl
import sys

TIMEOUT_SECONDS = 60


def read_answer(connection: ssl.SSLSocket) -> tuple[bytes, bytes]:
    """The head with its empty line, and a body of Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += read_some(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < int(lengths[0]):
        body += read_some(connection)
    return head + b"\r\n\r\n", body


def read_some(connection: ssl.SSLSocket) -> bytes:
    """At least one byte."""
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server ended the connection within an answer")
    return data


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("paths", nargs="+")
    arguments = parser.parse_args()
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", arguments.port), TIMEOUT_SECONDS) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as connection:
            for path in arguments.paths:
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                head, body = read_answer(connection)
                lines = head.decode("latin-1").split("\r\n")
                print(json.dumps({
                    "target": path,
                    "status": int(lines[0].split(" ")[1]),
                    "headers": [line.split(": ", 1) for line in lines[1:] if line],
                    "body_bytes": len(body),
                    "body_sha256": hashlib.sha256(body).hexdigest(),
                }), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
