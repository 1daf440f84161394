# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Calls the functions of fakessl.c in the orders that matter. run.py knows what must be recorded."""
import ctypes
import os
import socket
import sys

lib = ctypes.CDLL(sys.argv[1])
lib.SSL_new.restype = ctypes.c_void_p
lib.SSL_new.argtypes = [ctypes.c_void_p]
for name in ("SSL_write_ex", "SSL_read_ex"):
    getattr(lib, name).argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p]
for name in ("SSL_write", "SSL_read"):
    getattr(lib, name).argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
for name in ("SSL_free", "SSL_up_ref", "SSL_clear", "SSL_shutdown"):
    getattr(lib, name).argtypes = [ctypes.c_void_p]
for name in ("SSL_set_fd", "SSL_set_rfd", "SSL_set_wfd"):
    getattr(lib, name).argtypes = [ctypes.c_void_p, ctypes.c_int]
moved = ctypes.c_size_t()
buffer = ctypes.create_string_buffer(64)

# First life: a jump, a nested call, a short write, a failed read.
ssl = lib.SSL_new(None)
lib.SSL_clear(ssl)
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
lib.SSL_set_fd(ssl, client.fileno())
lib.SSL_write_ex(ssl, b"jump", 4, ctypes.byref(moved))
lib.SSL_write(ssl, b"short write", 11)
lib.SSL_read(ssl, buffer, 1)
lib.SSL_read_ex(ssl, buffer, 64, ctypes.byref(moved))
# A second reference: the first SSL_free ends nothing.
lib.SSL_up_ref(ssl)
lib.SSL_free(ssl)
lib.SSL_write(ssl, b"still", 5)
lib.SSL_shutdown(ssl)
# Second life by SSL_clear, third by SSL_free and SSL_new at the same address.
lib.SSL_clear(ssl)
lib.SSL_write(ssl, b"cleared", 7)
lib.SSL_free(ssl)
ssl = lib.SSL_new(None)
lib.SSL_set_rfd(ssl, client.fileno())
lib.SSL_set_wfd(ssl, os.open("/dev/null", os.O_RDONLY))
# TLS inside TLS: both sessions, each its own bytes.
other = lib.SSL_new(1)
lib.SSL_write(other, b"inner", 5)
lib.SSL_free(ssl)
lib.SSL_free(other)
