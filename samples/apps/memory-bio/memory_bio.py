# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Concurrent TLS connections over memory BIOs (asyncio), all of equal sizes; prints who was who.

   memory_bio.py CERTIFICATE KEY CONNECTIONS [TURNS]

One JSON line per connection: its number, which stands in its requests' paths (/c00017/0), and the client's port. Both
ends are in this process.
"""
import asyncio
import json
import ssl
import sys

BODY = 3000


def message(head):
    return (head + "\r\nContent-Length: %d\r\n\r\n" % BODY).encode() + b"x" * BODY


async def read_message(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    return head + await reader.readexactly(BODY)


async def serve(reader, writer):
    try:
        while True:
            head = await read_message(reader)
            writer.write(message("HTTP/1.1 200 OK\r\nX-Path: " + head.split(b" ")[1].decode()))
            await writer.drain()
    except asyncio.IncompleteReadError:
        writer.close()


async def converse(number, port, context, turns):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    own_port = writer.get_extra_info("sockname")[1]
    for turn in range(turns):
        writer.write(message("POST /c%05d/%d HTTP/1.1\r\nHost: t" % (number, turn)))
        await writer.drain()
        await read_message(reader)
        await asyncio.sleep(0.01)
    writer.close()
    print(json.dumps({"number": number, "port": own_port}), flush=True)


async def main():
    certificate, key, connections = sys.argv[1], sys.argv[2], int(sys.argv[3])
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    turns = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    await asyncio.gather(*(converse(n, port, client, turns) for n in range(connections)))
    server.close()


asyncio.run(main())
