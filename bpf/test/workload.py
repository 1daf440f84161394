# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Socket and TLS calls of every shape, both ends in this process; prints what each stream carried.

   workload.py plain|tls CERTIFICATE     one JSON line per connection: sha256 and length, out and in,
                                         as the client sees it. Runs under the system's Python.
"""
import hashlib
import json
import os
import socket
import ssl
import sys
import threading

HEAD = b"POST /x HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"


def body(size, seed):
    return hashlib.shake_128(b"%d" % seed).digest(size)


def read_all(receive, size):
    got = bytearray()
    while len(got) < size:
        part = receive(size - len(got))
        if not part:
            break
        got += part
    return bytes(got)


def recvmsg_many(sock, size):
    """Reads into buffers of 1, 0, 7 and the rest."""
    buffers = [bytearray(1), bytearray(0), bytearray(7), bytearray(65536)]
    n = sock.recvmsg_into(buffers)[0]
    return b"".join(bytes(b) for b in buffers)[:n]


def peek_then_read(sock, size):
    sock.recv(1, socket.MSG_PEEK)
    return sock.recv(min(size, 3000))


def readv(sock, size):
    buffers = [bytearray(min(size, 100)), bytearray(max(0, min(size - 100, 5000)))]
    n = os.readv(sock.fileno(), buffers)
    return b"".join(bytes(b) for b in buffers)[:n]


def writev(pieces):
    def send(sock, data):
        cuts = [data[i * len(data) // pieces:(i + 1) * len(data) // pieces] for i in range(pieces)]
        while cuts:
            n = os.writev(sock.fileno(), cuts[:1024])
            while cuts and n >= len(cuts[0]):
                n -= len(cuts.pop(0))
            if cuts:
                cuts[0] = cuts[0][n:]
    return send


def sendmsg(sock, data):
    view = memoryview(data)
    while view:
        view = view[sock.sendmsg([view[:5], b"", view[5:]]):]


def one_byte_first(sock, data):
    for i in range(12):
        sock.send(data[i:i + 1])
    sock.sendall(data[12:])


def write(sock, data):
    view = memoryview(data)
    while view:
        view = view[os.write(sock.fileno(), view):]


SENDERS = [socket.socket.sendall, write, sendmsg, one_byte_first, writev(1), writev(3), writev(127), writev(1024)]
RECEIVERS = [socket.socket.recv, lambda s, n: os.read(s.fileno(), n), recvmsg_many, peek_then_read, readv]
SIZES = [0, 1, 100, 4096, 16384, 16385, 65536, 300000, 3000000]


def serve(server, wrap, request_size, answer, send, receive):
    sock, _ = server.accept()
    sock = wrap(sock)
    read_all(lambda n: receive(sock, n), request_size)
    send(sock, answer)
    sock.close()


def converse(index, size, wrap_server, wrap_client, send, receive):
    request = HEAD % size + body(size, index)
    answer = ANSWER % size + body(size, index + 1000)
    server = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(
        target=serve, args=(server, wrap_server, len(request), answer, send, receive))
    thread.start()
    sock = wrap_client(socket.create_connection(server.getsockname()))
    send(sock, request)
    got = read_all(lambda n: receive(sock, n), len(answer))
    port = sock.getsockname()[1]
    sock.close()
    thread.join()
    server.close()
    if got != answer:
        raise SystemExit("the workload itself is wrong: size=%d" % size)
    print(json.dumps({"port": port, "out": hashlib.sha256(request).hexdigest(),
                      "in": hashlib.sha256(answer).hexdigest(), "bytes": len(request + answer)}))


def main():
    mode, certificate = sys.argv[1:]
    index = 0
    if mode == "plain":
        for size in SIZES:
            for i, send in enumerate(SENDERS):
                receive = RECEIVERS[(i + index) % len(RECEIVERS)]
                converse(index, size, lambda s: s, lambda s: s, send, receive)
                index += 1
        return
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(certificate)
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_context.check_hostname = False
    client_context.verify_mode = ssl.CERT_NONE
    for size in SIZES:
        converse(index, size, lambda s: server_context.wrap_socket(s, server_side=True),
                 lambda s: client_context.wrap_socket(s), ssl.SSLSocket.sendall, ssl.SSLSocket.recv)
        index += 1


main()
