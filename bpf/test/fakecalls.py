# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Calls of fakessl.c that peek, send early or unseen, skip returns, nest or end inside. See run.py for what is expected."""
import ctypes
import os
import socket
import sys

lib = ctypes.CDLL(sys.argv[1])
for name in ("SSL_new", "SSL_dup", "nested_session"):
    getattr(lib, name).restype = ctypes.c_void_p
lib.nested_session.argtypes = [ctypes.c_int]
for name in ("SSL_write_ex", "SSL_read_ex", "SSL_peek_ex", "SSL_read_early_data", "SSL_write_early_data"):
    getattr(lib, name).argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p]
for name in ("SSL_write", "SSL_read", "SSL_peek"):
    getattr(lib, name).argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
lib.SSL_sendfile.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_long, ctypes.c_size_t, ctypes.c_int]
lib.SSL_sendfile.restype = ctypes.c_ssize_t
lib.fake_send.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
lib.fake_send.restype = ctypes.c_ssize_t
lib.jump_out.argtypes = [ctypes.c_void_p, ctypes.c_int]
for name in ("SSL_new", "SSL_dup", "SSL_free", "SSL_connect", "SSL_accept", "SSL_do_handshake", "end_inside"):
    getattr(lib, name).argtypes = [ctypes.c_void_p]
moved = ctypes.c_size_t()
buffer = ctypes.create_string_buffer(64)
count = ctypes.byref(moved)

# 1: what is not copied, or not twice.
ssl = lib.SSL_new(None)
lib.SSL_connect(ssl)
lib.SSL_accept(ssl)
lib.SSL_do_handshake(ssl)
lib.SSL_write_early_data(ssl, b"early", 5, count)
lib.SSL_read_early_data(ssl, buffer, 3, count)
lib.SSL_read_early_data(ssl, buffer, 0, count)
lib.SSL_peek(ssl, buffer, 4)
lib.SSL_read(ssl, buffer, 4)
lib.SSL_peek_ex(ssl, buffer, 5, count)
lib.SSL_read_ex(ssl, buffer, 5, count)
lib.SSL_sendfile(ssl, 0, 0, 1, 0)
lib.SSL_sendfile(ssl, 0, 0, 1000, 0)
lib.fake_send(ssl, b"other library", 13)
lib.fake_send(ssl, b"x", 1)
lib.SSL_dup(ssl)
lib.SSL_free(ssl)
lib.SSL_write(ssl, b"end", 3)
lib.SSL_sendfile(ssl, 0, 0, 6 << 30, 0)
lib.SSL_free(ssl)

# 2: returns that are skipped, by a longjmp and by the end of a thread.
ssl = lib.SSL_new(None)
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
lib.jump_out(ssl, client.fileno())
lib.end_inside(ssl)
lib.SSL_read(ssl, buffer, 4)
lib.SSL_free(ssl)

# 3 to 12: more calls inside one another than are followed.
lib.SSL_write(lib.nested_session(0), b"nested", 6)
