/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* From a descriptor to the state of a stream socket. */
#ifndef TAPEDECK_SOCKET_BPF_H
#define TAPEDECK_SOCKET_BPF_H

#define SOCK_STREAM 1
#define S_IFMT      0170000
#define S_IFSOCK    0140000

/* The file behind a descriptor of CURRENT_TASK(); NULL: none. */
static __always_inline struct file *file_of(struct task_struct *task, s32 fd)
{
	struct files_struct *open = FIELD(task, files);
	struct file *file = NULL;
	struct fdtable *table;
	struct file **files;

	if (fd < 0 || !open)
		return NULL;
	table = FIELD(open, fdt);
	files = FIELD(table, fd);
	if ((u32)fd >= FIELD(table, max_fds) ||
	    bpf_probe_read_kernel(&file, sizeof(file), &files[fd]))
		return NULL;
	return file;
}

/*
 * The socket of a descriptor of the current process, of whatever type: get_socket looks at that.
 * The key is the socket, never the descriptor: duplicates, inherited ones and those that came from
 * another process are the same.
 */
static __noinline int find_socket(struct socket_ref *ref, s32 fd, enum call call)
{
	struct file *file = file_of(CURRENT_TASK(), fd);
	struct socket *socket;
	struct inode *inode;

	ref->sk = NULL;
	ref->fd = fd;
	ref->call = call;
	if (!file)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	if ((BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	ref->inode = BPF_CORE_READ(inode, i_ino);
	socket = BPF_CORE_READ(file, private_data);
	ref->sk = BPF_CORE_READ(socket, sk);
	return 0;
}

/* For backends that are given a socket instead of a descriptor. */
static __always_inline void use_socket(struct socket_ref *ref, struct sock *sk, enum call call)
{
	ref->inode = inode_of(sk);
	ref->sk = ref->inode ? sk : NULL;
	ref->fd = -1;
	ref->call = call;
}

static __always_inline struct socket_state *lookup_socket(struct sock *sk)
{
	u64 key = (u64)sk;

	return bpf_map_lookup_elem(&sockets, &key);
}

/* Whether it is a stream socket of a family that we know; sets ref->family for all of them. */
static __always_inline bool is_stream(struct socket_ref *ref)
{
	struct sock *sk = ref->sk;
	struct socket *socket = BPF_CORE_READ(sk, sk_socket);

	ref->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	return (ref->family == AF_INET || ref->family == AF_INET6 || ref->family == AF_UNIX) &&
	       BPF_CORE_READ(socket, type) == SOCK_STREAM;
}

static __always_inline bool is_port_wanted(struct sock *sk, u16 family)
{
	if (family == AF_UNIX)
		return !settings.ports_only;
	return is_wanted_port(BPF_CORE_READ(sk, __sk_common.skc_num),
			      bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport)));
}

/* Makes the state of a socket; NULL: no room. Its frame is not below that of send_close. */
static __noinline struct socket_state *add_socket(const struct socket_ref *ref)
{
	u64 key = (u64)ref->sk;
	struct socket_state fresh = {
		.socket = ref->inode,
		.generation = next_number(COUNTER_SOCKET),
		.port_wanted = is_port_wanted(ref->sk, ref->family),
		.family = ref->family,
	};

	if (bpf_map_update_elem(&sockets, &key, &fresh, BPF_ANY))
		return NULL;
	return bpf_map_lookup_elem(&sockets, &key);
}

/*
 * The state of a socket, made when there is none for this life of it. NULL: there is no room, or
 * it is no stream socket; then ref->sk is NULL from here on.
 */
static __noinline struct socket_state *get_socket(struct socket_ref *ref)
{
	struct socket_state *state = lookup_socket(ref->sk);

	if (state && state->socket == ref->inode && !(ref->call == CALL_CONNECT && state->closed)) {
		ref->family = state->family;
		if (ref->call == CALL_CONNECT) /* SSL_set_fd may have shown it without its ends */
			state->port_wanted = is_port_wanted(ref->sk, ref->family);
		return state;
	}
	if (!is_stream(ref)) {
		ref->sk = NULL;
		return NULL;
	}
	if (state && !state->closed)
		send_close(state,
			   CLOSE_GONE); /* of a socket at this address whose end was not seen */
	return add_socket(ref);
}

#endif /* TAPEDECK_SOCKET_BPF_H */
