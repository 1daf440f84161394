# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""A service that calls two others: payments by a base URL, rates over HTTPS by their name."""

import json
import os
import sys
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAYMENTS = os.environ["PAYMENTS_URL"]
AMOUNT = int(os.environ.get("AMOUNT", "5"))


def call(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"} if data else {})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        try:
            if self.path == "/new":
                self.answer(200, {"order_id": str(uuid.uuid4())})
            elif self.path.startswith("/orders/"):
                item = call(PAYMENTS + "/items/" + self.path[len("/orders/"):])
                self.answer(200, {"item": item["name"]})
            else:
                rate = call("https://rates.example/eur")["rate"]
                paid = call(PAYMENTS + "/charge", {"currency": "EUR", "amount": AMOUNT})
                self.answer(200, {"rate": rate, "paid": paid["paid"]})
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
