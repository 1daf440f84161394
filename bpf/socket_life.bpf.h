/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The events of a socket's life: who it connects, who uses it, how it ended. */
#ifndef TAPEDECK_SOCKET_LIFE_BPF_H
#define TAPEDECK_SOCKET_LIFE_BPF_H

/*
 * Which side of a connection a socket of unknown beginning is, by what only that side has; anything
 * else stays unknown. net/core/sock.c: sk_clone leaves an accepted socket its listener's backlog.
 * net/ipv4/inet_hashtables.c: a port that connect() chose has fastreuse -1.
 */
static __noinline enum role role_of_inet(struct sock *sk)
{
	struct inet_connection_sock *icsk = (struct inet_connection_sock *)sk;
	struct inet_bind_bucket *bucket;

	if (BPF_CORE_READ(sk, sk_max_ack_backlog))
		return ROLE_SERVER;
	bucket = BPF_CORE_READ(icsk, icsk_bind_hash);
	if (bucket && BPF_CORE_READ(bucket, fastreuse) < 0)
		return ROLE_CLIENT;
	return ROLE_UNKNOWN;
}

static __always_inline void fill_inet(struct socket_event *event, struct sock *sk)
{
	event->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	event->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	if (event->family == AF_INET) {
		bpf_core_read(event->local_address, 4, &sk->__sk_common.skc_rcv_saddr);
		bpf_core_read(event->remote_address, 4, &sk->__sk_common.skc_daddr);
	} else {
		bpf_core_read(event->local_address, 16, &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(event->remote_address, 16, &sk->__sk_common.skc_v6_daddr);
	}
}

/* Sends a connect, accept or existing event once in the life of a socket. */
static __noinline int send_socket(struct socket_state *state, const struct socket_ref *ref,
				  const struct actor *me, enum event_kind kind, s32 result)
{
	struct socket_event *event;
	struct sock *sk = ref->sk;

	event = bpf_ringbuf_reserve(&events, sizeof(*event) + UNIX_PATH_BYTES_MAX, 0);
	if (!event)
		return 0; /* tried again at the next call; send_close counts it if there is none */
	__builtin_memset(event, 0, sizeof(*event));
	fill_header(&event->header, kind, sizeof(*event), me, 0);
	event->socket = state->socket;
	event->generation = state->generation;
	event->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	event->family = ref->family;
	event->protocol = state->protocol;
	event->fd = ref->fd;
	event->result = result;
	event->call = ref->call;
	if (ref->family == AF_UNIX) {
		fill_unix(event, sk);
		if (state->role == ROLE_UNKNOWN)
			state->role = role_of_unix(sk);
	} else {
		fill_inet(event, sk);
		if (state->role == ROLE_UNKNOWN)
			state->role = role_of_inet(sk);
	}
	event->role = state->role;
	bpf_ringbuf_submit(event, wakeup_flags(sizeof(*event) + UNIX_PATH_BYTES_MAX));
	state->announced = 1;
	return 0;
}

static __always_inline void announce(struct socket_state *state, const struct socket_ref *ref,
				     const struct actor *me, enum event_kind kind, s32 result)
{
	if (!state->announced && state->port_wanted)
		send_socket(state, ref, me, kind, result);
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
	record_unhooked(state, &me);
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

#endif /* TAPEDECK_SOCKET_LIFE_BPF_H */
