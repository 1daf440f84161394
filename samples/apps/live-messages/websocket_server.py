# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""A WebSocket server over TLS that answers each message with others, and logs the digest of every message.

   websocket_server.py CERTIFICATE KEY LOG

A JSON line for each message, in the order of each direction: from, kind, bytes, sha256. `ready PORT` when it listens.
"""
import asyncio
import hashlib
import json
import random
import ssl
import sys

import websockets

log = open(sys.argv[3], "w", buffering=1)


def note(path, sender, message):
    data = message.encode() if isinstance(message, str) else message
    kind = "text" if isinstance(message, str) else "binary"
    digest = hashlib.sha256(data).hexdigest()
    log.write(json.dumps({"path": path, "from": sender, "kind": kind, "bytes": len(data), "sha256": digest}) + "\n")


async def serve(connection, path=None):
    path = path or connection.path
    noise = random.Random(len(path))
    async for message in connection:
        note(path, "client", message)
        answer = message[::-1]
        note(path, "server", answer)
        await connection.send(answer)
        parts = ["part %d of an answer in fragments, " % i for i in range(noise.randrange(2, 5))]
        note(path, "server", "".join(parts))
        await connection.send(parts)
        blob = noise.randbytes(noise.randrange(1, 40000))
        note(path, "server", blob)
        await connection.send(blob)
        if noise.random() < 0.3:
            await connection.ping()


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server = await websockets.serve(serve, "127.0.0.1", 0, ssl=context, max_size=None)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Future()


asyncio.run(main())
