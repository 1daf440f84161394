#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Prints an HTTP archive of a made-up shop: two minutes, a slow moment, some errors. The same on every run."""

import json
import random
from datetime import datetime, timedelta, timezone

SECONDS = 120
START = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)
rng = random.Random(7)

NAMES = ["Green tea", "Black tea", "Tea pot", "Strainer", "Honey", "Cup", "Lemon", "Kettle"]


def product(number):
    return {"id": number, "name": NAMES[number % len(NAMES)], "price": {"amount": 395 + 10 * (number % 50), "currency": "EUR"},
            "stock": number * 7 % 40, "tags": ["new"] if number % 5 == 0 else []}


def order(number):
    return {"id": number, "state": rng.choice(["paid", "packed", "sent"]), "customer": {"id": number % 900, "name": "Ada Lovelace"},
            "lines": [{"product": product(number + i), "count": rng.randint(1, 3)} for i in range(rng.randint(1, 4))], "note": None}


def endpoints():
    """Yields weight, method, path, status, median milliseconds, type and body."""
    number = rng.randint(1000, 9999)
    return rng.choices(
        [
            ("GET", "/products?page=%d" % rng.randint(1, 9), 200, 9, "application/json", [product(i) for i in range(12)]),
            ("GET", "/products/%d" % number, 200, 4, "application/json", product(number)),
            ("GET", "/orders/%d" % number, 200, 14, "application/json", order(number)),
            ("POST", "/orders", 201, 38, "application/json", order(number)),
            ("GET", "/search?q=%s" % rng.choice(["tea", "cup", "honey"]), 200, 55, "application/json", [product(i) for i in range(20)]),
            ("GET", "/static/app.%x.js" % (number % 7), 200, 2, "text/javascript", "export const shop = %d;\n" % number * 200),
            ("GET", "/", 200, 6, "text/html; charset=utf-8", "<!doctype html><title>Shop</title><h1>Tea & more</h1>" * 20),
            ("GET", "/products/%d" % (number + 90000), 404, 3, "application/json", {"error": "no such product"}),
            ("PUT", "/cart/%d" % number, 204, 11, "application/json", None),
        ],
        weights=[18, 22, 14, 7, 9, 12, 8, 3, 7],
    )[0]


def entry(second):
    method, path, status, median, kind, body = endpoints()
    took = median * rng.lognormvariate(0, 0.45)
    if 70 < second < 82 and path.startswith(("/orders", "/search")):
        took *= rng.uniform(8, 30)
        if rng.random() < 0.3:
            status, body = 503, {"error": "the warehouse does not answer"}
    text = "" if body is None else body if isinstance(body, str) else json.dumps(body)
    answer = [{"name": "content-type", "value": kind}, {"name": "content-length", "value": str(len(text.encode()))},
              {"name": "x-request-id", "value": "%016x" % rng.getrandbits(64)}, {"name": "cache-control", "value": "no-store"}]
    asked = [{"name": "host", "value": "shop.example"}, {"name": "user-agent", "value": "shop-web/4.2"}, {"name": "accept", "value": "*/*"},
             {"name": "cookie", "value": "session=%032x" % rng.getrandbits(128)}]
    request = {"method": method, "url": "http://shop.example" + path, "httpVersion": "HTTP/1.1", "headers": asked, "queryString": [],
               "cookies": [], "headersSize": -1, "bodySize": 0}
    if method in ("POST", "PUT"):
        sent = json.dumps({"cart": rng.randint(1, 999), "count": 2})
        request["postData"] = {"mimeType": "application/json", "text": sent}
        request["bodySize"] = len(sent)
        asked += [{"name": "content-type", "value": "application/json"}, {"name": "content-length", "value": str(len(sent))}]
    wait = took * 0.8
    return {"startedDateTime": (START + timedelta(seconds=second)).isoformat(timespec="microseconds"), "time": took, "request": request,
            "response": {"status": status, "statusText": {200: "OK", 201: "Created", 204: "No Content", 404: "Not Found", 503: "Unavailable"}[status],
                         "httpVersion": "HTTP/1.1", "headers": answer if text else answer[2:], "cookies": [],
                         "content": {"size": len(text.encode()), "mimeType": kind, "text": text}, "redirectURL": "", "headersSize": -1,
                         "bodySize": len(text.encode())},
            "cache": {}, "timings": {"send": 0.1, "wait": wait, "receive": took - wait - 0.1},
            "connection": str(rng.randint(1, 24)), "serverIPAddress": "192.0.2.20"}


def main():
    times = []
    second = 0.0
    while second < SECONDS:
        times.append(second)
        second += rng.expovariate(14 + 8 * (second > 40))
    entries = [entry(second) for second in times]
    print(json.dumps({"log": {"version": "1.2", "creator": {"name": "shop_har", "version": "1"}, "entries": entries}}))


main()
