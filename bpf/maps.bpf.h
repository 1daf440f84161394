/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Maps and settings. Sizes are defaults: the recorder may set max_entries before loading. */
#ifndef TAPEDECK_MAPS_BPF_H
#define TAPEDECK_MAPS_BPF_H

#define CALL_DEPTH_MAX 8 /* a power of two; TLS inside TLS, functions that jump to one another */

/* One library call between its entry and its return. */
struct call_in_flight {
	u64 ssl;
	u64 buffer;
	u64 asked_bytes;
	u64 result_pointer; /* size_t *written or *readbytes of RESULT_POINTER; 0: none */
	u64 stack_pointer;  /* at entry: frames nest, so this tells stale entries */
	u64 enter_ns;
	struct call_convention convention;
	u32 nested; /* 1: inside a call on the same session and direction, which counts */
	u32 reserved;
};

struct thread_calls {
	u32 depth;
	u32 reserved;
	struct call_in_flight stack[CALL_DEPTH_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} events SEC(".maps");

/* Mapped by the reader of `events`, which writes here; a reader that does not is woken always. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, u32);
	__type(value, struct reader);
} reader SEC(".maps");

/* For what the recorder must act on at once; its reader waits for nothing else. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 << 10);
} notices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct file_key);
	__type(value, u8);
} known_files SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, struct target);
} targets SEC(".maps");

/*
 * By the lowest bits of a process id: 1: `targets` may have it. Set before the target is added and
 * never taken back, so that a look here spares most others the look into a hash.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ID_MARKS);
	__type(key, u32);
	__type(value, u8);
} target_marks SEC(".maps");

/* The same by thread id for `calls_in_flight`. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ID_MARKS);
	__type(key, u32);
	__type(value, u8);
} thread_marks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct comm_key);
	__type(value, u8);
} target_comms SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, u64);
	__type(value, u8);
} target_cgroups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, u16);
	__type(value, u8);
} ports SEC(".maps");

/* By thread id: only threads that are inside a TLS library have an entry. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, u32);
	__type(value, struct thread_calls);
} calls_in_flight SEC(".maps");

/* What a thread begins with; never written. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct thread_calls);
} no_calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, struct tls_key);
	__type(value, struct tls_session);
} tls_sessions SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, u64);
	__type(value, struct socket_state);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct end_key);
	__type(value, struct unsent_end);
} unsent_ends SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LOSS_CAUSES);
	__type(key, u32);
	__type(value, struct loss);
} losses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct budget);
} budgets SEC(".maps");

/* event_header.sequence of each CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} sequences SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SWITCHES);
	__type(key, u32);
	__type(value, u64);
} switches SEC(".maps");

/* Numbers that are unique in this recording: the last one given out. */
enum counter {
	COUNTER_CALL = 0,
	COUNTER_TLS_SESSION = 1,
	COUNTER_SOCKET = 2,
	COUNTER_LOST_NOTICES = 3, /* the recorder looks at all processes when it has grown */
	COUNTERS = 4,
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, u32);
	__type(value, u64);
} counters SEC(".maps");

const volatile struct settings settings = {
	.wakeup_bytes = 256 << 10,
	.inherit = 1,
};

/* Never read: it puts the layout of every event into the object's BTF, for the reader's test. */
union event_layouts {
	struct data_event data;
	struct cipher_event cipher;
	struct socket_event socket;
	struct dup_event dup;
	struct close_event close;
	struct tls_event tls;
	struct tls_binding_event tls_binding;
	struct process_event process;
	struct library_event library;
	struct call_convention convention; /* no event: what the recorder gives to probes */
};
const union event_layouts *const volatile event_layouts SEC(".rodata.layouts") = NULL;

#endif /* TAPEDECK_MAPS_BPF_H */
