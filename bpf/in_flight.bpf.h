/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* What the socket backends with entry hooks keep of a thread's call until it returns. */
#ifndef TAPEDECK_IN_FLIGHT_BPF_H
#define TAPEDECK_IN_FLIGHT_BPF_H

#define SOCKET_CALL_DEPTH_MAX 2 /* a power of two */

/* A call of the kernel's socket layer: backends `fentry` (what sends) and `kprobe`. */
struct socket_call {
	u64 socket; /* struct socket; accept: the new one */
	u64 enter_ns;
	u64 source;     /* the buffer in user memory, or struct iovec[] in kernel memory */
	u64 used_bytes; /* of the buffer or the first iovec, by those who called */
	u64 asked_bytes;
	u32 iovecs;
	u32 flags; /* MSG_*, of calls that receive */
	u16 call;  /* enum call */
	u16 kind;  /* enum bytes_source */
	u32 reserved;
};

struct socket_calls {
	u32 depth;
	u32 reserved;
	struct socket_call stack[SOCKET_CALL_DEPTH_MAX];
};

/* By thread id. The recorder makes it small where another backend is in use. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, struct socket_calls);
} socket_calls_in_flight SEC(".maps");

/* As large as struct pt_regs up to the members in use, whatever the kernel puts between them. */
struct kept_registers {
	u64 image[40];
};

/* By thread id. The recorder makes it small where another backend is in use. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, struct kept_registers);
} syscalls_in_flight SEC(".maps");

/* What an entry begins as. */
const struct kept_registers no_registers SEC(".rodata.registers") = {};

#endif /* TAPEDECK_IN_FLIGHT_BPF_H */
