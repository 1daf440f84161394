/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * What the kernel side tells the recorder: one event per ring record, little endian on both
 * architectures, no pointers to follow. A ring record may be longer than the event in it (records
 * come in size classes); event_header.size is the length that counts. Fields are only ever added
 * at the end of a fixed part or in reserved bytes (always 0) under a higher version.
 * Events without payload are in lifecycle.h, the maps and the settings in control.h.
 */
#ifndef TAPEDECK_EVENTS_H
#define TAPEDECK_EVENTS_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define EVENTS_VERSION 1
#define PART_BYTES_MAX 32768 /* payload of one data event at most */
#define PATH_BYTES_MAX 256   /* bytes of a path in an event at most; the end is cut */
#define COMM_BYTES     16    /* TASK_COMM_LEN, NUL-padded */
#define NAME_BYTES     64    /* of a file's name without its folder; NUL-padded, the end is cut */

/* event_header.kind. Kinds marked (-) are reserved: no program sends them in version 1. */
enum event_kind {
	EVENT_UNKNOWN = 0, /* never sent */
	EVENT_PROCESS_EXEC = 1,
	EVENT_PROCESS_FORK = 2,
	EVENT_PROCESS_EXIT = 3,
	EVENT_LIBRARY = 4, /* in the ring `notices` only */
	EVENT_CONNECT = 5,
	EVENT_ACCEPT = 6,
	EVENT_EXISTING = 7, /* a socket older than our knowledge of it, first seen in use */
	EVENT_DUP = 8,      /* a further descriptor, or another process uses the socket now */
	EVENT_CLOSE = 9,
	EVENT_DATA = 10,
	EVENT_TRANSFER = 11,      /* stream bytes that moved and were deliberately not copied */
	EVENT_CIPHER_RECORD = 12, /* a TLS record in ciphertext: on a socket, or inside a session */
	EVENT_TLS_NEW = 13,
	EVENT_TLS_HANDSHAKE = 14, /* once in a life */
	EVENT_TLS_CLEAR = 15,
	EVENT_TLS_SHUTDOWN = 16,
	EVENT_TLS_FREE = 17,
	EVENT_TLS_BINDING = 18,
	EVENT_LOSS = 19,  /* (-) the recorder makes it from the losses map */
	EVENT_CLOCK = 20, /* (-) the recorder makes it */
};

/* event_header.flags */
#define EVENT_FLAG_DETACHED 1 /* seen from outside (softirq): tid is 0, tgid the last user's */

/* The same for every event. The process is the one that the event is about. */
struct event_header {
	__u32 size;     /* bytes of this event with this header; <= length of the ring record */
	__u16 kind;     /* enum event_kind */
	__u8 version;   /* EVENTS_VERSION */
	__u8 flags;     /* EVENT_FLAG_*; unknown bits are to be ignored */
	__u64 enter_ns; /* CLOCK_MONOTONIC when the call began; 0: no entry hook */
	__u64 exit_ns;  /* CLOCK_MONOTONIC when it returned or happened; never 0 */
	__u64 process_start_ns; /* CLOCK_BOOTTIME, start of the group leader */
	__u32 tgid;             /* process id in the initial pid namespace */
	__u32 tid;              /* thread id there; 0 with EVENT_FLAG_DETACHED */
	__u32 cpu;              /* where the program ran */
	__u32 ring;             /* which ring carries the event, from 0 */
	__u64 sequence;         /* from 1; +1 for each event tried on this cpu: a jump is a loss */
};

enum direction { DIRECTION_EGRESS = 0, DIRECTION_INGRESS = 1 }; /* seen from the process */
enum role { ROLE_UNKNOWN = 0, ROLE_CLIENT = 1, ROLE_SERVER = 2 };
enum owner { OWNER_TLS = 1, OWNER_SOCKET = 2 };

/* What the first bytes of a plain socket looked like. Only undecided, HTTP and forced are copied. */
enum protocol {
	PROTOCOL_UNDECIDED = 0, /* also: no plain socket */
	PROTOCOL_HTTP1 = 1,
	PROTOCOL_HTTP2 = 2,
	PROTOCOL_TLS = 3,    /* bytes are only counted */
	PROTOCOL_OTHER = 4,  /* bytes are only counted */
	PROTOCOL_FORCED = 5, /* no HTTP by its first bytes, kept because of the port filter */
};

/* The call that moved bytes or caused the event; x_EX is the same with size_t lengths. */
enum call {
	CALL_NONE = 0,
	CALL_SSL_READ = 1,
	CALL_SSL_WRITE = 2,
	CALL_SSL_READ_EX = 3,
	CALL_SSL_WRITE_EX = 4,
	CALL_SSL_WRITE_EX2 = 5,
	CALL_SSL_PEEK = 6,
	CALL_SSL_PEEK_EX = 7,
	CALL_SSL_READ_EARLY_DATA = 8,
	CALL_SSL_WRITE_EARLY_DATA = 9,
	CALL_SSL_SENDFILE = 10,
	CALL_SSL_DO_HANDSHAKE = 11, /* SSL_accept and SSL_connect too */
	CALL_SSL_NEW = 16,
	CALL_SSL_FREE = 17,
	CALL_SSL_CLEAR = 18,
	CALL_SSL_SHUTDOWN = 19,
	CALL_SSL_SET_FD = 20,
	CALL_SSL_SET_RFD = 21,
	CALL_SSL_SET_WFD = 22,
	CALL_SSL_DUP = 26,
	CALL_BIO_READ = 32,
	CALL_BIO_WRITE = 33,
	CALL_READ = 64,
	CALL_WRITE = 65,
	CALL_READV = 66,
	CALL_WRITEV = 67,
	CALL_RECVFROM = 68, /* recv too */
	CALL_SENDTO = 69,   /* send too */
	CALL_RECVMSG = 70,
	CALL_SENDMSG = 71,
	CALL_RECVMMSG = 72,
	CALL_SENDMMSG = 73,
	CALL_SENDFILE = 74,
	CALL_SPLICE = 75,
	CALL_CONNECT = 128, /* from here on: no bytes are moved */
	CALL_ACCEPT = 129,
	CALL_ACCEPT4 = 130,
	CALL_DUP = 131,        /* dup, dup2, dup3 */
	CALL_SCM_RIGHTS = 132, /* came with a message over a Unix socket */
	CALL_SOCKETPAIR = 133,
	CALL_PIDFD_GETFD = 134,
	CALL_FCNTL = 135, /* F_DUPFD, F_DUPFD_CLOEXEC */
	CALL_SETSOCKOPT = 137,
};

/* Names one direction of a TLS session (with the header's process) or of a socket. */
struct stream_key {
	__u64 id;         /* SSL pointer, or sockfs inode as in /proc/net/tcp */
	__u32 generation; /* from 1, unique per kind of owner: tells reuse of id apart */
	__u8 owner;       /* enum owner */
	__u8 direction;   /* enum direction */
	__u16 reserved;
};

/* Account of one direction: captured = next_position - lost_bytes - skipped_bytes, always. */
struct stream_account {
	__u64 next_position; /* bytes that the calls returned since the stream was first seen */
	__u64 lost_bytes;    /* not copied against our will: ring full, page not present */
	__u64 skipped_bytes; /* not copied on purpose: transfer, cap, protocol, filter */
};

#define DATA_FLAG_MORE 1 /* another part of the same call is tried after this one */
#define DATA_FLAG_CUT  2 /* a transfer event tells the rest of the call, which is over a cap */

enum transfer_cause {
	TRANSFER_NONE = 0,      /* a data event */
	TRANSFER_NO_MEMORY = 1, /* sendfile, splice: the bytes never were in the process */
	TRANSFER_CAP = 2,       /* over a limit of settings or a built-in bound */
	TRANSFER_DISCARDED = 3, /* recv with MSG_TRUNC: the kernel threw them away */
	TRANSFER_SHED = 4,      /* over the recorder's budget */
};

/* EVENT_DATA: length_bytes bytes follow. EVENT_TRANSFER: the same without bytes. */
struct data_event {
	struct event_header header;
	struct stream_key stream;
	__u64 position;       /* of its first byte in the stream; lost bytes are jumped over */
	__u64 lost_bytes;     /* stream_account.lost_bytes when this was sent */
	__u64 call_sequence;  /* from 1, unique; the same for all parts of one call */
	__u64 asked_bytes;    /* length given to the call; 0: unknown (mmsg calls) */
	__u64 returned_bytes; /* what the whole call moved, >= 1 */
	__u64 part_offset;    /* of the first byte in the bytes of the call */
	__u64 length_bytes;   /* bytes this event stands for; data: 1..PART_BYTES_MAX */
	__u32 part_index;     /* from 0; a part that was lost keeps its number */
	__s32 fd;             /* descriptor of a socket call; -1: TLS call */
	__u16 call;           /* enum call */
	__u8 flags;           /* DATA_FLAG_* */
	__u8 protocol;        /* enum protocol */
	__u8 cause;           /* enum transfer_cause */
	__u8 reserved[3];
	__u8 bytes[];
};

#define CIPHER_PREFIX_BYTES 16 /* a power of two; of a record: its header and what follows */

#define HELLO_BYTES_MAX 256 /* of the first record of each direction, if it is of a handshake */

/*
 * EVENT_CIPHER_RECORD: one record of the TLS ciphertext that went through a socket (owner: socket)
 * or through the BIO of a session (owner: TLS; its ciphertext has positions of its own). Where the
 * next one does not begin at position + 5 + length_bytes, the walk had lost its way between.
 */
struct cipher_event {
	struct event_header header;
	struct stream_key stream;
	__u64 position;     /* of the record's header in the ciphertext */
	__u32 length_bytes; /* length field of the header: bytes after it */
	__u16 prefix_bytes; /* used in prefix: 5 to 16, less only where the record is shorter */
	__u8 reserved[2];
	__u8 prefix[CIPHER_PREFIX_BYTES]; /* a hello's goes on behind, to HELLO_BYTES_MAX in all */
};

#include "lifecycle.h"

#endif /* TAPEDECK_EVENTS_H */
