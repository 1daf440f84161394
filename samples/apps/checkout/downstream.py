#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""What the checkout service calls: a bank (charges) and a store (what is left of an article).

Charges have ids of their own and repeat the order's; each look into the store finds one less.
"""

import argparse
import json
import os
import sys
import threading
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "common"))
import httpserver  # noqa: E402

LOCK = threading.Lock()
LEFT = {}
CHARGES = {}


class Handler(httpserver.Handler):
    def do_GET(self):
        self.answer(self.path)

    def do_POST(self):
        asked = json.loads(self.read_body())
        charge = {"charge": str(uuid.uuid4()), "order": asked["order"], "cents": asked["cents"],
                  "receipt": f"/receipts/{asked['order']}?for={asked['order']}"}
        with LOCK:
            CHARGES[charge["charge"]] = charge
        self.chunked(201, charge)

    def answer(self, path):
        kind, _, name = path.lstrip("/").partition("/")
        if kind == "left":
            with LOCK:
                LEFT[name] = LEFT.get(name, 9) - 1
                self.whole(200, {"article": name, "left": LEFT[name]})
        elif kind == "charges" and name in CHARGES:
            self.whole(200, CHARGES[name])
        else:
            self.whole(404, {"error": "nobody knows it"})

    def whole(self, status, body):
        content = httpserver.gzip(json.dumps(body).encode())
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def chunked(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Location", "/charges/" + body["charge"])
        self.end_headers()
        self.write_chunks([text[:20], text[20:]])


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--tls", metavar="DIR", help="serve HTTPS with a certificate made in DIR")
    httpserver.Server(Handler, tls_directory=arguments.parse_args().tls).serve()


main()
