# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""One SSL_write_ex of 4 MiB whose pages are served late, and of which 64 KiB are gone when it returns.

   late_tls.py CERTIFICATE     prints how often another session spoke while the first page was awaited
"""
import socket
import ssl
import sys
import threading

from paging import LateMemory

SIZE = 4 << 20
CONTENT = bytes(i % 251 + 1 for i in range(65536)) * (SIZE >> 16)


def sessions():
    contexts = [ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)]
    contexts[0].load_cert_chain(sys.argv[1])
    contexts[1].check_hostname = False
    contexts[1].verify_mode = ssl.CERT_NONE
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    raw = socket.create_connection(listener.getsockname())
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    accepted = listener.accept()[0]
    ends = []
    thread = threading.Thread(target=lambda: ends.append(contexts[0].wrap_socket(accepted, server_side=True)))
    thread.start()
    client = contexts[1].wrap_socket(raw)
    thread.join()
    return client, ends[0]


def receive(sock, size):
    while size:
        size -= len(sock.recv(min(size, 16384)))


client, server = sessions()
other, another = sessions()
memory = LateMemory(SIZE, CONTENT, delay_s=0.5)
sender = threading.Thread(target=client.write, args=(memory.memory,))
sender.start()
meanwhile = 0
while memory.waiting_for_first():
    other.write(b"meanwhile")
    receive(another, 9)
    meanwhile += 1
receive(server, 1 << 20)
memory.drop(4096, 65536)
receive(server, 3 << 20)
sender.join()
print(meanwhile)
