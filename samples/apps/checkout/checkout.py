#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""A service that answers by asking two others: the bank over HTTP, the store over HTTPS.

It trusts what `SSL_CERT_FILE` names and goes through the proxy that the environment names, as
Python's own client does. It checks that the bank charged the order that it was asked to charge.
"""

import argparse
import gzip
import json
import os
import sys
import urllib.error
import urllib.request
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "common"))
import httpserver  # noqa: E402

CHARGES = {}


class Handler(httpserver.Handler):
    def do_GET(self):
        kind, _, name = self.path.lstrip("/").partition("/")
        try:
            if kind == "articles":
                self.answer(200, ask(f"{OPTIONS.store}/left/{name}"))
            elif kind == "orders" and name in CHARGES:
                charge = ask(f"{OPTIONS.bank}/charges/{CHARGES[name]}")
                self.answer(200, {"order": name, "paid": charge["order"] == name})
            else:
                self.answer(404, {"error": "no such order"})
        except OSError as failure:
            self.answer(502, {"error": str(failure)})

    def do_POST(self):
        article = json.loads(self.read_body())["article"]
        order = str(uuid.uuid4())
        reference = f"ref_{uuid.uuid4().hex}"
        try:
            left = ask(f"{OPTIONS.store}/left/{article}")["left"]
            charge = ask(f"{OPTIONS.bank}/charges",
                         {"order": order, "cents": OPTIONS.cents, "reference": reference})
            if charge["order"] != order or order not in charge["receipt"]:
                raise OSError("the bank charged another order")
        except OSError as failure:
            self.answer(502, {"error": str(failure)})
            return
        CHARGES[order] = charge["charge"]
        self.answer(201, {"order": order, "left": left, "receipt": charge["receipt"],
                          "charge": charge["charge"], "reference": reference})

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def ask(url, body=None):
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=20) as answer:
        content = answer.read()
        coded = answer.headers.get("Content-Encoding") == "gzip"
    return json.loads(gzip.decompress(content) if coded else content)


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", metavar="URL", help="else that of the variable BANK")
    parser.add_argument("--store", metavar="URL", help="else that of the variable STORE")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--cents", type=int, default=1200, help="what each article costs")
    given = parser.parse_args()
    given.bank = given.bank or os.environ["BANK"]
    given.store = given.store or os.environ["STORE"]
    return given


OPTIONS = options()
httpserver.Server(Handler, port=OPTIONS.port).serve()
