# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""Empty programs on the very places where a recorder has its own, by bpf(2) alone.

The places are read from the kernel while a recorder runs; the programs are `return 0`. What they cost is what the traps
cost, whoever attaches them.
"""

import contextlib
import ctypes
import dataclasses
import os
import struct

SYS_BPF = {"x86_64": 321, "aarch64": 280}
# include/uapi/linux/bpf.h
PROG_LOAD, OBJ_GET_INFO_BY_FD, LINK_CREATE, LINK_GET_FD_BY_ID, LINK_GET_NEXT_ID = 5, 15, 28, 30, 31
PROG_TYPE_KPROBE = 2
TRACE_UPROBE_MULTI, TRACE_UPROBE_SESSION = 48, 57
LINK_TYPE_UPROBE_MULTI = 12
FLAG_RETURN = 1
INFO_BYTES = 256
PATH_BYTES = 4096

libc = ctypes.CDLL(None, use_errno=True)


@dataclasses.dataclass(frozen=True)
class Place:
    """Probes of one link."""

    path: str
    offsets: tuple
    flags: int
    pid: int


def bpf(command, attributes):
    buffer = ctypes.create_string_buffer(attributes, max(len(attributes), 128))
    result = libc.syscall(SYS_BPF[os.uname().machine], command, buffer, len(buffer))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result, buffer.raw


def link_ids():
    last = 0
    while True:
        try:
            _, answer = bpf(LINK_GET_NEXT_ID, struct.pack("=II", last, 0))
        except FileNotFoundError:
            return
        last = struct.unpack_from("=I", answer, 4)[0]
        yield last


def link_info(fd, path=None, offsets=None):
    """struct bpf_link_info: type at 0, then uprobe_multi at 16."""
    info = bytearray(INFO_BYTES)
    if path is not None:
        struct.pack_into("=QQQQII", info, 16, ctypes.addressof(path), ctypes.addressof(offsets), 0, 0, len(path), len(offsets))
    buffer = ctypes.create_string_buffer(bytes(info), INFO_BYTES)
    bpf(OBJ_GET_INFO_BY_FD, struct.pack("=IIQ", fd, INFO_BYTES, ctypes.addressof(buffer)))
    return buffer.raw


def places_of(pid):
    """Returns where probes that are bound to a process stand; empty where the kernel cannot say (before 6.8)."""
    places = []
    for number in link_ids():
        try:
            fd, _ = bpf(LINK_GET_FD_BY_ID, struct.pack("=I", number))
        except FileNotFoundError:
            continue
        try:
            info = link_info(fd)
            if struct.unpack_from("=I", info, 0)[0] != LINK_TYPE_UPROBE_MULTI:
                continue
            count, flags, of_pid = struct.unpack_from("=III", info, 52)
            if of_pid != pid:
                continue
            path = ctypes.create_string_buffer(PATH_BYTES)
            offsets = (ctypes.c_uint64 * count)()
            link_info(fd, path, offsets)
            places.append(Place(path.value.decode(), tuple(offsets), flags & FLAG_RETURN, of_pid))
        finally:
            os.close(fd)
    return places


def empty_program():
    # mov64 r0, 0; exit
    code = ctypes.create_string_buffer(struct.pack("=BBhiBBhi", 0xB7, 0, 0, 0, 0x95, 0, 0, 0), 16)
    licence = ctypes.create_string_buffer(b"Dual BSD/GPL")
    attributes = bytearray(128)
    struct.pack_into("=IIQQ", attributes, 0, PROG_TYPE_KPROBE, 2, ctypes.addressof(code), ctypes.addressof(licence))
    struct.pack_into("=I", attributes, 68, TRACE_UPROBE_MULTI)  # expected_attach_type
    return bpf(PROG_LOAD, bytes(attributes))[0]


@contextlib.contextmanager
def attached(places):
    """Holds an empty program on each place."""
    descriptors = [empty_program()]
    try:
        for place in places:
            path = ctypes.create_string_buffer(place.path.encode())
            offsets = (ctypes.c_uint64 * len(place.offsets))(*place.offsets)
            attributes = struct.pack(
                "=IIIIQQQQIII", descriptors[0], 0, TRACE_UPROBE_MULTI, 0, ctypes.addressof(path),
                ctypes.addressof(offsets), 0, 0, len(place.offsets), place.flags, place.pid)
            descriptors.append(bpf(LINK_CREATE, attributes)[0])
        yield
    finally:
        for descriptor in reversed(descriptors):
            os.close(descriptor)
