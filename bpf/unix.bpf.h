/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* AF_UNIX stream sockets: names and roles. Only listeners are named as a rule; the name says whose. */
#ifndef TAPEDECK_UNIX_BPF_H
#define TAPEDECK_UNIX_BPF_H

#define UNIX_PATH_BYTES_MAX 112 /* sun_path has 108; a path may fill it without a NUL */
#define UNIX_FAMILY_BYTES   2   /* sun_family, before the path, counts in unix_address.len */

static __always_inline struct unix_address *unix_name(struct sock *sk)
{
	return sk ? BPF_CORE_READ((struct unix_sock *)sk, addr) : NULL;
}

static __always_inline struct sock *unix_peer(struct sock *sk)
{
	return BPF_CORE_READ((struct unix_sock *)sk, peer);
}

/* net/unix/af_unix.c: accepted sockets share the address of their listener. */
static __always_inline bool is_shared(struct unix_address *name)
{
	return BPF_CORE_READ(name, refcnt.refs.counter) > 1;
}

/* Nobody can connect to a socket without a name, so of two ends the one with a name is the server. */
static __always_inline enum role role_of_unix(struct sock *sk)
{
	struct unix_address *own = unix_name(sk), *other = unix_name(unix_peer(sk));

	if (own && (!other || (is_shared(own) && !is_shared(other))))
		return ROLE_SERVER;
	if (other && (!own || (is_shared(other) && !is_shared(own))))
		return ROLE_CLIENT;
	return ROLE_UNKNOWN;
}

/* The server's name, and the inode of the other end where it is known already. */
static __always_inline void fill_unix(struct socket_event *event, struct sock *sk)
{
	struct sock *peer = unix_peer(sk);
	struct unix_address *name = unix_name(role_of_unix(sk) == ROLE_CLIENT ? peer : sk);
	u32 bytes;

	if (peer)
		*(u64 *)event->remote_address = inode_of(peer);
	if (!name)
		return;
	bytes = BPF_CORE_READ(name, len) - UNIX_FAMILY_BYTES;
	/* A name of no bytes has wrapped around here. */
	if (bytes > sizeof(name->name[0].sun_path) ||
	    bpf_probe_read_kernel(event->path, bytes, &name->name[0].sun_path))
		return;
	event->path_bytes = bytes;
	event->header.size += bytes;
}

#endif /* TAPEDECK_UNIX_BPF_H */
