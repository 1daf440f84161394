#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Six requests to the orders service over one TLS connection. usage: client.py BASE_URL CA_CERTIFICATE"""

import http.client
import json
import ssl
import sys
import urllib.parse


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    address = urllib.parse.urlsplit(sys.argv[1])
    context = ssl.create_default_context(cafile=sys.argv[2])
    connection = http.client.HTTPSConnection(address.hostname, address.port, context=context, timeout=30)

    def ask(method, path, wanted, body=None, headers=None):
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        data = response.read()
        if response.status != wanted:
            sys.exit(f"client.py: expected status {wanted}, got {response.status}: {method} {path}")
        return response, data

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    ask("POST", "/login", 401, "user=grace&password=wrong", form)
    response, _ = ask("POST", "/login", 303, "user=grace&password=battery+staple", form)
    cookie = response.getheader("Set-Cookie").split(";")[0]
    for page in (1, 2):
        _, data = ask("GET", f"/api/orders?page={page}", 200, headers={"Cookie": cookie})
        json.loads(data)
    ask("GET", "/api/report", 200, headers={"Accept-Encoding": "gzip"})
    ask("GET", "/api/nothing", 404)
    connection.close()


if __name__ == "__main__":
    main()
