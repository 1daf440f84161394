# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Traffic that a recorder cannot see into, in known amounts: datagrams from and to port 443, TLS without a TLS library,
bytes sent by io_uring, TLS by the kernel. Prints a line for what this kernel does not have.

   blind_spots.py
"""
import ctypes
import mmap
import os
import socket
import struct

HTTPS_PORT = 443
RECORD = b"\x16\x03\x03\x00\x05hello"
REQUEST = b"GET /uring HTTP/1.1\r\n\r\n"
IO_URING_SETUP, IO_URING_ENTER = 425, 426
IORING_OFF_SQES, IORING_OP_SEND, IORING_ENTER_GETEVENTS = 0x10000000, 26, 1
SOL_TCP, TCP_ULP, SOL_TLS, TLS_TX = 6, 31, 282, 1
TLS_1_2_AES_GCM_128 = struct.pack("<HH", 0x0303, 51) + bytes(36)


def connection():
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        return client, server.accept()[0]


def datagrams():
    """700 bytes one way, 30 the other; the client's socket is not connected."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.9", HTTPS_PORT))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            for _ in range(7):
                client.sendto(bytes(100), server.getsockname())
            for _ in range(7):
                peer = server.recvfrom(200)[1]
            server.sendto(bytes(30), peer)
            client.recvfrom(200)


def tls_without_library():
    client, server = connection()
    with client, server:
        client.sendall(RECORD)
        server.recv(len(RECORD))
        server.sendall(RECORD)
        client.recv(len(RECORD))


def send_by_io_uring():
    libc = ctypes.CDLL(None, use_errno=True)
    parameters = ctypes.create_string_buffer(120)  # struct io_uring_params
    ring = libc.syscall(IO_URING_SETUP, 4, parameters)
    if ring < 0:
        print("io_uring: " + os.strerror(ctypes.get_errno()))
        return
    entries = struct.unpack_from("I", parameters)[0]
    tail_at, array_at = struct.unpack_from("10I", parameters, 40)[1::5]  # struct io_sqring_offsets
    queue = mmap.mmap(ring, array_at + 4 * entries)
    requests = mmap.mmap(ring, 64 * entries, offset=IORING_OFF_SQES)
    client, server = connection()
    with client, server:
        data = ctypes.create_string_buffer(REQUEST, len(REQUEST))
        struct.pack_into(
            "<BBHiQQI", requests, 0, IORING_OP_SEND, 0, 0, client.fileno(), 0, ctypes.addressof(data), len(REQUEST))
        struct.pack_into("I", queue, array_at, 0)
        struct.pack_into("I", queue, tail_at, 1)
        libc.syscall(IO_URING_ENTER, ring, 1, 1, IORING_ENTER_GETEVENTS, None, 0)
        if server.recv(100) != REQUEST:
            raise SystemExit("io_uring sent something else")


def tls_by_the_kernel():
    client, server = connection()
    with client, server:
        try:
            client.setsockopt(SOL_TCP, TCP_ULP, b"tls")
            client.setsockopt(SOL_TLS, TLS_TX, TLS_1_2_AES_GCM_128)
        except OSError as e:
            print("ktls: %s" % e)


datagrams()
tls_without_library()
send_by_io_uring()
tls_by_the_kernel()
