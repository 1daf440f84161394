#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""HTTPS server and client of the TLS matrix on asyncio: one thread, TLS over memory BIOs.

asyncio_peer.py server POOL LOG CERTIFICATE KEY
asyncio_peer.py client POOL LOG PLAN PORT
"""

import asyncio
import signal
import sys

from peer import Log, Planned, Pool, client_context, read_plan, server_context


async def read_message(reader: asyncio.StreamReader) -> tuple[str, bytes] | None:
    """The first line and the body of a message framed by Content-Length; None at the end of the stream."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    fields = dict(line.lower().split(": ", 1) for line in head[1:] if line)
    body = await reader.readexactly(int(fields.get("content-length", "0")))
    return head[0], body


async def serve(pool: Pool, log: Log, certificate: str, key: str) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client_port = writer.get_extra_info("peername")[1]
        server_port = writer.get_extra_info("sockname")[1]
        while (message := await read_message(reader)) is not None:
            line, received = message
            method, target, _ = line.split(" ")
            body = pool.answer(target)
            log.write(method, target, received, body, client_port, server_port)
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode())
            writer.write(body)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=server_context(certificate, key),
                                        backlog=256)
    print(f"ready {server.sockets[0].getsockname()[1]}", flush=True)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()


async def run_connection(pool: Pool, log: Log, requests: list[Planned], port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_context())
    client_port = writer.get_extra_info("sockname")[1]
    for planned in requests:
        body = pool.slice(planned.body_bytes, planned.seed)
        length = "" if planned.method == "GET" else f"Content-Length: {len(body)}\r\n"
        writer.write(f"{planned.method} {planned.target} HTTP/1.1\r\nHost: localhost\r\n{length}\r\n".encode())
        writer.write(body)
        await writer.drain()
        message = await read_message(reader)
        if message is None:
            raise ConnectionError(f"no answer to {planned.target}")
        log.write(planned.method, planned.target, body, message[1], client_port, port)
    writer.close()


async def drive(pool: Pool, log: Log, plan: str, port: int) -> None:
    await asyncio.gather(*(run_connection(pool, log, requests, port) for requests in read_plan(plan)))


def main(arguments: list[str]) -> None:
    role, pool, log, *rest = arguments
    if role == "server":
        asyncio.run(serve(Pool(pool), Log(log), *rest))
    else:
        asyncio.run(drive(Pool(pool), Log(log), rest[0], int(rest[1])))


if __name__ == "__main__":
    main(sys.argv[1:])
