/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * What the recorder sets before loading (settings), writes while running (filters) and reads
 * (accounts, losses). Map names are given with each struct. All are in the initial pid namespace.
 */
#ifndef TAPEDECK_CONTROL_H
#define TAPEDECK_CONTROL_H

#include "conventions.h"
#include "events.h"

/* The only variable in .rodata, at offset 0: `const volatile struct settings settings`. */
struct settings {
	__u64 max_bytes_per_call; /* copied of one call at most; 0: CALL_BYTES_MAX */
	__u64 wakeup_bytes;       /* unread bytes at which the reader is woken; it polls too */
	__u32 recorder_tgid;      /* never recorded; 0: none */
	__u32 ring;               /* event_header.ring */
	__u8 targets_only;        /* 0: every process; 1: those in targets */
	__u8 inherit;             /* 1: children of targets become targets when forked */
	__u8 ports_only;          /* 1: only sockets with an end in ports, whatever their bytes */
	__u8 sockets_off;         /* 1: bytes of plain sockets are never copied (--sources tls) */
	__u32 sample_limit; /* highest hash of a connection's number that is sampled; 0: all are */
	__u64 max_bytes_per_connection; /* copied of both directions together; 0: no limit */
	__u8 sheds;                     /* 1: the map `budgets` is looked at */
	__u8 watch_files;               /* 1: tell of executable files that no target used before */
	__u8 cgroups; /* 1: processes of the cgroups in target_cgroups are targets */
	__u8 reserved[5];
	__u64 ring_bytes; /* of the ring `events`; 0: the kernel is asked each time */
};

/* Built-in bound of the bytes copied of one call, in parts of at most PART_BYTES_MAX. */
#define CALL_BYTES_MAX  (8u << 20)
#define CALL_PARTS_MAX  512 /* parts of one call, lost ones included */
#define CALL_IOVECS_MAX 512 /* iovecs walked in one call */

/* Map `targets`, hash: __u32 tgid -> struct target. Removed by the kernel side at exit. */
struct target {
	__u8 by; /* enum target_by */
	__u8 reserved[7];
};
/* Map `target_marks`, array: tgid % ID_MARKS -> __u8, 1 before such a process is put into `targets`. */
#define ID_MARKS 4096

enum target_by {
	TARGET_SET = 1,       /* by the recorder: --pid, -- COMMAND */
	TARGET_COMM = 2,      /* for its name, by either side; ends at an exec under another name */
	TARGET_INHERITED = 3, /* by the kernel side, at fork */
	TARGET_CGROUP = 4,    /* for its cgroup, by either side; ends when it is moved out */
};

/* Map `target_comms`, hash: struct comm_key -> __u8 (1). Looked up at exec. */
struct comm_key {
	char comm[COMM_BYTES]; /* NUL-padded, at most 15 bytes of name */
};

/* Map `target_cgroups`, hash: __u64 id of a cgroup v2 (the inode of its folder) -> __u8 (1). */

/* Map `ports`, hash: __u16 port (host byte order) -> __u8 (1). Local or remote. */

/* Map `switches`, array: enum switch_name -> __u64, 0 or 1. Changed while recording. */
enum switch_name {
	SWITCH_SETTLING = 0, /* probes are being attached: no return without its entry is a loss */
	SWITCH_BOUND = 1,    /* probes are a process's own: files and forks are told for each */
	SWITCHES = 2,
};

/* Map `reader`, array of one struct reader: what the reader of the ring `events` is doing. */
struct reader {
	__u64 awake; /* 1: it reads, and looks once more before it waits: it needs no waking */
};

/*
 * Map `known_files`, LRU hash: struct file_key -> __u8 (1). Files that a library_event told of; the
 * recorder removes those that it could not look at, so that their next use is told again.
 */
struct file_key {
	__u64 inode;
	__u64 process_start_ns;
	__u32 device;
	__u32 generation;
	__u32 tgid;
	__u32 reserved;
};

/* Map `losses`, per-CPU array: enum loss_cause -> struct loss. Sum over CPUs; only ever grows. */
enum loss_cause {
	LOSS_NONE = 0,       /* unused */
	LOSS_RING_FULL = 1,  /* calls, or the rest of them, that found too much of the ring taken */
	LOSS_LIFECYCLE = 2,  /* other events that found the ring full; bytes is 0 */
	LOSS_READ_FAULT = 3, /* memory of the process was not present */
	LOSS_MAP_FULL = 4,   /* no room for a stream or call; bytes as far as known */
	LOSS_NO_ENTRY = 5,   /* a call returned whose entry was not seen; bytes as far as known */
	LOSS_OVER_CAP = 6,   /* told as transfer events too */
	LOSS_SHED = 7,       /* over the recorder's budget; transfer events too, up to a level */
	LOSS_MISSED = 8,     /* calls whose return a probe did not see; bytes is 0 */
	LOSS_NOT_SAMPLED = 9, /* events: connections with bytes; bytes: all of theirs */
	LOSS_CAUSES = 10,
};
struct loss {
	__u64 events;
	__u64 bytes;
};

/*
 * Map `tls_sessions`, hash: struct tls_key -> struct tls_session. Made at first use, removed at
 * SSL_free; the recorder removes those of processes that ended, after writing their accounts.
 */
struct tls_key {
	__u64 ssl;
	__u64 process_start_ns;
	__u32 tgid;
	__u32 reserved;
};
struct tls_session {
	struct stream_account streams[2]; /* by enum direction */
	__u64 sockets[2];                 /* inode last seen bound, by enum direction; 0: none */
	__u64 bios[2];                    /* BIO * that it was given, likewise; 0: not seen */
	__u32 generation;                 /* as in stream_key */
	__u32 references;                 /* SSL_new and SSL_up_ref less SSL_free */
	__u8 port_wanted;    /* port filter by bound sockets: 0 unknown, 1 wanted, 2 not */
	__u8 bound;          /* 1: the program or a nested call showed a socket of it */
	__u8 unbound_told;   /* 1: it was told that data moved without one */
	__u8 handshake_told; /* 1: the event is in the ring */
	__u8 sampled;        /* enum sampled */
	__u8 reserved[3];
};

enum sampled { SAMPLED_UNDECIDED = 0, SAMPLED_IN = 1, SAMPLED_OUT = 2 };

/*
 * Map `budgets`, array of one struct budget: written by the recorder while it runs, when it uses
 * more CPU than it may. Metadata goes last, lives of connections never.
 */
struct budget {
	__u32 level;       /* enum shed_level */
	__u32 tls_from;    /* TLS generations from this one on are new in SHED_NEW_PAYLOAD */
	__u32 socket_from; /* the same of sockets */
	__u32 reserved;
};
enum shed_level {
	SHED_NOTHING = 0,
	SHED_NEW_PAYLOAD = 1, /* calls on connections that began since are told without bytes */
	SHED_PAYLOAD = 2,     /* all calls are told without bytes */
	SHED_CALLS = 3,       /* calls are in the accounts and losses only */
};

/*
 * Map `sockets`, hash: __u64 address of the kernel's struct sock (opaque) -> struct socket_state.
 * Made at connect, accept or first use by a target; removed when the kernel destroys the socket.
 */
struct socket_state {
	struct stream_account streams[2]; /* by enum direction */
	__u64 socket;                     /* sockfs inode */
	__u64 process_start_ns;           /* last user */
	__u64 closed_total;  /* sum of both next_position when a close event was last sent */
	__u32 tgid;          /* last user */
	__u32 generation;    /* as in stream_key */
	__u8 protocol;       /* enum protocol */
	__u8 role;           /* enum role */
	__u8 from_start;     /* 1: seen since connect or accept */
	__u8 announced;      /* 1: its connect, accept or existing event is in the ring */
	__u8 closed;         /* 1: a close event is in the ring */
	__u8 last_direction; /* 1 + enum direction of the last bytes; 0: none yet */
	__u8 has_head;       /* 1: undecided, with an entry in `heads` */
	__u8 port_wanted;    /* 1: passes the port filter */
	__u8 family;         /* AF_UNIX, AF_INET, AF_INET6 */
	__u8 handovers;      /* changes of process that were told */
	__u8 bound;  /* 1: a call showed which session it is of, or none: no records needed */
	__u8 hellos; /* enum hello bits */
	__u8 hello_head[3]; /* HELLO_HEAD: last three bytes of the record header */
	__u8 reserved;
};

/* Bits of socket_state.hellos: 1 << enum direction where the first record was looked at, and */
enum hello { HELLO_HEAD = 4 }; /* incoming, its header was read alone */

/*
 * Map `blind_spots`, hash: struct blind_key -> struct blind_count. Only ever grows; the recorder
 * tells what was added, and removes entries that nothing was added to for some time.
 */
enum blind_spot {
	BLIND_KTLS = 1,         /* detail 1: the kernel encrypts, 2: decrypts */
	BLIND_IO_URING = 2,     /* detail: enum io_uring_op */
	BLIND_UNHOOKED_TLS = 3, /* a socket that ended; the counts are its accounts */
	BLIND_UDP_443 = 4,
};
struct blind_key {
	__u64 socket; /* sockfs inode */
	__u32 tgid;
	__u16 what; /* enum blind_spot */
	__u16 detail;
};
struct blind_count {
	__u64 bytes[2]; /* by enum direction */
	__u64 process_start_ns;
	__u32 reports;    /* calls that were counted */
	__u32 generation; /* as in stream_key; 0: not followed */
};

/*
 * Map `unsent_ends`, hash: struct end_key -> struct unsent_end. Where the ring had no room for the
 * close, free or clear event that carries a last account, it is kept here instead. The recorder
 * reads and removes them from time to time and at the end.
 */
struct end_key {
	__u32 owner; /* enum owner */
	__u32 generation;
};
struct unsent_end {
	struct stream_account streams[2]; /* by enum direction */
	__u64 id;                         /* as in stream_key */
	__u64 process_start_ns;
	__u64 ended_ns; /* CLOCK_MONOTONIC */
	__u32 tgid;
	__u16 kind;    /* enum event_kind of the event that could not be sent */
	__u8 cause;    /* enum close_cause; 0 for TLS */
	__u8 protocol; /* enum protocol; 0 for TLS */
	__u8 role;     /* enum role; 0 for TLS */
	__u8 reserved[7];
};

#endif /* TAPEDECK_CONTROL_H */
