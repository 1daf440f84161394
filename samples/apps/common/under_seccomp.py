#!/usr/bin/python3
# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""usage: under_seccomp.py COMMAND [ARGUMENTS]

Becomes a command under a seccomp filter as service managers and container engines make them: the system calls
that programs make are allowed, whatever else is tried ends the process. The calls that only probes make, uretprobe
and uprobe of x86-64, are not allowed.
"""

import ctypes
import os
import struct
import sys

PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2
KILL_PROCESS = 0x80000000
ALLOW = 0x7FFF0000
LOAD_NUMBER, JUMP_IF_GREATER_OR_EQUAL, RETURN = 0x20, 0x35, 0x06
# arch/x86/entry/syscalls/syscall_64.tbl: the first are the architecture's own, 335 and 336 are the probes', those from 424 on
# (pidfd_send_signal) have the same numbers everywhere.
LAST_OWN = {"x86_64": 334, "aarch64": 294}
FIRST_COMMON = 424
FIRST_UNKNOWN = 500


def step(code, value, jump_true=0, jump_false=0):
    return struct.pack("HBBI", code, jump_true, jump_false, value)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    filter_steps = (
        step(LOAD_NUMBER, 0)
        + step(JUMP_IF_GREATER_OR_EQUAL, FIRST_UNKNOWN, jump_true=3)
        + step(JUMP_IF_GREATER_OR_EQUAL, FIRST_COMMON, jump_true=1)
        + step(JUMP_IF_GREATER_OR_EQUAL, LAST_OWN[os.uname().machine] + 1, jump_true=1)
        + step(RETURN, ALLOW)
        + step(RETURN, KILL_PROCESS))
    steps = ctypes.create_string_buffer(filter_steps, len(filter_steps))
    program = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(filter_steps) // 8, ctypes.addressof(steps)))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0)):
        if libc.prctl(*arguments) != 0:
            sys.exit(f"under_seccomp: prctl: {os.strerror(ctypes.get_errno())}")
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
