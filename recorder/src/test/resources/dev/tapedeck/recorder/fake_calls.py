# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Calls bpf/test/fakessl.c:   fake_calls.py LIBRARY STATEMENTS     the statements see `lib`, `ssl`, `buffer` and `n`."""
import ctypes
import sys

lib = ctypes.CDLL(sys.argv[1])
P, SIZE, INT, BYTES = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_char_p
for names, arguments in (
        ("SSL_new SSL_dup SSL_free SSL_clear SSL_up_ref SSL_accept SSL_connect end_inside", [P]),
        ("SSL_write SSL_read SSL_peek", [P, BYTES, INT]),
        ("SSL_write_ex SSL_read_ex SSL_peek_ex SSL_read_early_data SSL_write_early_data", [P, BYTES, SIZE, P]),
        ("SSL_sendfile", [P, INT, ctypes.c_long, SIZE, INT]),
        ("jump_out", [P, INT]), ("nested_session", [INT])):
    for name in names.split():
        getattr(lib, name).argtypes = arguments
for name in ("SSL_new", "SSL_dup", "nested_session"):
    getattr(lib, name).restype = P
lib.SSL_sendfile.restype = ctypes.c_ssize_t
buffer = ctypes.create_string_buffer(64)
count = SIZE()
n = ctypes.byref(count)
ssl = lib.SSL_new(None)
exec(sys.argv[2])
