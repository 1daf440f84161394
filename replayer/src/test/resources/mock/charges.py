# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""A service that charges its customers with references that it makes up and tells nobody else.

The first customer's charge is made last: it waits for those of all others. `MIX=same` shows the
charge of one to all, `MIX=crossed` shows each the other's.
"""

import json
import os
import sys
import threading
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAYMENTS = os.environ["PAYMENTS_URL"]
MIX = os.environ.get("MIX")
CUSTOMERS = int(os.environ["CUSTOMERS"])
CHARGED = {}
CHANGED = threading.Condition()


def charge(cents):
    body = json.dumps({"reference": uuid.uuid4().hex, "cents": cents}).encode()
    request = urllib.request.Request(
        PAYMENTS + "/charges", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)["charge"]


def wait_for(number):
    with CHANGED:
        CHANGED.wait_for(lambda: len(CHARGED) >= number, timeout=20)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        customer, cents = self.path.lstrip("/").split("/")
        try:
            wait_for(CUSTOMERS - 1 - int(customer))
            made = charge(int(cents))
            with CHANGED:
                CHARGED[customer] = made
                CHANGED.notify_all()
            if MIX:
                wait_for(CUSTOMERS)
                other = "0" if MIX == "same" else str(CUSTOMERS - 1 - int(customer))
                made = CHARGED[other]
            self.answer(200, {"customer": customer, "charge": made})
        except OSError as failure:
            self.answer(502, {"failure": str(failure)})

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
