#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""A small order service: JSON, HTML, chunked and gzip answers, cookie sessions, a POST.

The same requests to a fresh instance give the same answers, but for the `Date` header.
`--release 2` is the "next version" with three planted regressions, each marked REGRESSION below.
"""

import argparse
import hashlib
import hmac
import html
import http.cookies
import json
import os
import sys
import threading
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "common"))
import httpserver  # noqa: E402

SIGNING_KEY = b"the key of a sample service protects nothing"
USERS = {"ada": "correct horse", "grace": "battery staple"}
CATALOG = [
    {"sku": f"BOOK-{number:03d}", "title": f"Field notes, volume {number}", "price_cents": 900 + 35 * number}
    for number in range(1, 61)
]


def sample_order(number):
    items = [
        {"sku": CATALOG[(number * step) % len(CATALOG)]["sku"], "quantity": step} for step in (1, 2, 3)
    ]
    return {"id": number, "customer": ("ada", "grace")[number % 2], "state": "confirmed",
            "paid": number % 3 != 0, "items": items, "total_cents": total_cents(items)}


def total_cents(items):
    prices = {entry["sku"]: entry["price_cents"] for entry in CATALOG}
    return sum(prices[item["sku"]] * item["quantity"] for item in items)


def session_token(user):
    """A signed value rather than a stored one: a fresh instance accepts it too."""
    return user + "." + hmac.new(SIGNING_KEY, user.encode(), hashlib.sha256).hexdigest()[:32]


class Orders:
    """The orders of one instance, in memory."""

    def __init__(self):
        self.lock = threading.Lock()
        self.by_id = {number: sample_order(number) for number in range(1, 26)}

    def find(self, number):
        with self.lock:
            return self.by_id.get(number)

    def confirmed(self):
        """What lists and reports show; a new order joins them once somebody has confirmed it."""
        with self.lock:
            return [order for order in self.by_id.values() if order["state"] == "confirmed"]

    def add(self, customer, items):
        with self.lock:
            number = max(self.by_id) + 1
            self.by_id[number] = {"id": number, "customer": customer, "state": "new", "paid": False,
                                  "items": items, "total_cents": total_cents(items)}
            return self.by_id[number]


class OrdersHandler(httpserver.Handler):
    orders = None
    release = 1

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        parts = [part for part in url.path.split("/") if part]
        match parts:
            case []:
                self.home()
            case ["health"]:
                self.json(200, {"status": "up"})
            case ["api", "orders"]:
                self.order_list(dict(urllib.parse.parse_qsl(url.query)))
            case ["api", "orders", number] if number.isdigit():
                self.order(int(number))
            case ["api", "report"]:
                self.report()
            case ["api", "catalog"]:
                self.catalog()
            case ["api", "me"]:
                self.me()
            case _:
                self.json(404, {"error": "no such page"})

    do_HEAD = do_GET

    def do_POST(self):
        body = self.read_body()
        try:
            if self.path == "/login":
                self.login(dict(urllib.parse.parse_qsl(body.decode())))
            elif self.path == "/api/orders":
                self.create(json.loads(body))
            else:
                self.json(404, {"error": "no such page"})
        except (ValueError, KeyError, TypeError):
            self.json(400, {"error": "the body is not understood"})

    def home(self):
        rows = "\n".join(
            f"<tr><td>{order['id']}</td><td>{html.escape(order['customer'])}</td>"
            f"<td>{order['total_cents'] / 100:.2f}</td></tr>" for order in self.orders.confirmed())
        page = ("<!doctype html>\n<html lang=\"en\"><head><title>Orders</title></head><body>\n"
                f"<h1>Orders</h1>\n<table>\n{rows}\n</table>\n</body></html>\n")
        self.answer(200, "text/html; charset=utf-8", page.encode())

    def order_list(self, query):
        orders = self.orders.confirmed()
        page = int(query.get("page", "1"))
        self.json(200, {"page": page, "count": len(orders), "orders": orders[(page - 1) * 10:page * 10]})

    def order(self, number):
        order = self.orders.find(number)
        if order is None:
            self.json(404, {"error": "no such order"})
            return
        if self.release == 2:
            # REGRESSION 2 of 3: whether an order is paid is not looked up any more.
            order = dict(order, paid=None)
        self.json(200, order)

    def report(self):
        """A CSV that is made while it is sent, hence chunked."""
        self.send_response(200)
        self.send_header("Content-Type", "text/csv; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if self.command != "HEAD":
            lines = (f"{order['id']};{order['customer']};{order['total_cents']}\n".encode()
                     for order in self.orders.confirmed())
            self.write_chunks(lines)

    def catalog(self):
        """Compressed by the service itself where the client can read it."""
        body = json.dumps(CATALOG).encode()
        tag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.send_header("ETag", tag)
            self.end_headers()
            return
        headers = [("ETag", tag), ("Vary", "Accept-Encoding")]
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            body = httpserver.gzip(body)
            headers.append(("Content-Encoding", "gzip"))
        self.answer(200, "application/json", body, headers)

    def login(self, form):
        if USERS.get(form["user"]) != form["password"]:
            self.json(401, {"error": "wrong user or password"})
            return
        cookie = f"session={session_token(form['user'])}; Path=/; Secure; HttpOnly; SameSite=Lax"
        self.answer(303, "text/plain", b"", [("Location", "/api/me"), ("Set-Cookie", cookie)])

    def user(self):
        cookie = http.cookies.SimpleCookie(self.headers.get("Cookie", "")).get("session")
        name = cookie.value.split(".")[0] if cookie else ""
        return name if cookie and hmac.compare_digest(session_token(name), cookie.value) else None

    def me(self):
        user = self.user()
        if user is None:
            self.json(401, {"error": "not logged in"})
            return
        mine = [order["id"] for order in self.orders.confirmed() if order["customer"] == user]
        # REGRESSION 3 of 3: release 2 forgot that this answer must not be kept by caches.
        headers = [("Cache-Control", "no-store")] if self.release == 1 else []
        self.json(200, {"user": user, "orders": mine}, headers)

    def create(self, wanted):
        items = [{"sku": item["sku"], "quantity": int(item["quantity"])} for item in wanted["items"]]
        order = self.orders.add(self.user() or "guest", items)
        # REGRESSION 1 of 3: release 2 answers 200 where clients rely on 201.
        status = 201 if self.release == 1 else 200
        self.json(status, order, [("Location", f"/api/orders/{order['id']}")])

    def json(self, status, value, headers=()):
        self.answer(status, "application/json", json.dumps(value).encode() + b"\n", headers)

    def answer(self, status, content_type, body, headers=()):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--release", type=int, choices=(1, 2), default=1)
    parser.add_argument("--tls", metavar="DIR", help="serve TLS; the certificate is kept in DIR")
    arguments = parser.parse_args()
    OrdersHandler.orders = Orders()
    OrdersHandler.release = arguments.release
    httpserver.Server(OrdersHandler, 0, arguments.tls).serve()


if __name__ == "__main__":
    main()
