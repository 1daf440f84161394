#!/bin/bash
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
# Uses the orders service with curl and then with a Python client: 19 requests, a prime number.
# usage: workload.sh BASE_URL CA_CERTIFICATE
set -euo pipefail
[ $# -eq 2 ] || { echo "usage: workload.sh BASE_URL CA_CERTIFICATE" >&2; exit 2; }
base=$1
ca=$2
here=$(cd "$(dirname "$0")" && pwd)
cookies=$(mktemp)
trap 'rm -f "$cookies"' EXIT

ask() {
  curl --silent --show-error --fail-with-body --cacert "$ca" --max-time 30 "$@"
}
expect() { # expect STATUS curl arguments...: for one request whose status is the point
  local wanted=$1 got
  shift
  got=$(curl --silent --show-error --cacert "$ca" --max-time 30 -o /dev/null -w '%{http_code}' "$@")
  [ "$got" = "$wanted" ] || { echo "workload.sh: expected status $wanted, got $got: $*" >&2; exit 1; }
}

# Four pages over one kept-alive connection; nginx compresses the larger ones.
ask --compressed "$base/" "$base/api/orders" "$base/api/orders/17" "$base/api/report" > /dev/null
# Compressed by the service itself, then not at all, then unchanged.
ask --compressed "$base/api/catalog" > /dev/null
tag=$(ask -D - -o /dev/null "$base/api/catalog" | tr -d '\r' | awk 'tolower($1) == "etag:" { print $2 }')
expect 304 -H "If-None-Match: $tag" "$base/api/catalog"
# No body may follow a HEAD.
ask --head "$base/api/report" > /dev/null
# Answers that say no.
expect 404 "$base/api/orders/4711"
expect 401 "$base/api/me"
# A session: the cookie of the login is used by the next two, one of which creates an order.
expect 303 -c "$cookies" -d user=ada -d 'password=correct horse' "$base/login"
ask -b "$cookies" "$base/api/me" > /dev/null
ask -b "$cookies" -H 'Content-Type: application/json' \
  --data '{"items": [{"sku": "BOOK-007", "quantity": 2}, {"sku": "BOOK-031", "quantity": 1}]}' \
  "$base/api/orders" > /dev/null

/usr/bin/python3 "$here/client.py" "$base" "$ca"
