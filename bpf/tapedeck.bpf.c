/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The one object: contract, maps, helpers, then programs by what they hang on. See README.md. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

#include "control.h"
#include "maps.bpf.h"
#include "in_flight.bpf.h"

#include "typed.bpf.h"
#include "arch.bpf.h"
#include "compat.bpf.h"
#include "room.bpf.h"
#include "emit.bpf.h"
#include "filter.bpf.h"
#include "work.bpf.h"
#include "budget.bpf.h"
#include "copy.bpf.h"
#include "segments.bpf.h"
#include "gather.bpf.h"
#include "parts.bpf.h"
#include "record_steps.bpf.h"
#include "records.bpf.h"
#include "calls.bpf.h"
#include "blind.bpf.h"
#include "sock.bpf.h"
#include "unix.bpf.h"
#include "socket_life.bpf.h"
#include "socket.bpf.h"
#include "session.bpf.h"
#include "protocols.bpf.h"
#include "classify.bpf.h"
#include "dup.bpf.h"
#include "hello.bpf.h"
#include "moved.bpf.h"

#include "watch.bpf.h"
#include "cgroup.bpf.h"
#include "again.bpf.h"
#include "process.bpf.h"
#include "tcp.bpf.h"
#include "sweep.bpf.h"
#include "syscall.bpf.h"
#include "lose.bpf.h"
#include "blind_calls.bpf.h"
#include "sys_exit.bpf.h"
#include "tracepoint.bpf.h"
#include "socket_calls.bpf.h"
#include "socket_return.bpf.h"
#include "fentry.bpf.h"
#include "kprobe.bpf.h"
#include "own_stack.bpf.h"
#include "tls_calls.bpf.h"
#include "tls_probes.bpf.h"
#include "tls_life.bpf.h"
#include "tls_set.bpf.h"
#include "bio.bpf.h"
#include "hazard.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
