#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""A server whose every body is known: it logs one JSON line with the digests of each exchange.

`/bytes/N?seed=S&mode=plain|chunked|gzip|close` answers N pseudo-random bytes made from the seed,
in that framing or coding; any request may carry a body (content-length or chunked, gzip or not).
The line is written before the answer goes out, so a client that has the whole answer finds it.
"""

import argparse
import hashlib
import json
import os
import random
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "common"))
import httpserver  # noqa: E402


def pseudo_random_bytes(size, seed):
    """Bytes that depend on size and seed only; half the entropy, so that compression has work to do."""
    return random.Random(f"{seed}/{size}").randbytes((size + 1) // 2).hex().encode()[:size]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class ExchangeLog:
    """Appends whole lines from any thread."""

    def __init__(self, path):
        self.file = open(path, "a", encoding="utf-8")
        self.lock = threading.Lock()

    def write(self, line):
        with self.lock:
            self.file.write(json.dumps(line) + "\n")
            self.file.flush()


class DigestHandler(httpserver.Handler):
    exchange_log = None

    def answer(self):
        received = self.read_body()
        gzipped_request = self.headers.get("Content-Encoding") == "gzip"
        target = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(target.query))
        mode = query.get("mode", "plain")
        time.sleep(float(query.get("delay_ms", "0")) / 1000)
        path = target.path.split("/")
        found = len(path) == 3 and path[1] == "bytes" and path[2].isdigit()
        body = pseudo_random_bytes(int(path[2]), query.get("seed", "0")) if found else b"no such path\n"
        wire = httpserver.gzip(body) if mode == "gzip" else body

        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/plain")
        if mode == "gzip":
            self.send_header("Content-Encoding", "gzip")
        if mode == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
        elif mode == "close":
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(wire)))
        decoded = httpserver.gunzip(received) if gzipped_request and received else received
        self.exchange_log.write({
            "method": self.command,
            "target": self.path,
            "client_port": self.client_address[1],
            "server_port": self.server.server_port,
            "front_client_port": self.headers.get("X-Client-Port"),
            "status": 200 if found else 404,
            "request_body_bytes": len(decoded),
            "request_wire_body_bytes": len(received),
            "request_body_sha256": sha256(decoded),
            "response_body_bytes": len(body),
            "response_wire_body_bytes": len(wire),
            "response_body_sha256": sha256(body),
        })
        self.end_headers()
        if self.command == "HEAD":
            return
        if mode == "chunked":
            # Chunks of changing sizes; the ones below a hundred bytes share a TLS record with nothing.
            sizes = random.Random(len(wire))
            parts, position = [], 0
            while position < len(wire):
                size = sizes.choice((1, 17, 1000, 16384, 16385, 50000, 262144))
                parts.append(wire[position:position + size])
                position += size
            self.write_chunks(parts)
        else:
            self.wfile.write(wire)

    do_GET = do_HEAD = do_POST = do_PUT = answer


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--log", required=True, help="file that gets one JSON line for each exchange")
    parser.add_argument("--tls", metavar="DIR", help="serve TLS; the certificate is kept in DIR")
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    arguments = parser.parse_args()
    DigestHandler.exchange_log = ExchangeLog(arguments.log)
    httpserver.Server(DigestHandler, arguments.port, arguments.tls).serve()


if __name__ == "__main__":
    main()
