#!/bin/sh
# Recorded requests, one curl command each. Running this sends them again, also those
# that change something. To send all of them elsewhere: TARGET=http://127.0.0.1:8080 sh FILE
# Secrets are masked: MASKED... stands in their place.

# 2.1 POST /backend
curl -sS -g --path-as-is --http1.1 \
  -X 'POST' \
  --url "${TARGET:-http://back}"'/backend' \
  -H 'host: back' \
  -H 'User-Agent:' \
  -H 'Accept:' \
  -H 'Content-Type:' \
  -H 'Expect:' \
  --data-raw '{"a":"b"}'

# 1.1 GET /orders?token=MASKED
curl -sS -g --path-as-is --http1.1 \
  -X 'GET' \
  --url "${TARGET:-https://shop.example}"'/orders?token=MASKED' \
  -H 'Host: shop.example' \
  -H 'Cookie: sid=MASKED' \
  -H 'User-Agent:' \
  -H 'Accept:'

# 1.2 GET /\x1b[31mred
curl -sS -g --path-as-is --http1.1 \
  -X 'GET' \
  --url "${TARGET:-https://shop.example}"'/' \
  --request-target "$(printf '/\033\13331mred')" \
  -H 'Host: shop.example' \
  -H 'User-Agent:' \
  -H 'Accept:'
