#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL client of the TLS matrix: speaks the protocol itself, and keeps every byte it sent and received.

postgres_client.py POOL FOLDER PORT CONNECTIONS SIZE...

FOLDER/CLIENT_PORT.sent and .received hold what went through TLS on the connection from that port. The request for TLS
itself, in the clear, is not in them (PostgreSQL documentation, "Message Formats").
"""

import pathlib
import socket
import ssl
import struct
import sys
import threading

from peer import Pool, client_context

SSL_REQUEST = struct.pack("!II", 8, 80877103)
PROTOCOL_3_0 = 196608


class Session:
    """One connection, already over TLS."""

    def __init__(self, folder: pathlib.Path, port: int) -> None:
        plain = socket.create_connection(("127.0.0.1", port), 60)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.sendall(SSL_REQUEST)
        if plain.recv(1) != b"S":
            raise ConnectionError("the server does not speak TLS")
        name = str(plain.getsockname()[1])
        self.tls: ssl.SSLSocket = client_context().wrap_socket(plain)
        self.sent = open(folder / f"{name}.sent", "wb")
        self.received = open(folder / f"{name}.received", "wb")

    def send(self, message: bytes) -> None:
        self.sent.write(message)
        self.tls.sendall(message)

    def read(self, length: int) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            part = self.tls.recv(length - len(parts))
            if not part:
                raise ConnectionError("the server ended the connection")
            parts += part
        self.received.write(parts)
        return bytes(parts)

    def until_ready(self) -> None:
        """Takes messages up to ReadyForQuery."""
        kind = b""
        while kind != b"Z":
            kind, length = struct.unpack("!cI", self.read(5))
            body = self.read(length - 4)
            if kind == b"E":
                raise ConnectionError(f"the server says {body!r}")

    def start(self) -> None:
        parameters = b"user\0postgres\0database\0postgres\0\0"
        self.send(struct.pack("!II", 8 + len(parameters), PROTOCOL_3_0) + parameters)
        self.until_ready()

    def query(self, statement: bytes) -> None:
        self.send(b"Q" + struct.pack("!I", 5 + len(statement)) + statement + b"\0")
        self.until_ready()

    def close(self) -> None:
        self.send(b"X" + struct.pack("!I", 4))
        self.tls.close()
        self.sent.close()
        self.received.close()


def run_session(pool: Pool, folder: pathlib.Path, port: int, number: int, sizes: list[int]) -> None:
    session = Session(folder, port)
    session.start()
    for size in sizes:
        session.query(b"SELECT left(repeat(md5('%d'), %d), %d)" % (number, size // 32 + 1, size))
        # Every byte of the pool is a hexadecimal digit: nothing to quote.
        session.query(b"SELECT length('%s')" % pool.slice(size, number))
    session.close()


def main(pool: str, folder: str, port: str, connections: str, *sizes: str) -> int:
    bytes_pool = Pool(pool)
    failed: list[str] = []

    def run(number: int) -> None:
        try:
            run_session(bytes_pool, pathlib.Path(folder), int(port), number, [int(size) for size in sizes])
        except (OSError, struct.error) as error:
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
