/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* From a descriptor to the state of a stream socket, and the events of its life. */
#ifndef TAPEDECK_SOCKET_BPF_H
#define TAPEDECK_SOCKET_BPF_H

#define AF_INET     2
#define AF_INET6    10
#define SOCK_STREAM 1
#define S_IFMT      0170000
#define S_IFSOCK    0140000

static __noinline int find_socket(struct socket_ref *ref, s32 fd, enum call call)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **files = BPF_CORE_READ(table, fd);
	struct file *file = NULL;
	struct socket *socket;
	struct inode *inode;
	struct sock *sk;

	ref->sk = NULL;
	ref->fd = fd;
	ref->call = call;
	if (fd < 0 || (u32)fd >= BPF_CORE_READ(table, max_fds) ||
	    bpf_probe_read_kernel(&file, sizeof(file), &files[fd]) || !file)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	if ((BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	if (BPF_CORE_READ(socket, type) != SOCK_STREAM)
		return 0;
	ref->inode = BPF_CORE_READ(inode, i_ino);
	sk = BPF_CORE_READ(socket, sk);
	ref->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (ref->family == AF_INET || ref->family == AF_INET6)
		ref->sk = sk;
	return 0;
}

static __always_inline struct socket_state *lookup_socket(struct sock *sk)
{
	u64 key = (u64)sk;

	return bpf_map_lookup_elem(&sockets, &key);
}

/* The state of a socket, made when there is none for this life of it; NULL: no room. */
static __noinline struct socket_state *get_socket(const struct socket_ref *ref)
{
	struct sock *sk = ref->sk;
	u64 key = (u64)sk;
	struct socket_state *state = bpf_map_lookup_elem(&sockets, &key);
	struct socket_state fresh = {};
	u16 local, remote;

	if (state && state->socket == ref->inode && !(ref->call == CALL_CONNECT && state->closed))
		return state;
	local = BPF_CORE_READ(sk, __sk_common.skc_num);
	remote = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	fresh.socket = ref->inode;
	fresh.generation = next_number(COUNTER_SOCKET);
	fresh.port_wanted = is_wanted_port(local, remote);
	if (bpf_map_update_elem(&sockets, &key, &fresh, BPF_ANY))
		return NULL;
	return bpf_map_lookup_elem(&sockets, &key);
}

/* Sends a connect, accept or existing event once in the life of a socket. */
static __noinline int announce(struct socket_state *state, const struct socket_ref *ref,
			       const struct actor *me, enum event_kind kind, s32 result)
{
	struct socket_event *event;
	struct sock *sk = ref->sk;

	if (state->announced || !state->port_wanted)
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0; /* tried again at the next call; send_close counts it if there is none */
	__builtin_memset(event, 0, sizeof(*event));
	fill_header(&event->header, kind, sizeof(*event), me, 0);
	event->socket = state->socket;
	event->generation = state->generation;
	event->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	event->family = ref->family;
	event->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	event->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	event->role = state->role;
	event->protocol = state->protocol;
	if (ref->family == AF_INET) {
		bpf_core_read(event->local_address, 4, &sk->__sk_common.skc_rcv_saddr);
		bpf_core_read(event->remote_address, 4, &sk->__sk_common.skc_daddr);
	} else {
		bpf_core_read(event->local_address, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(event->remote_address, 16, &sk->__sk_common.skc_v6_daddr);
	}
	event->fd = ref->fd;
	event->result = result;
	event->call = ref->call;
	SUBMIT_EVENT(event);
	state->announced = 1;
	return 0;
}

static __always_inline void set_user(struct socket_state *state, const struct actor *me)
{
	state->process_start_ns = me->start_ns;
	state->tgid = me->tgid;
}

static __always_inline u64 moved_bytes(const struct socket_state *state)
{
	return state->streams[0].next_position + state->streams[1].next_position;
}

static __always_inline void keep_close(struct socket_state *state, const struct actor *me,
				       enum close_cause cause)
{
	struct unsent_end end = {
		.streams[0] = state->streams[0],
		.streams[1] = state->streams[1],
		.id = state->socket,
		.process_start_ns = me->start_ns,
		.ended_ns = me->now_ns,
		.tgid = me->tgid,
		.kind = EVENT_CLOSE,
		.cause = cause,
		.protocol = state->protocol,
		.role = state->role,
	};

	keep_end(OWNER_SOCKET, state->generation, &end);
}

/*
 * Sends the end of a socket and its accounts. This may run in softirq, so the process is the last
 * user and the thread is told only if it is one of that process.
 */
static __noinline int send_close(struct socket_state *state, enum close_cause cause)
{
	u64 id = bpf_get_current_pid_tgid();
	struct close_event *event;
	struct actor me = {
		.start_ns = state->process_start_ns,
		.now_ns = bpf_ktime_get_ns(),
		.tgid = state->tgid,
		.tid = id >> 32 == state->tgid ? (u32)id : 0,
	};

	if (!state->port_wanted)
		return 0;
	if (!state->announced) {
		state->announced = 1;
		count_loss(LOSS_LIFECYCLE, 0);
	}
	state->closed_total = moved_bytes(state);
	state->closed = 1;
	if (!RESERVE_EVENT(event)) {
		keep_close(state, &me, cause);
		return 0;
	}
	fill_header(&event->header, EVENT_CLOSE, sizeof(*event), &me, 0);
	if (!me.tid)
		event->header.flags = EVENT_FLAG_DETACHED;
	event->socket = state->socket;
	event->generation = state->generation;
	event->cause = cause;
	event->protocol = state->protocol;
	event->role = state->role;
	event->egress = state->streams[DIRECTION_EGRESS];
	event->ingress = state->streams[DIRECTION_INGRESS];
	SUBMIT_EVENT(event);
	return 0;
}

#endif /* TAPEDECK_SOCKET_BPF_H */
