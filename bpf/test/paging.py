# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Memory whose pages are served by this process when they are touched (userfaultfd), late or never."""
import ctypes
import fcntl
import mmap
import os
import struct
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
# include/uapi/linux/userfaultfd.h
SYS_USERFAULTFD = {"x86_64": 323, "aarch64": 282}[os.uname().machine]
UFFDIO_API, UFFDIO_REGISTER, UFFDIO_COPY = 0xC018AA3F, 0xC020AA00, 0xC028AA03
MADV_DONTNEED = 4


class LateMemory:
    """Serves its content page by page, the first one after delay_s seconds."""

    def __init__(self, size, content, delay_s):
        self.content, self.delay_s, self.served = content, delay_s, 0
        self.memory = mmap.mmap(-1, size)
        self.view = (ctypes.c_char * size).from_buffer(self.memory)
        self.at = ctypes.addressof(self.view)
        self.source = ctypes.create_string_buffer(content, size)
        self.fd = LIBC.syscall(SYS_USERFAULTFD, os.O_CLOEXEC)
        if self.fd < 0:
            raise SystemExit("userfaultfd: errno %d" % ctypes.get_errno())
        fcntl.ioctl(self.fd, UFFDIO_API, bytearray(struct.pack("QQQ", 0xAA, 0, 0)))
        fcntl.ioctl(self.fd, UFFDIO_REGISTER, bytearray(struct.pack("QQQQ", self.at, size, 1, 0)))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                message = os.read(self.fd, 32)
            except OSError:
                return
            if not self.served:
                time.sleep(self.delay_s)
            page = struct.unpack_from("Q", message, 16)[0] & ~4095
            copy = struct.pack("QQQQq", page, ctypes.addressof(self.source) + page - self.at, 4096, 0, 0)
            fcntl.ioctl(self.fd, UFFDIO_COPY, bytearray(copy))
            self.served += 1

    def waiting_for_first(self):
        return not self.served

    def send(self, sock):
        """One send of all; the interpreter does not hold its lock meanwhile."""
        return LIBC.send(sock.fileno(), ctypes.c_void_p(self.at), ctypes.c_size_t(len(self.content)), 0)

    def drop(self, offset, size):
        LIBC.madvise(ctypes.c_void_p(self.at + offset), ctypes.c_size_t(size), MADV_DONTNEED)

    def close(self):
        os.close(self.fd)
