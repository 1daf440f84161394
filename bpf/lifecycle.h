/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Events without payload: the lives of sockets, TLS sessions and processes. Included by events.h. */
#ifndef TAPEDECK_LIFECYCLE_H
#define TAPEDECK_LIFECYCLE_H

/* EVENT_CONNECT, EVENT_ACCEPT, EVENT_EXISTING: a socket and its ends as they are now. */
struct socket_event {
	struct event_header header;
	__u64 socket;     /* sockfs inode */
	__u32 generation; /* as in stream_key */
	__u32 netns;      /* inode of the network namespace; 0: unknown */
	__u16 family;     /* 2 AF_INET, 10 AF_INET6, 1 AF_UNIX */
	__u16 local_port; /* host byte order; 0: none */
	__u16 remote_port;
	__u8 role;               /* enum role */
	__u8 protocol;           /* enum protocol, as known now */
	__u8 local_address[16];  /* network order; IPv4 in the first four, rest 0 */
	__u8 remote_address[16]; /* AF_UNIX: the first eight: inode of the other end; 0: unknown */
	__s32 fd;                /* descriptor it was seen by */
	__s32 result;            /* connect: 0 or -EINPROGRESS (-115), else 0 */
	__u16 call;              /* enum call that showed it */
	__u16 path_bytes;        /* bytes of an AF_UNIX path that follow; 0: none */
	__u8 reserved[4];
	__u8 path[];
};

/* EVENT_DUP: the header's process has this descriptor of a socket that was announced before. */
struct dup_event {
	struct event_header header;
	__u64 socket;
	__u32 generation;
	__s32 fd;
	__u16 call; /* enum call that made it, or by which another process was seen to use it */
	__u8 reserved[6];
};

enum close_cause {
	CLOSE_LOCAL = 1, /* last descriptor closed or both directions shut down on this side */
	CLOSE_ENDED = 2, /* the connection ended first: refused, reset, timed out */
	CLOSE_GONE = 3,  /* the kernel forgot it: no end was seen, or the account moved after one */
	CLOSE_AFTER_PEER = 4, /* CLOSE_ENDED, and the peer had said that it sends no more */
};

/* EVENT_CLOSE. A later one for the same socket replaces an earlier one. */
struct close_event {
	struct event_header header;
	__u64 socket;
	__u32 generation;
	__u8 cause;    /* enum close_cause */
	__u8 protocol; /* enum protocol */
	__u8 role;     /* enum role */
	__u8 reserved;
	struct stream_account egress;
	struct stream_account ingress;
};

/* EVENT_TLS_NEW, _HANDSHAKE, _CLEAR, _SHUTDOWN, _FREE; the account of a session that moved nothing is all 0. */
struct tls_event {
	struct event_header header;
	__u64 ssl;
	__u32 generation; /* TLS_CLEAR: of the life that ends; the next data has a new one */
	__s32 result;     /* what the call returned; 0 where it returns nothing */
	__u16 call;       /* enum call */
	__u8 reserved[6];
	struct stream_account egress;
	struct stream_account ingress;
};

enum binding_method {
	BINDING_SET_FD = 1, /* SSL_set_fd, SSL_set_rfd, SSL_set_wfd: the program said so */
	BINDING_NESTED = 2, /* a socket call inside an SSL call on the same thread */
	BINDING_BIO = 3,    /* a BIO; fd -1: of memory, or it was not seen what it leads to */
};

/* EVENT_TLS_BINDING: evidence that a session uses a socket; once for each pair and direction. */
struct tls_binding_event {
	struct event_header header;
	__u64 ssl;
	__u64 socket; /* sockfs inode; 0: the descriptor is no stream socket that we know */
	__u32 tls_generation;
	__u32 socket_generation; /* 0 when socket is 0 */
	__s32 fd;
	__u16 call;      /* the nested socket call, or the set call */
	__u8 method;     /* enum binding_method */
	__u8 directions; /* 1 << enum direction, or both (3); 0: fd is -1 */
};

/* EVENT_PROCESS_EXEC, _FORK (header: the child, never a mere thread), _EXIT (of the last thread). */
struct process_event {
	struct event_header header;
	__u64 parent_start_ns; /* CLOCK_BOOTTIME, of the process parent_tgid */
	__u64 cgroup_id;       /* cgroup v2 id, as the inode of its folder */
	__u32 parent_tgid;
	__u32 netns;      /* inode of the network namespace; 0: unknown */
	__s32 exit_code;  /* exit: as waitpid gives it; else 0 */
	__u32 path_bytes; /* exec: bytes of execve's path that follow, no NUL; else 0 */
	char comm[COMM_BYTES];
	char path[];
};

/*
 * EVENT_TLS_BINDING with BINDING_BIO is in the ring `notices` too, as an event_header alone.
 *
 * EVENT_LIBRARY, in the ring `notices`: a target has mapped or executed a file that nobody else did
 * before; event_header.exit_ns is when. Once for each file, or for each process and file when
 * SWITCH_BOUND. sequence is 0.
 */
struct library_event {
	struct event_header header;
	__u64 inode;
	__u64 process_start_ns; /* SWITCH_BOUND: as in the header, else 0 */
	__u32 device;           /* as the kernel numbers it (MKDEV) */
	__u32 generation;       /* tells reuse of an inode apart, where the file system has it */
	__u32 tgid;             /* SWITCH_BOUND: as in the header, else 0 */
	__u32 reserved;
	__u64 address; /* where it was mapped; 0: the program was started */
	char name[NAME_BYTES];
};

#endif /* TAPEDECK_LIFECYCLE_H */
