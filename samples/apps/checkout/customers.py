#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Two customers of the checkout service at once, and one who looks at what is left."""

import http.client
import json
import sys
import threading

FAILURES = []


def ask(connection, method, target, body=None):
    connection.request(method, target, None if body is None else json.dumps(body),
                       {"Content-Type": "application/json"} if body else {})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 400:
        FAILURES.append(f"{method} {target}: {answer.status} {content.decode()}")
        return {}
    return json.loads(content)


def customer(articles):
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
    for article in articles:
        order = ask(connection, "POST", "/orders", {"article": article}).get("order")
        if not ask(connection, "GET", f"/orders/{order}").get("paid"):
            FAILURES.append(f"{article}: not paid")
    connection.close()


def main():
    looker = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
    left = [ask(looker, "GET", "/articles/clock").get("left") for _ in range(3)]
    if left != [8, 7, 6]:
        FAILURES.append(f"left: {left}")
    looker.close()
    threads = [threading.Thread(target=customer, args=(articles,))
               for articles in (["lamp", "vase"], ["chair", "chair"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.exit("; ".join(FAILURES) or 0)


main()
