#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""A load that lasts until SIGTERM: HTTPS requests with known answers, new connections all the time.

steady_client.py POOL PORT THREADS    prints one JSON object at the end: requests, connections, errors, first_errors
"""

import http.client
import itertools
import json
import signal
import sys
import threading
import time

from peer import Pool, client_context

SIZES = (1, 1000, 16385, 100_000)
REQUESTS_OF_A_CONNECTION = 17
PAUSE_SECONDS = 0.002  # two cores are shared with what is tested


class Load:
    def __init__(self, pool: Pool, port: int) -> None:
        self.pool = pool
        self.port = port
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self.requests = 0
        self.connections = 0
        self.errors: list[str] = []

    def run(self) -> None:
        while not self.stopped.is_set():
            try:
                self.run_connection()
            except (OSError, http.client.HTTPException) as error:
                with self.lock:
                    self.errors.append(repr(error))

    def run_connection(self) -> None:
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=client_context())
        for number in itertools.islice(itertools.count(), REQUESTS_OF_A_CONNECTION):
            size = SIZES[number % len(SIZES)]
            body = self.pool.slice(size, number) if number % 3 == 0 else None
            connection.request("POST" if body else "GET", f"/b/{size}/{number}/{number}", body)
            received = connection.getresponse().read()
            with self.lock:
                self.requests += 1
                if received != self.pool.slice(size, number):
                    self.errors.append(f"request {number}: other bytes")
            if self.stopped.is_set():
                break
            time.sleep(PAUSE_SECONDS)
        connection.close()
        with self.lock:
            self.connections += 1


def main(pool: str, port: str, threads: str) -> None:
    load = Load(Pool(pool), int(port))
    signal.signal(signal.SIGTERM, lambda *_: load.stopped.set())
    workers = [threading.Thread(target=load.run) for _ in range(int(threads))]
    for worker in workers:
        worker.start()
    print("ready 0", flush=True)
    for worker in workers:
        worker.join()
    print(json.dumps({"requests": load.requests, "connections": load.connections, "errors": len(load.errors),
                      "first_errors": load.errors[:5]}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
