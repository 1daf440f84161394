#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Relays TCP connections to a service and keeps every byte, one pair of files for each connection.

`DIR/0001.request` and `DIR/0001.response` hold what connection 1 carried each way: ground truth for
what a client really sent, whatever anyone believes HTTP to be.
"""

import argparse
import itertools
import os
import signal
import socket
import sys
import threading

BUFFER_BYTES = 65536


def pump(source, sink, path):
    with open(path, "wb", buffering=0) as log:
        try:
            while data := source.recv(BUFFER_BYTES):
                log.write(data)
                sink.sendall(data)
        except OSError:
            pass  # one side reset: the files hold what passed until then
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # already closed


def relay(client, upstream_port, stem):
    with client, socket.create_connection(("127.0.0.1", upstream_port)) as upstream:
        for side in (client, upstream):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        forward = threading.Thread(target=pump, args=(client, upstream, stem + ".request"), daemon=True)
        forward.start()
        pump(upstream, client, stem + ".response")
        forward.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", required=True, type=int, help="port of the service")
    parser.add_argument("--log", required=True, help="directory for the bytes")
    arguments = parser.parse_args()
    os.makedirs(arguments.log, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        print(f"ready {listener.getsockname()[1]}", flush=True)
        for number in itertools.count(1):
            client, _ = listener.accept()
            stem = os.path.join(arguments.log, f"{number:04d}")
            threading.Thread(target=relay, args=(client, arguments.to, stem), daemon=True).start()


if __name__ == "__main__":
    main()
