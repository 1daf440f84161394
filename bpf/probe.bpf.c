/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Programs that do nothing, one for each way in which a socket backend hangs on the kernel. The
 * recorder attaches them to see what this kernel allows: that one can be loaded proves little.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define PROBE(section, name)                                                                       \
	SEC("?" section)                                                                           \
	int probe_##name(void *ctx)                                                                \
	{                                                                                          \
		return 0;                                                                          \
	}

PROBE("fentry/inet_stream_connect", fentry)
PROBE("fexit/inet_stream_connect", fexit)
PROBE("kprobe/inet_stream_connect", kprobe)
PROBE("kretprobe/inet_stream_connect", kretprobe)
PROBE("raw_tp/sys_exit", raw_tp)
PROBE("tracepoint", tracepoint)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
