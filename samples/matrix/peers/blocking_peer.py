#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""HTTP(S) server and HTTPS client of the TLS matrix on blocking sockets, a thread for each connection.

blocking_peer.py server POOL LOG [CERTIFICATE KEY]    without certificate: plain HTTP, behind a front
blocking_peer.py client POOL LOG PLAN PORT
"""

import http.client
import os
import socket
import sys
import threading

from peer import Log, Planned, Pool, client_context, read_plan, server_context

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "apps", "common"))
import httpserver  # noqa: E402


class Handler(httpserver.Handler):
    pool: Pool
    log: Log

    def answer(self) -> None:
        received = self.read_body()
        body = self.pool.answer(self.path)
        self.log.write(self.command, self.path, received, body, self.client_address[1],
                       self.server.server_address[1])
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = answer


def serve(pool: Pool, log: Log, certificate: list[str]) -> None:
    Handler.pool = pool
    Handler.log = log
    server = httpserver.Server(Handler)
    if certificate:
        server.context = server_context(*certificate)
    server.serve()


def run_connection(pool: Pool, log: Log, requests: list[Planned], port: int) -> None:
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=client_context())
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    local_port = connection.sock.getsockname()[1]
    for planned in requests:
        body = pool.slice(planned.body_bytes, planned.seed)
        connection.request(planned.method, planned.target, None if planned.method == "GET" else body)
        response = connection.getresponse()
        received = response.read()
        if response.status != 200:
            raise SystemExit(f"{planned.target}: status {response.status}")
        if connection.sock is None:
            raise SystemExit(f"{planned.target}: the server did not keep the connection")
        log.write(planned.method, planned.target, body, received, local_port, port)
    connection.close()


def drive(pool: Pool, log: Log, plan: str, port: int) -> int:
    failed: list[str] = []

    def run(requests: list[Planned]) -> None:
        try:
            run_connection(pool, log, requests, port)
        except (OSError, http.client.HTTPException, SystemExit) as error:
            failed.append(f"{requests[0].target} and later: {error}")

    threads = [threading.Thread(target=run, args=(requests,)) for requests in read_plan(plan)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("\n".join(failed), file=sys.stderr, end="")
    return 1 if failed else 0


def main(arguments: list[str]) -> int:
    role, pool, log, *rest = arguments
    if role == "server":
        serve(Pool(pool), Log(log), rest)
        return 0
    return drive(Pool(pool), Log(log), rest[0], int(rest[1]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
