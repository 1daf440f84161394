#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Requests over TLS or plain TCP; keeps every byte that went through the connection.

raw_client.py tls|plain POOL FOLDER PORT CONNECTIONS REQUESTS BODY_BYTES

FOLDER/CLIENT_PORT.sent and .received hold what the connection from that port carried.
"""

import pathlib
import socket
import sys
import threading

from peer import Pool, client_context


def read_answer(connection: socket.socket, received: list[bytes]) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        data += receive(connection, received)
    head, _, body = data.partition(b"\r\n\r\n")
    left = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]) - len(body)
    while left > 0:
        left -= len(receive(connection, received))


def receive(connection: socket.socket, received: list[bytes]) -> bytes:
    part = connection.recv(262144)
    if not part:
        raise ConnectionError("the server ended the connection")
    received.append(part)
    return part


def run_connection(kind: str, pool: Pool, folder: pathlib.Path, port: int, number: int, requests: int, size: int) -> None:
    connection = socket.create_connection(("127.0.0.1", port), 60)
    name = str(connection.getsockname()[1])
    if kind == "tls":
        connection = client_context().wrap_socket(connection)
    sent: list[bytes] = []
    received: list[bytes] = []
    for turn in range(requests):
        seed = 1000 * number + turn
        upload = turn % 2 == 1
        body = pool.slice(size, seed) if upload else b""
        head = (f"{'PUT' if upload else 'GET'} /b/{0 if upload else size}/{seed}/{number}-{turn} HTTP/1.1\r\n"
                f"Host: localhost\r\nContent-Length: {len(body)}\r\n\r\n").encode()
        for part in (head, body):
            connection.sendall(part)
            sent.append(part)
        read_answer(connection, received)
    connection.close()
    (folder / f"{name}.sent").write_bytes(b"".join(sent))
    (folder / f"{name}.received").write_bytes(b"".join(received))


def main(kind: str, pool: str, folder: str, port: str, connections: str, requests: str, size: str) -> int:
    bytes_pool = Pool(pool)
    failed: list[str] = []

    def run(number: int) -> None:
        try:
            run_connection(kind, bytes_pool, pathlib.Path(folder), int(port), number, int(requests), int(size))
        except OSError as error:
            failed.append(f"connection {number}: {error}")

    threads = [threading.Thread(target=run, args=(number,)) for number in range(int(connections))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("\n".join(failed), file=sys.stderr, end="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
